import type { RunState } from '../../model/observation.ts'
import type { GuestState, Phase } from '../../model/phase.ts'

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
