import type { HostId } from '../../model/ids.ts'
import type { RunState } from '../../model/observation.ts'
import type { GuestState, Phase } from '../../model/phase.ts'
import type { Reason } from '../../model/reason.ts'
import type { HostView } from '../hosts.ts'
import type { GuestSight } from '../sight.ts'

/** Phases in which it is down for certain, or nobody's business, wherever its host is. */
const settledKinds: readonly Phase['kind'][] = ['stopped', 'held-down', 'failed', 'ignored']

/**
 * S7: whatever it was doing when its host fell silent for longer than the lease, it may be up or down by now: it waits, and this is what for.
 * Null: what its record says is so. `hosts`: null where there is one.
 */
export function silence({ record, seen }: GuestSight, hosts: ReadonlyMap<HostId, HostView> | null): Reason | null {
  const host = record?.owner == null ? undefined : hosts?.get(record.owner)
  if (host?.standing !== 'expired' || seen.run !== 'unknown' || settledKinds.includes(record!.phase.kind)) return null
  return { code: 'host-silent', host: host.id, lacks: host.lacks }
}

/** The state people know, of a phase. An ignored guest shows what its machine does. */
export function guestState(phase: Phase, run: RunState): GuestState {
  switch (phase.kind) {
    case 'ready':
    case 'silent':
    case 'starting':
      return 'running'
    case 'stopping':
      return phase.next === 'start' ? 'waiting' : 'running'
    case 'waiting':
      return 'waiting'
    case 'paused':
      return 'paused'
    case 'failed':
      return 'failed'
    case 'stopped':
    case 'held-down':
      return 'stopped'
    case 'ignored':
      return run === 'running' || run === 'paused' ? run : 'stopped'
  }
}
