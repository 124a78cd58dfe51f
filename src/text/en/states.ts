import type { Wanted } from '../../model/assignment.ts'
import type { WishState } from '../../model/guest.ts'
import type { OnLoss } from '../../model/need.ts'
import type { RunState, Verdict } from '../../model/observation.ts'
import type { GuestState, PhaseKind } from '../../model/phase.ts'

/** The five states people know. */
export const states = {
  running: 'running',
  stopped: 'stopped',
  failed: 'failed',
  waiting: 'waiting',
  paused: 'paused',
} as const satisfies Record<GuestState, string>

export const phases = {
  stopped: 'stopped',
  waiting: 'waiting',
  starting: 'starting',
  resuming: 'resuming',
  ready: 'ready',
  silent: 'silent',
  paused: 'paused',
  stopping: 'stopping',
  restarting: 'going down to start again',
  failing: 'going down, given up',
  'held-down': 'held down',
  failed: 'failed',
  ignored: 'ignored',
} as const satisfies Record<PhaseKind | 'resuming' | 'restarting' | 'failing', string>

/** What the hypervisor shows. */
export const runs = {
  running: 'running',
  paused: 'paused',
  stopped: 'stopped',
  absent: 'absent',
  unknown: 'unknown',
} as const satisfies Record<RunState, string>

export const verdicts = {
  unknown: 'not known yet',
  answering: 'answers',
  refused: 'refuses connections',
  silent: 'silent',
} as const satisfies Record<Verdict, string>

export const wishes = {
  running: 'running',
  stopped: 'stopped',
  disabled: 'disabled',
  ignored: 'ignored',
} as const satisfies Record<WishState, string>

export const wanteds = {
  running: 'running',
  paused: 'paused',
  stopped: 'stopped',
  'as-is': 'as it is',
} as const satisfies Record<Wanted, string>

/** What becomes of a guest when its need is lost. */
export const onLoss = {
  pause: 'pauses',
  keep: 'goes on',
  restart: 'is restarted',
  stop: 'is stopped',
} as const satisfies Record<OnLoss, string>
