import type { DrillRequest } from '../../contract/drills.ts'
import { type Disturbance, type DrillMeasure, disturbances, drillLimits, drillMeasures } from '../../model/drill.ts'

/** Numbers and names of a drill that have a usual value: as typed, empty where it is the usual one. */
export type DraftField =
  | ('runs' | 'to' | 'pingIntervalMs' | 'baselineMs' | 'edgeMs' | 'port' | 'transferPath' | 'loadPath')
  | ('connections' | 'requests' | 'service' | 'failureMs')

/** A drill as the form has it. */
export interface DrillDraft {
  readonly guest: string
  readonly measures: readonly DrillMeasure[]
  readonly during: readonly Disturbance[]
  readonly fields: Readonly<Partial<Record<DraftField, string>>>
}

export const firstDraft: DrillDraft = {
  ...{ guest: '', measures: ['downtime'], during: ['nothing', 'live-migration'], fields: {} },
}

interface NumberField {
  readonly least: number
  readonly most: number
  /** Of what is typed: durations are typed in seconds. */
  readonly per: 1 | 1_000
  readonly step: number | 'any'
}

const { runs, connections, requests, pingIntervalMs, baselineMs, failureMs } = drillLimits

const whole = (most: number): NumberField => ({ least: 1, most, per: 1, step: 1 })
const seconds = (least: number, most: number): NumberField => ({ least, most, per: 1_000, step: 'any' })

/** Limits of what is typed as a number, in the unit of the request. */
export const numberFields: Readonly<Partial<Record<DraftField, NumberField>>> = {
  ...{ runs: whole(runs), port: whole(65_535), connections: whole(connections), requests: whole(requests) },
  pingIntervalMs: seconds(pingIntervalMs.least, pingIntervalMs.most),
  baselineMs: seconds(baselineMs.least, baselineMs.most),
  edgeMs: seconds(0, 600_000),
  failureMs: seconds(failureMs.least, failureMs.most),
}

/** Those that mean something for what is measured, during what; in the order in which they are shown. */
export function fieldsOf({ measures, during }: DrillDraft): readonly DraftField[] {
  const has = (...words: readonly (DrillMeasure | Disturbance)[]): boolean =>
    words.some((word) => measures.includes(word as DrillMeasure) || during.includes(word as Disturbance))
  const shown: readonly (readonly [DraftField, boolean])[] = [
    ['to', has('cold-move', 'live-migration')],
    ['service', has('service-failure')],
    ['failureMs', has('service-failure')],
    ['pingIntervalMs', has('downtime')],
    ['baselineMs', has('downtime') && has('nothing')],
    ['edgeMs', during.some((one) => one !== 'nothing')],
    ['port', has('transfer', 'load', 'service-failure')],
    ['transferPath', has('transfer')],
    ['loadPath', has('load')],
    ['connections', has('load')],
    ['requests', has('load')],
  ]
  return shown.filter(([, isShown]) => isShown).map(([field]) => field)
}

/** What the daemon is asked. Null: something is missing, or is no number within its limits. */
export function drillRequest(draft: DrillDraft): DrillRequest | null {
  const { guest, fields } = draft
  // In the order of the words, whatever was chosen first: runs are done in this order.
  const measures = drillMeasures.filter((one) => draft.measures.includes(one))
  const during = disturbances.filter((one) => draft.during.includes(one))
  if (guest === '' || measures.length === 0 || during.length === 0) return null
  const given: [DraftField, string | number][] = []
  for (const field of ['runs', ...fieldsOf(draft)] as const) {
    const typed = fields[field]?.trim() ?? ''
    if (typed === '') continue
    const value = givenOf(field, typed)
    if (value === null) return null
    given.push([field, value])
  }
  return { guest, measures, during, ...(Object.fromEntries(given) as Partial<DrillRequest>) }
}

function givenOf(field: DraftField, typed: string): string | number | null {
  if (field === 'transferPath' || field === 'loadPath') return /^\/\S*$/.test(typed) ? typed : null
  const number = numberFields[field]
  if (number === undefined) return typed
  const value = Math.round(Number(typed) * number.per)
  return value >= number.least && value <= number.most ? value : null
}
