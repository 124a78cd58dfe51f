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
export function silence({ record, seen }: GuestSight, hosts: ReadonlyMap<HostId, HostView> | null): Reason | null {
  if (record === null || record.owner === null || settledKinds.includes(record.phase.kind)) return null
  const move = record.seat?.move
  // Gone here in the middle of a move: whether it runs over there is what is not known.
  const elsewhere = isDown(seen) && move?.how === 'live' ? move.to : null
  if (seen.run !== 'unknown' && elsewhere === null) return null
  const host = hosts?.get(elsewhere ?? record.owner)
  return host?.standing === 'expired' ? { code: 'host-silent', host: host.id, lacks: host.lacks } : null
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
