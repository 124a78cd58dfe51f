import type { GuestId, HostId } from '../../model/ids.ts'
import { needText } from '../../model/need.ts'
import type { PhaseKind } from '../../model/phase.ts'
import type { UnmetNeed } from '../../model/reason.ts'
import type { CompiledCluster } from '../graph.ts'
import { type HostView, hostViews } from '../hosts.ts'
import { judgeNeeds } from '../needs.ts'
import type { GuestSight } from '../sight.ts'
import { sightOf } from '../sight.ts'
import type { ClusterSnapshot } from '../snapshot.ts'

/** One moment of the cluster, looked at once for everything that is shown or asked of it. */
export interface ClusterView {
  readonly compiled: CompiledCluster
  readonly snapshot: ClusterSnapshot
  /** In launch order, as `compiled.order`. */
  readonly sights: readonly GuestSight[]
  /** Null: there is one host. */
  readonly hosts: ReadonlyMap<HostId, HostView> | null
}

export function clusterView(compiled: CompiledCluster, snapshot: ClusterSnapshot): ClusterView {
  const hosts = hostViews(compiled.spec, snapshot)
  return { compiled, snapshot, sights: compiled.order.map((guest) => sightOf(guest, snapshot, hosts)), hosts }
}

export function sightNamed(view: ClusterView, id: string): GuestSight | null {
  const guest = view.compiled.byId.get(id as GuestId)
  return guest === undefined ? null : view.sights[guest.index]!
}

/** `none`: the leader has not decided about this guest yet. */
export function phaseKind(sight: GuestSight): PhaseKind | 'none' {
  return sight.record?.phase.kind ?? 'none'
}

/** Up, or on its way up: it has something to lose when a need of it goes down. */
export function isUp(sight: GuestSight): boolean {
  const phase = phaseKind(sight)
  return phase === 'ready' || phase === 'silent' || phase === 'starting' || phase === 'paused'
}

/** How one need stands; `answers` = it counts as met. */
export type NeedState = 'answers' | UnmetNeed['state']

export interface NeedData {
  readonly text: string
  readonly guest: GuestId | null
  readonly onLoss: string
  readonly state: NeedState
}

/** The needs of one guest as the leader would judge them now. */
export function needsData(view: ClusterView, sight: GuestSight): NeedData[] {
  const { unmet } = judgeNeeds(sight, (id) => {
    const target = sightNamed(view, id)!
    return { sight: target, record: target.record, restartBegan: false }
  })
  const unmetOf = new Map(unmet.map((need) => [need.text, need]))
  return sight.compiled.spec.needs.map((need) => {
    const text = needText(need)
    const missing = unmetOf.get(text)
    // Of one that is not met: who is asked, which may be a standby.
    const guest = missing?.guest ?? (need.kind === 'guest' ? need.guest : null)
    return { text, guest, onLoss: need.onLoss, state: missing?.state ?? 'answers' }
  })
}
