import type { ClusterSpec } from '../../model/cluster.ts'
import type { HostId } from '../../model/ids.ts'
import { byName } from '../../model/ids.ts'
import type { FencingRecord, MemberSight } from '../../model/member.ts'
import { hostSpecOf } from '../capacity.ts'
import { fenceRefusal, mostFenced } from '../fence-orders.ts'
import { brokenS3 } from '../lease-times.ts'
import type { MembersSnapshot } from '../snapshot.ts'
import type { ClusterView } from './cluster-view.ts'
import { isWide, unknownHost } from './move-plan.ts'
import type { WideView } from './suppose.ts'
import type { HostWishChange, Refusal, WishPlan } from './wish-plan.ts'
import { refusal, refusedBecause } from './wish-plan.ts'

/** S2 (d): somebody, by name, swears that a host is dead; refused while it shows that it is not. */
export function planSwearDead(view: ClusterView, name: string, by: string): WishPlan | Refusal {
  return withHost(view, name, (wide, host, sight) => {
    const { standing } = wide.hosts.get(host)!
    if (standing === 'online') return refusedBecause('host-online', { host })
    if (by === '') return refusedBecause('oath-without-name')
    if (standing === 'lost' || standing === 'left') return planned({})
    const sworn = view.snapshot.hostWishes.get(host)?.sworn
    if (sworn?.aliveRevision === sight.revision) return planned({})
    return planned({ hostChanges: new Map([[host, { sworn: { aliveRevision: sight.revision } }]]) })
  })
}

/** Its power is taken by command. */
export function planFence(view: ClusterView, name: string): WishPlan | Refusal {
  return withHost(view, name, (wide, host, sight, members) => {
    const fenced = fencedIn(members)
    const devices = fenceDevices(view.compiled.spec, host)
    const why = fenceRefusal(host, devices, fenced, members.sights.size, members.armed)
    if (why === 'no-device') return refusal('fence-absent', { host })
    if (why === 'disarmed') return refusedBecause('disarmed')
    if (why === 'fence-limit') {
      return refusedBecause('fence-limit', { limit: mostFenced(members.sights.size), hosts: fenced.hosts })
    }
    if (wide.hosts.get(host)!.standing === 'lost') return planned({})
    const fence = { bootId: sight.alive?.bootId ?? null }
    return planned({ hostChanges: new Map<HostId, HostWishChange>([[host, { fence }]]) })
  })
}

/** S6: the count of hosts fenced by command begins anew. */
export function planFenceReset({ snapshot }: ClusterView): WishPlan | Refusal {
  if (snapshot.members == null) return refusal('needs-several-hosts', {})
  return planned(fencedIn(snapshot.members).hosts.length === 0 ? {} : { resetFencing: true })
}

export interface ArmOrder {
  /** Although some hosts could not be proven dead. */
  readonly force: boolean
  /** S9: watched guests that libvirt would start by itself. */
  readonly autostarting: readonly string[]
}

/** S3: refused, with the numbers, where nothing would prove some host dead. */
export function planArm(view: ClusterView, { force, autostarting }: ArmOrder): WishPlan | Refusal {
  const members = view.snapshot.members
  if (!isWide(view) || members == null) return refusal('needs-several-hosts', {})
  const { spec } = view.compiled
  const { leaseMs } = spec.settings
  const bare = [...view.hosts.values()]
    .filter((host) => !host.gone && fenceDevices(spec, host.id).length === 0)
    .flatMap((host) => whyNoProof(members.sights.get(host.id), leaseMs))
    .sort(byName)
  if (bare.length > 0 && !force) return refusedBecause('no-proof', { hosts: bare })
  if (autostarting.length > 0 && !force) return refusedBecause('autostart', { guests: autostarting })
  return planned(members.armed ? {} : { armed: { armed: true, forMs: null } })
}

export function planDisarm({ snapshot }: ClusterView, forMs: number | null): WishPlan | Refusal {
  const { members } = snapshot
  if (members == null) return refusal('needs-several-hosts', {})
  const said = !members.armed && forMs === null && (members.disarmedForMs ?? null) === null
  return planned(said ? {} : { armed: { armed: false, forMs } })
}

/** Ids of the devices that reach a host, as the file names them. */
export function fenceDevices(spec: ClusterSpec, host: HostId): readonly string[] {
  return (hostSpecOf(spec, host)?.fence ?? []).map(({ id }) => id)
}

/** `node2` without any watchdog, `node2 (F 3500 + W 9000 …)` with one that is too slow; empty = it has a good one. */
function whyNoProof(sight: MemberSight | undefined, leaseMs: number): string[] {
  if (sight === undefined) return []
  const armed = sight.alive?.armed ?? null
  if (armed === null) return [sight.member]
  const broken = brokenS3(leaseMs, armed)
  return broken === null ? [] : [`${sight.member} (${broken})`]
}

function withHost(
  view: ClusterView,
  name: string,
  plan: (view: WideView, host: HostId, sight: MemberSight, members: MembersSnapshot) => WishPlan | Refusal,
): WishPlan | Refusal {
  const members = view.snapshot.members
  if (!isWide(view) || members == null) return refusal('needs-several-hosts', {})
  const host = name as HostId
  const sight = members.sights.get(host)
  return sight === undefined || !view.hosts.has(host) ? unknownHost(view, name) : plan(view, host, sight, members)
}

function fencedIn(members: MembersSnapshot): FencingRecord {
  return members.fenced ?? { hosts: [] }
}

function planned(more: Partial<WishPlan>): WishPlan {
  return { kind: 'planned', changes: new Map(), already: [], also: [], skipped: [], affects: [], ...more }
}
