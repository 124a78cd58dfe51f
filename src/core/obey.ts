import type { Assignment } from '../model/assignment.ts'
import type { GuestPolicy } from '../model/guest.ts'
import type { HostId, Instant } from '../model/ids.ts'
import type { GuestMove } from '../model/member.ts'
import type { RunState } from '../model/observation.ts'

/** The next thing an agent does to one guest. One step at a time, each harmless if repeated. */
export type Step =
  | {
      readonly kind: 'nothing' /** When to look again though nothing changes; null = not by itself. */
      readonly againInMs: number | null
    }
  | { readonly kind: 'start'; readonly generation: number }
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'destroy' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'set-memory'; readonly memoryMib: number }
  | { readonly kind: 'refuse-stop' }
  | { readonly kind: 'migrate'; readonly to: HostId; readonly serial: number }
  /** What is under way of it shall end here. */
  | { readonly kind: 'cancel-move'; readonly to: HostId; readonly serial: number }
  /** S7: a start that was not answered shall not come about later. */
  | { readonly kind: 'settle'; readonly generation: number }
  /** S8: the part of it that a broken move left here; it can never run on. */
  | { readonly kind: 'discard' }
  /** S13: it runs here and belongs elsewhere. */
  | { readonly kind: 'expel' }

/** What an agent life remembers of its own deeds to a guest. Lost with the life: all of it may be done again without harm. */
export interface Deeds {
  /** Newest generation whose start was tried, however it ended; 0 = none. */
  readonly triedGeneration: number
  /** When this stop was first asked for; null: no stop under way. */
  readonly stopSince: Instant | null
  readonly askedAt: Instant | null
  readonly destroyFailed: boolean
  readonly resumedAt: Instant | null
  readonly suspendedAt: Instant | null
  readonly memoryAt: Instant | null
  readonly memoryAskedMib: number | null
  /** False: what an earlier life asked the balloon for may still come about; asked once more, it is over. Absent: nothing hangs on that. */
  readonly memorySettled?: boolean
  /** Newest move whose end is known; and when one was last begun, or found under way. */
  readonly movedSerial: number
  readonly movingAt: Instant | null
  /** When a move that was taken back was last looked for, and since when none was found. */
  readonly cancelledAt: Instant | null
  readonly noMoveSince: Instant | null
  readonly settledGeneration: number
  readonly settlingAt: Instant | null
}

export const noDeeds: Deeds = {
  triedGeneration: 0,
  stopSince: null,
  askedAt: null,
  destroyFailed: false,
  resumedAt: null,
  suspendedAt: null,
  memoryAt: null,
  memoryAskedMib: null,
  movedSerial: 0,
  movingAt: null,
  cancelledAt: null,
  noMoveSince: null,
  settledGeneration: 0,
  settlingAt: null,
}

/** A guest may miss the first request (still booting, a button pressed before its driver is there): asked again so often. */
export const askAgainMs = 10_000

/** Pace of repeating what did not take: keeps a stubborn guest from being hammered. */
export const repeatMs = 5_000

/** A move whose end is not known is looked after so often. */
const moveRepeatMs = 1_000

/**
 * A move that was taken back is over when the hypervisor shows none for so long: one that an earlier life asked for may only be about to begin,
 * for as long as libvirt tries to reach the other host.
 */
export const moveGoneMs = 40_000

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
