import type { DrillGuest, DrillPlan, DrillRefusal, DrillView, RunningDrill } from '../../model/drill.ts'
import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'
import { unwell } from './well.ts'

/** All that is looked at before a drill begins. */
export interface DrillFacts {
  readonly view: DrillView
  /** Null: none is under way. */
  readonly running: Pick<RunningDrill, 'id' | 'host'> | null
  readonly armed: boolean
  /** That measures: its power is not to be cut. */
  readonly self: HostId
  /** N+1: whom the loss of a host would leave waiting. */
  readonly waitingWithout: (host: HostId) => readonly GuestId[]
  readonly services: readonly ServiceKey[]
  /** Services that the cluster file says how to break. */
  readonly breakable: readonly ServiceKey[]
  /** People use this cluster. */
  readonly production: boolean
  /** Somebody said yes to that. */
  readonly confirmed: boolean
}

/** Why this drill must not begin, all of it; empty = it may. Whatever is doubtful is a reason. */
export function refusals(plan: DrillPlan, facts: DrillFacts): readonly DrillRefusal[] {
  const { view, running } = facts
  const guest = view.guests.find(({ id }) => id === plan.guest)
  if (guest === undefined) return [{ code: 'guest-not-known', guest: plan.guest }]
  return [
    ...(running === null
      ? []
      : [{ code: 'drill-under-way', drill: running.id, host: running.host } as const satisfies DrillRefusal]),
    ...unwellness(guest, view),
    ...moving(plan, facts),
    ...powerCut(plan, guest, facts),
    ...serviceFailure(plan, facts),
    ...(facts.production && !facts.confirmed && disturbs(plan) ? [{ code: 'production' } as const] : []),
  ]
}

/** A drill that only measures asks nobody. */
export function disturbs({ during }: DrillPlan): boolean {
  return during.some((one) => one !== 'nothing')
}

/** The service of the plan, or the guest's only one. Null: neither is there. */
export function failingService({ service }: DrillPlan, services: readonly ServiceKey[]): ServiceKey | null {
  if (service !== null) return services.includes(service) ? service : null
  return services.length === 1 ? services[0]! : null
}

function unwellness(guest: DrillGuest, view: DrillView): DrillRefusal[] {
  const { guests, hosts } = unwell(view)
  const others = guests.filter((id) => id !== guest.id)
  return [
    ...(guest.phase === 'ready' && !guest.moving
      ? []
      : [{ code: 'guest-not-ready', guest: guest.id, phase: guest.phase } as const]),
    ...(guest.address === null ? [{ code: 'no-address', guest: guest.id } as const] : []),
    ...(others.length > 0 ? [{ code: 'others-not-well', guests: others } as const] : []),
    ...(hosts.length > 0 ? [{ code: 'hosts-not-well', hosts } as const] : []),
  ]
}

function moving({ during, to }: DrillPlan, { view }: DrillFacts): DrillRefusal[] {
  const wide = during.find((one) => one === 'cold-move' || one === 'live-migration' || one === 'power-cut')
  if (wide === undefined) return []
  if (view.hosts.length < 2) return [{ code: 'one-host', during: wide }]
  return to === null || view.hosts.some(({ id }) => id === to) ? [] : [{ code: 'no-such-target', host: to }]
}

function powerCut({ during }: DrillPlan, { host }: DrillGuest, facts: DrillFacts): DrillRefusal[] {
  if (!during.includes('power-cut') || host === null || facts.view.hosts.length < 2) return []
  const waiting = facts.waitingWithout(host)
  const fenceable = facts.view.hosts.some(({ id, fenceable }) => id === host && fenceable)
  return [
    ...(facts.armed ? [] : [{ code: 'disarmed' } as const]),
    ...(host === facts.self ? [{ code: 'measures-there', host } as const] : []),
    ...(fenceable ? [] : [{ code: 'no-fence-device', host } as const]),
    ...(waiting.length > 0 ? [{ code: 'no-room-after-loss', host, guests: waiting } as const] : []),
  ]
}

function serviceFailure(plan: DrillPlan, { services, breakable }: DrillFacts): DrillRefusal[] {
  if (!plan.during.includes('service-failure')) return []
  const service = failingService(plan, services)
  if (service === null) return [{ code: 'no-service-named', guest: plan.guest, known: services }]
  return breakable.includes(service) ? [] : [{ code: 'no-way-to-fail', service }]
}
