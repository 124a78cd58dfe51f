import type { HostId } from '../../model/ids.ts'
import type { RunState } from '../../model/observation.ts'
import type { GuestState, Phase } from '../../model/phase.ts'
import type { Reason } from '../../model/reason.ts'
import type { HostView } from '../hosts.ts'
import { type GuestSight, isDown } from '../sight.ts'

/** Phases in which it is down for certain, or nobody's business, wherever its host is. */
const settledKinds: readonly Phase['kind'][] = ['stopped', 'held-down', 'failed', 'ignored']

/**
 * S7: whatever it was doing when its host fell silent for longer than the lease, it may be up or down by now: it waits, and this is what for.
 * Null: what its record says is so. `hosts`: null where there is one.
 */
export function silence(sight: GuestSight, hosts: ReadonlyMap<HostId, HostView> | null): Reason | null {
  const host = nothingKnownFrom(sight, hosts)
  return host?.standing === 'expired' ? { code: 'host-silent', host: host.id, lacks: host.lacks } : null
}

/** S15: the same of one whose host was not heard of since a cold start, and is waited for: its record is of before that. */
export function unheard(sight: GuestSight, hosts: ReadonlyMap<HostId, HostView> | null): Reason | null {
  const host = nothingKnownFrom(sight, hosts)
  return host?.standing === 'unseen' ? { code: 'host-unseen', host: host.id } : null
}

/** The host that would have to tell what becomes of it, where it does not. Null: it tells, or it is down for certain. */
function nothingKnownFrom({ record, seen }: GuestSight, hosts: ReadonlyMap<HostId, HostView> | null): HostView | null {
  if (record === null || record.owner === null || settledKinds.includes(record.phase.kind)) return null
  const move = record.seat?.move
  // Gone here in the middle of a move: whether it runs over there is what is not known.
  const elsewhere = isDown(seen) && move?.how === 'live' ? move.to : null
  if (seen.run !== 'unknown' && elsewhere === null) return null
  return hosts?.get(elsewhere ?? record.owner) ?? null
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
