import type { ClusterSpec } from '../../model/cluster.ts'
import type { GuestSpec } from '../../model/guest.ts'
import type { FileSight } from '../../model/host-report.ts'
import type { GuestId, HostId } from '../../model/ids.ts'
import { type Finding, finding } from './host-health.ts'

/** Whether two hosts mean the same disk by a path. */
export type DiskSameness = 'same' | 'missing' | 'another' | 'unknown'

/** `own`: of the host that has the guest, `other`: of one that may take it. Silence is never sameness. Pure. */
export function sameDisk(own: FileSight, other: FileSight): DiskSameness {
  if (other.kind === 'missing') return 'missing'
  if (other.kind !== own.kind) return 'another'
  if (own.kind === 'block') {
    // A size that differs tells two apart; one that is equal tells nothing.
    if (own.sizeBytes !== other.sizeBytes) return 'another'
    if (own.identity === null || other.identity === null) return 'unknown'
    return own.identity === other.identity ? 'same' : 'another'
  }
  if (other.marked !== null) return other.marked ? 'same' : 'another'
  return own.identity === other.identity ? 'unknown' : 'another'
}

/** Hosts that the file lets it run on, among these. Pure. */
export function allowedHosts(spec: ClusterSpec, guest: GuestSpec, hosts: readonly HostId[]): HostId[] {
  const rules = spec.rules.flatMap((rule) =>
    rule.kind === 'hosts' && rule.strict && rule.guests.includes(guest.id) ? [rule.hosts] : [],
  )
  return hosts.filter((host) => rules.every((allowed) => host in allowed))
}

/** What the other hosts see of a guest's disks, each by the paths of the host that has it. */
export interface DisksSeen {
  readonly guest: GuestId
  readonly holder: HostId
  readonly own: readonly FileSight[]
  /** By host that may take it; one that could not be asked is not among them. */
  readonly others: ReadonlyMap<HostId, readonly FileSight[]>
}

/** Whether a guest would find its disks elsewhere. Nothing where it has none, or nobody else may take it. Pure. */
export function sharedDiskFindings({ guest, holder, own, others }: DisksSeen): Finding[] {
  if (own.length === 0 || others.size === 0) return []
  const bad = [...others].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([host, seen]) => ofHost(guest, host, own, seen))
  if (bad.length > 0) return bad
  return [finding('shared-disks', 'pass', guest, { hosts: [holder, ...others.keys()].sort() })]
}

function ofHost(guest: GuestId, host: HostId, own: readonly FileSight[], seen: readonly FileSight[]): Finding[] {
  const paths = (wanted: DiskSameness): string[] =>
    own.flatMap((disk) => {
      const there = seen.find(({ path }) => path === disk.path)
      const found = there === undefined ? 'unknown' : sameDisk(disk, there)
      return found === wanted ? [disk.path] : []
    })
  const kinds = [
    ['missing', 'disks-not-there', 'fail'],
    ['another', 'disks-not-shared', 'fail'],
    ['unknown', 'disks-unsure', 'warn'],
  ] as const
  return kinds.flatMap(([kind, id, result]) => {
    const found = paths(kind)
    return found.length === 0 ? [] : [finding(id, result, guest, { host, paths: found })]
  })
}
