import { type DrillFailure, type DrillSchedule, type DrillSettings, usualClientNode } from '../drill-settings.ts'
import { guestId, serviceKey } from '../ids.ts'
import type { DrillsDraft } from './draft.ts'
import type { ProblemData } from './problem.ts'
import { pathText } from './reader.ts'
import type { NeedLookup } from './resolve-needs.ts'

/** What is said of drills, with the guests they are of looked up. */
export function resolveDrills({ source, read }: DrillsDraft, lookup: NeedLookup): DrillSettings {
  const { production = true, client, failures = [], schedules = [] } = read.values
  const fail = (at: number, path: readonly (string | number)[], data: ProblemData): null => {
    lookup.problems.error(source, at, pathText(['drills', ...path]), data)
    return null
  }
  const isGuest = (name: string, at: number, path: readonly (string | number)[]): boolean => {
    if (lookup.guests.has(guestId(name)) || lookup.declared.has(name)) return true
    const nearest = lookup.problems.nearest(name, () => lookup.guests.keys())
    fail(at, path, { code: 'unknown-guest', got: name, nearest })
    return false
  }
  const failureOf = ({ value, at }: (typeof failures)[number], index: number): DrillFailure | null => {
    const { guest, service, break: breaks, mend } = value.values
    if (guest === undefined || service === undefined || breaks === undefined || mend === undefined) return null
    if (!isGuest(guest, value.places.guest ?? at, ['failures', index, 'guest'])) return null
    const known = lookup.guests.get(guestId(guest))?.spec.services.map(({ key }) => key)
    if (known !== undefined && !known.includes(serviceKey(service)))
      return fail(value.places.service ?? at, ['failures', index, 'service'], {
        ...{
          code: 'bad-choice',
          expected: known,
          got: service,
          nearest: lookup.problems.nearest(service, () => known),
        },
      })
    return { guest: guestId(guest), service: serviceKey(service), break: breaks, mend }
  }
  const scheduleOf = ({ key, keyAt, value }: (typeof schedules)[number]): DrillSchedule | null => {
    const { guest, measures, during, runs = 3, when, timeZone = null, window: windowMs } = value?.values ?? {}
    if (guest === undefined || measures === undefined || during === undefined) return null
    if (when === undefined || windowMs === undefined) return null
    if (!isGuest(guest, value?.places.guest ?? keyAt, ['schedules', key, 'guest'])) return null
    const [ofMeasures, ofDuring] = [measures.map((one) => one.value), during.map((one) => one.value)]
    return {
      ...{ name: key, guest: guestId(guest), runs, when, timeZone, windowMs },
      ...{ measures: [...new Set(ofMeasures)], during: [...new Set(ofDuring)] },
    }
  }
  const { ssh, options = [], node = usualClientNode } = client?.values ?? {}
  return {
    production,
    client: ssh === undefined ? null : { host: ssh, options: options.map(({ value }) => value), node },
    failures: failures.map(failureOf).filter((one) => one !== null),
    schedules: schedules.map(scheduleOf).filter((one) => one !== null),
  }
}
