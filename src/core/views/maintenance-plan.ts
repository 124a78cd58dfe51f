import type { HostId } from '../../model/ids.ts'
import { noHostWish } from '../../model/wish.ts'
import { runs } from '../sight.ts'
import type { ClusterView } from './cluster-view.ts'
import { isWide, movesIn, ownerOf, reasonsToStay, stuckReason, unknownHost } from './move-plan.ts'
import { type Supposed, suppose } from './suppose.ts'
import type { GuestReason, Refusal, WishPlan } from './wish-plan.ts'
import { refusal, refusedBecause } from './wish-plan.ts'

export interface MaintenanceOrder {
  readonly host: string
  readonly on: boolean
  /** Although some of its guests have nowhere to go. */
  readonly force: boolean
}

/** `maintenance on`: who goes where and who cannot, before anything is done; refused where somebody would be left behind. */
export function planMaintenance(view: ClusterView, { host: name, on, force }: MaintenanceOrder): WishPlan | Refusal {
  if (!isWide(view)) return refusal('needs-several-hosts', {})
  const host = name as HostId
  if (!view.hosts.has(host)) return unknownHost(view, name)
  const before = view.snapshot.hostWishes.get(host) ?? noHostWish
  const said = (before.maintenance ?? false) === on
  const supposed = suppose(view, {
    hostWishes: new Map([...view.snapshot.hostWishes, [host, { ...before, maintenance: on }]]),
  })
  const moves = movesIn(supposed).filter(({ from, to }) => (on ? from === host : to === host))
  const stays = on ? leftBehind(host, supposed) : []
  if (stays.length > 0 && !force && !said) {
    return { ...refusedBecause('cannot-empty', { host, guests: stays.map(({ guest }) => guest) }), reasons: stays }
  }
  return {
    kind: 'planned',
    changes: new Map(),
    hostChanges: said ? new Map() : new Map([[host, { maintenance: on }]]),
    ...{ already: [], also: [], skipped: [], affects: [], moves, stays },
  }
}

/** Guests that run on the host and would go on running there. */
export function leftBehind(host: HostId, { hosts, sights, places }: Supposed): GuestReason[] {
  return sights.flatMap((sight) => {
    if (ownerOf(sight) !== host || !runs(sight.seen)) return []
    const place = places.get(sight.compiled.id)
    if (place?.kind === 'at' && place.host !== host) return []
    const [why] = reasonsToStay(sight, hosts)
    // On its way elsewhere, it will be gone soon.
    if (why?.because.code === 'moving') return []
    return [why ?? stuckReason(sight, place, host)]
  })
}
