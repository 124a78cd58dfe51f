import type { ClusterSpec, HostSpec } from '../../model/cluster.ts'
import type { GuestSpec } from '../../model/guest.ts'
import type { GuestId } from '../../model/ids.ts'
import { byName } from '../../model/ids.ts'
import { needText } from '../../model/need.ts'
import { same } from '../same.ts'
import type { GuestSight } from '../sight.ts'
import type { ClusterSnapshot } from '../snapshot.ts'
import type { ClusterView, NeedState } from './cluster-view.ts'
import { isUp, needsData } from './cluster-view.ts'
import { idsOf } from './wish-plan.ts'

/** One guest that both files have and say differently of. */
export interface GuestChange {
  readonly guest: GuestId
  /** Keys of the cluster file, sorted: `memory`, `needs`, `services`, … */
  readonly fields: readonly string[]
  /** True where the guest runs and what changed is read only when it starts. */
  readonly restart: boolean
}

/** Why the new file would break what runs. Applied all the same with force. */
export type ApplyRefusal =
  /** The name of its machine changed while it runs: the old one would be forgotten and a second one started. */
  | {
      readonly code: 'machine-changed-while-running'
      readonly guest: GuestId
      readonly from: string
      readonly to: string
    }
  /** It runs, and would be paused at once: a need does not answer that it did not have before, or that a standby met. */
  | { readonly code: 'would-pause'; readonly guest: GuestId; readonly need: string; readonly state: NeedState }
  /** The new file keeps down what a running guest needs. */
  | { readonly code: 'would-stop-needed'; readonly guest: GuestId; readonly needing: readonly GuestId[] }
  /** It runs, and the new file makes it a standby, which is kept down. */
  | { readonly code: 'would-stop-standby'; readonly guest: GuestId; readonly first: GuestId }
  | { readonly code: 'host-dropped-with-guests'; readonly host: string; readonly guests: readonly GuestId[] }
  /** The loss of these hosts, which the file asks to bear, would leave these guests waiting. */
  | { readonly code: 'would-not-survive'; readonly hosts: readonly string[]; readonly guests: readonly GuestId[] }
  | { readonly code: 'too-many-losses'; readonly count: number; readonly limit: number }

export interface ApplyDiff {
  readonly added: readonly GuestId[]
  /** No longer in the file: unmanaged from then on, never destroyed. */
  readonly removed: readonly GuestId[]
  readonly changed: readonly GuestChange[]
  /** What else changed: `name`, `hosts`, `rules`, `settings`. */
  readonly cluster: readonly string[]
  readonly refusals: readonly ApplyRefusal[]
}

/** The difference between the applied file and a new one, measured against what runs. `next`: the new file, looked at now. */
export function applyDiff(next: ClusterView): ApplyDiff {
  const { compiled, snapshot } = next
  const before = new Map((snapshot.cluster?.guests ?? []).map((guest) => [guest.id, guest]))
  const changed: GuestChange[] = []
  const refusals: ApplyRefusal[] = []
  for (const sight of next.sights) {
    const old = before.get(sight.compiled.id)
    const fields = old === undefined ? [] : changedFields(old, sight.compiled.spec)
    if (old === undefined || fields.length === 0) continue
    const restart = isUp(sight) && fields.some((field) => readAtStart.includes(field))
    changed.push({ guest: sight.compiled.id, fields, restart })
    if (isUp(sight)) refusals.push(...guestRefusals(next, sight, old))
  }
  return {
    added: idsOf(next.sights.filter((sight) => !before.has(sight.compiled.id))),
    removed: [...before.keys()].filter((id) => !compiled.byId.has(id)).sort(byName),
    changed: changed.sort((a, b) => byName(a.guest, b.guest)),
    cluster: clusterChanges(snapshot.cluster, compiled.spec),
    refusals: [
      ...refusals,
      ...standInRefusals(next),
      ...standbyRefusals(next, before),
      ...hostRefusals(snapshot, compiled.spec.hosts),
    ],
  }
}

/** Read when a machine starts, and never again while it runs. */
const readAtStart: readonly string[] = ['machine', 'cpus', 'memory.start', 'memory.max']

function changedFields(old: GuestSpec, next: GuestSpec): string[] {
  const { memory: oldMemory, source: oldSource, id: _, ...oldRest } = old
  const { memory, source, id: __, ...rest } = next
  const fields = keysThatDiffer(oldRest, rest)
  if (!same(oldSource, source)) fields.push('machine')
  if (oldMemory.minMib !== memory.minMib) fields.push('memory.min')
  if (oldMemory.startMib !== memory.startMib) fields.push('memory.start')
  if (oldMemory.runMib !== memory.runMib) fields.push('memory.run')
  if (oldMemory.maxMib !== memory.maxMib) fields.push('memory.max')
  return fields.sort(byName)
}

function guestRefusals(next: ClusterView, sight: GuestSight, old: GuestSpec): ApplyRefusal[] {
  const { spec } = sight.compiled
  const refusals: ApplyRefusal[] = []
  const from = domainName(old)
  const to = domainName(spec)
  if (from !== to) refusals.push({ code: 'machine-changed-while-running', guest: spec.id, from, to })
  const had = new Set(old.needs.map(needText))
  for (const need of needsData(next, sight)) {
    if (had.has(need.text) || need.onLoss !== 'pause' || !isKnownLost(need.state)) continue
    refusals.push({ code: 'would-pause', guest: spec.id, need: need.text, state: need.state })
  }
  if (old.wish === 'running' && spec.wish !== 'running') refusals.push(...stopRefusals(next, sight))
  return refusals
}

/** A standby stands in now that the new file does not name any more: what it did for others ends at once. */
function standInRefusals(next: ClusterView): ApplyRefusal[] {
  return next.sights.flatMap(({ compiled, record }) => {
    if (record?.replacedBy === undefined || record.replacedBy === compiled.spec.standby) return []
    return compiled.dependents
      .map((index) => next.sights[index]!)
      .filter(isUp)
      .flatMap((sight) =>
        needsData(next, sight)
          .filter((need) => need.guest === compiled.id && need.onLoss === 'pause' && isKnownLost(need.state))
          .map((need) => ({
            code: 'would-pause' as const,
            guest: sight.compiled.id,
            need: need.text,
            state: need.state,
          })),
      )
  })
}

/** One that was a standby before, and is still up, gives the place back just now. */
function standbyRefusals(next: ClusterView, before: ReadonlyMap<GuestId, GuestSpec>): ApplyRefusal[] {
  const standbysBefore = new Set([...before.values()].map(({ standby }) => standby))
  return next.sights.flatMap((sight): ApplyRefusal[] => {
    const { id, first } = sight.compiled
    if (first === undefined || sight.standsIn || standbysBefore.has(id)) return []
    return isUp(sight) ? [{ code: 'would-stop-standby', guest: id, first: first.spec.id }] : []
  })
}

/** What was not probed so far says nothing yet: only what is known to be down counts. */
function isKnownLost(state: NeedState): boolean {
  return state !== 'answers' && state !== 'not-answering-yet' && state !== 'host-unseen'
}

function stopRefusals(next: ClusterView, sight: GuestSight): ApplyRefusal[] {
  if (sight.compiled.spec.wish === 'ignored') return []
  const needing = sight.compiled.dependents
    .map((index) => next.sights[index]!)
    .filter((dependent) => isUp(dependent) && dependent.wishState === 'running')
  return needing.length === 0 ? [] : [{ code: 'would-stop-needed', guest: sight.compiled.id, needing: idsOf(needing) }]
}

function hostRefusals(snapshot: ClusterSnapshot, next: readonly HostSpec[]): ApplyRefusal[] {
  const kept = new Set<string>(next.map((host) => host.id))
  // A file that names one host means the one it is applied on, whatever its name.
  if (next.length <= 1) return []
  return (snapshot.cluster?.hosts ?? []).flatMap((host): ApplyRefusal[] => {
    if (kept.has(host.id)) return []
    const guests = [...snapshot.records.values()]
      .filter((record) => record.owner === host.id && record.phase.kind !== 'stopped')
      .map((record) => record.guest)
      .sort(byName)
    return guests.length === 0 ? [] : [{ code: 'host-dropped-with-guests', host: host.id, guests }]
  })
}

function clusterChanges(old: ClusterSpec | null, next: ClusterSpec): string[] {
  if (old === null) return []
  const { guests: _, version: __, ...oldRest } = old
  const { guests: ___, version: ____, ...rest } = next
  return keysThatDiffer(oldRest, rest).sort(byName)
}

/** The libvirt domain a guest stands for: a defined one bears the guest's own name. */
function domainName(guest: GuestSpec): string {
  return guest.source.kind === 'existing' ? guest.source.domain : guest.id
}

function keysThatDiffer(old: object, next: object): string[] {
  const a = new Map(Object.entries(old))
  const b = new Map(Object.entries(next))
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => !same(a.get(key), b.get(key)))
}
