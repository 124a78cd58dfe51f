import type { Assignment } from '../model/assignment.ts'
import type { GuestPolicy } from '../model/guest.ts'
import type { Instant } from '../model/ids.ts'
import type { GuestMove } from '../model/member.ts'
import type { RunState } from '../model/observation.ts'
import type { Deeds, Step } from './deeds.ts'

/** A guest may miss the first request (still booting, a button pressed before its driver is there): asked again so often. */
export const askAgainMs = 10_000

/** Pace of repeating what did not take: keeps a stubborn guest from being hammered. */
export const repeatMs = 5_000

/** A move whose end is not known is looked after so often. */
const moveRepeatMs = 1_000

/** A balloon is asked again so often while it has not reached its target. */
export const memoryRepeatMs = 30_000

/** Balloons settle on page multiples: nearer than this is there. */
const memoryToleranceMib = 4

const rest: Step = { kind: 'nothing', againInMs: null }

/** Makes the guest equal to its assignment, from the state alone. */
export function nextStep(
  assignment: Assignment,
  run: RunState,
  memoryMib: number | null,
  deeds: Deeds,
  policy: GuestPolicy,
  now: Instant,
): Step {
  if (run === 'unknown') return rest
  if (assignment.move?.how === 'live') return towardsElsewhere(assignment.move, run, deeds, now)
  if (
    assignment.settle !== undefined &&
    assignment.settle > deeds.settledGeneration &&
    assignment.wanted !== 'running'
  ) {
    const down = run === 'stopped' || run === 'absent'
    if (down) return paced({ kind: 'settle', generation: assignment.settle }, deeds.settlingAt, repeatMs, now)
  }
  switch (assignment.wanted) {
    case 'as-is':
      return rest
    case 'running':
      return towardsRunning(assignment, run, memoryMib, deeds, now)
    case 'paused':
      return run === 'running' ? paced({ kind: 'suspend' }, deeds.suspendedAt, repeatMs, now) : rest
    case 'stopped':
      return towardsStopped(run, deeds, policy, now)
  }
}

/** A move is one deed; while it lasts nothing else is done to the guest. */
function towardsElsewhere({ to, serial, cancelled }: GuestMove, run: RunState, deeds: Deeds, now: Instant): Step {
  if (serial <= deeds.movedSerial || (run !== 'running' && run !== 'paused')) return rest
  if (cancelled) return paced({ kind: 'cancel-move', to, serial }, deeds.cancelledAt, moveRepeatMs, now)
  return paced({ kind: 'migrate', to, serial }, deeds.movingAt, moveRepeatMs, now)
}

function towardsRunning(
  assignment: Assignment,
  run: RunState,
  memoryMib: number | null,
  deeds: Deeds,
  now: Instant,
): Step {
  if (run === 'paused') return paced({ kind: 'resume' }, deeds.resumedAt, repeatMs, now)
  if (run === 'running') return towardsMemory(assignment.memoryMib, memoryMib, deeds, now)
  return assignment.generation > deeds.triedGeneration ? { kind: 'start', generation: assignment.generation } : rest
}

function towardsMemory(target: number | null, memoryMib: number | null, deeds: Deeds, now: Instant): Step {
  if (target === null || memoryMib === null) return rest
  if (deeds.memorySettled === false) {
    const waitsFrom = deeds.memoryAskedMib === target ? deeds.memoryAt : null
    return paced({ kind: 'set-memory', memoryMib: target }, waitsFrom, repeatMs, now)
  }
  if (Math.abs(target - memoryMib) <= memoryToleranceMib) return rest
  const sameAsAsked = deeds.memoryAskedMib === target
  return paced({ kind: 'set-memory', memoryMib: target }, sameAsAsked ? deeds.memoryAt : null, memoryRepeatMs, now)
}

function towardsStopped(run: RunState, deeds: Deeds, policy: GuestPolicy, now: Instant): Step {
  if (run !== 'running' && run !== 'paused') return rest
  const leftMs = deeds.stopSince === null ? policy.shutdownLimitMs : policy.shutdownLimitMs - (now - deeds.stopSince)
  if (leftMs <= 0) {
    if (policy.onRefusedShutdown === 'fail' || deeds.destroyFailed) return { kind: 'refuse-stop' }
    return { kind: 'destroy' }
  }
  // A paused guest cannot hear the request; one that cannot be resumed has its limit as well.
  const again =
    run === 'paused'
      ? paced({ kind: 'resume' }, deeds.resumedAt, repeatMs, now)
      : paced({ kind: 'shutdown' }, deeds.askedAt, askAgainMs, now)
  return again.kind === 'nothing' ? { kind: 'nothing', againInMs: Math.min(again.againInMs ?? leftMs, leftMs) } : again
}

function paced(step: Step, lastAt: Instant | null, paceMs: number, now: Instant): Step {
  const waitMs = lastAt === null ? 0 : lastAt + paceMs - now
  return waitMs > 0 ? { kind: 'nothing', againInMs: waitMs } : step
}
