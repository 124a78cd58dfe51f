import type { GuestId, WallTime } from '../model/ids.ts'
import type { Reason } from '../model/reason.ts'
import type { StepEnd, TaskGoal, TaskRecord, TaskState, TaskStep } from '../model/task.ts'
import { noHostWish } from '../model/wish.ts'
import { type GuestSight, isDown, runs } from './sight.ts'
import type { ClusterView } from './views/cluster-view.ts'
import { phaseKind, sightNamed } from './views/cluster-view.ts'

/** `waiting`: not begun, so it could still be taken back. `running`: under way. */
export type StepState = 'waiting' | 'running' | StepEnd

export interface StepSight {
  readonly step: TaskStep
  readonly state: StepState
  readonly because: Reason | null
  /** Of a live move under way, as its hypervisor counts memory and disk. Absent: it counts nothing. */
  readonly bytes?: Bytes
}

export interface Bytes {
  readonly done: number
  readonly total: number
}

/** How a task stands. Pure; a step that has ended stays as it ended, whatever became of the guest since. */
export interface TaskSight {
  readonly record: TaskRecord
  readonly state: TaskState
  readonly steps: readonly StepSight[]
}

/** A cluster file that was applied is in force everywhere by then. */
const fileHeardOfMs = 30_000

/** A balloon seldom meets its goal to the last page. */
const nearEnoughMib = 2

export function taskSight(record: TaskRecord, view: ClusterView | null): TaskSight {
  if (record.endedAt !== null || view === null) {
    const steps = record.steps.map((step) => endedOr(step, 'waiting'))
    return { record, state: record.endedAt === null ? 'running' : stateOf(steps, record), steps }
  }
  const stuck = stuckGuests(view)
  const seen = record.steps.map((step) => stepSight(step, record, view, stuck))
  const steps = withoutFollowers(seen)
  return { record, state: stateOf(steps, record), steps }
}

/** The record with what ended since; the same record where nothing did. */
export function withEnds({ record, steps, state }: TaskSight, now: WallTime): TaskRecord {
  if (record.endedAt !== null) return record
  const over = state !== 'running'
  if (!over && steps.every(({ step, state: one }) => step.end !== undefined || !isEnd(one))) return record
  return {
    ...record,
    steps: steps.map(({ step, state: one, because }) =>
      step.end === undefined && isEnd(one) ? { ...step, end: { state: one, because } } : step,
    ),
    endedAt: over ? now : null,
  }
}

function stateOf(steps: readonly StepSight[], { cancelledBy }: TaskRecord): TaskState {
  if (steps.some(({ state }) => !isEnd(state))) return 'running'
  if (steps.some(({ state }) => state === 'failed')) return 'failed'
  if (cancelledBy !== null && steps.length === 0) return 'cancelled'
  return steps.some(({ state }) => state === 'cancelled') ? 'cancelled' : 'done'
}

function endedOr(step: TaskStep, otherwise: StepState): StepSight {
  return { step, state: step.end?.state ?? otherwise, because: step.end?.because ?? null }
}

function stepSight(step: TaskStep, record: TaskRecord, view: ClusterView, stuck: ReadonlySet<GuestId>): StepSight {
  if (step.end !== undefined) return endedOr(step, 'done')
  const sight = sightNamed(view, step.guest)
  // Dropped from the cluster file meanwhile.
  if (sight === null) {
    const young = record.kind === 'apply' && view.snapshot.wall - record.startedAt < fileHeardOfMs
    return young
      ? { step, state: 'waiting', because: null }
      : { step, state: 'cancelled', because: { code: 'not-in-file' } }
  }
  if (isNotHeardOf(step, sight, record, view)) return { step, state: 'waiting', because: null }
  const state = goalState(step.goal, sight, record, view, stuck)
  const bytes = state === 'running' ? bytesOf(sight) : null
  return { step, state, because: sight.record?.because ?? null, ...(bytes !== null && { bytes }) }
}

function bytesOf({ seen, record }: GuestSight): Bytes | null {
  const { moving } = seen
  if (moving === undefined || record?.seat?.move?.serial !== moving.serial) return null
  return { done: Math.min(moving.doneBytes, moving.totalBytes), total: moving.totalBytes }
}

/** What is known is older than the command. */
function isNotHeardOf(
  { before, goal }: TaskStep,
  { wish }: GuestSight,
  { host, hostBefore }: TaskRecord,
  { snapshot }: ClusterView,
): boolean {
  if (host !== undefined && hostBefore !== undefined) {
    return (snapshot.hostWishes.get(host)?.at ?? noHostWish.at) === hostBefore
  }
  if (before === undefined || before.at !== wish.at || before.launchSerial !== wish.launchSerial) return false
  return (
    !(goal.kind === 'paused' && wish.pausedByHand) && !(goal.kind === 'memory' && wish.memoryMib === goal.memoryMib)
  )
}

function goalState(
  goal: TaskGoal,
  sight: GuestSight,
  record: TaskRecord,
  view: ClusterView,
  stuck: ReadonlySet<GuestId>,
): StepState {
  switch (goal.kind) {
    case 'ready':
      return readyState(sight, stuck)
    case 'down':
      return downState(sight)
    case 'paused':
      return pausedState(sight)
    case 'resumed':
      return sight.wish.pausedByHand ? 'cancelled' : readyState(sight, stuck)
    case 'memory':
      return memoryState(goal.memoryMib, sight)
    case 'there':
      return thereState(goal, sight)
    case 'away':
      return awayState(goal.from, sight, record, view)
  }
}

function readyState(sight: GuestSight, stuck: ReadonlySet<GuestId>): StepState {
  const { compiled, wish, wishState, commanded } = sight
  // A standby is ready to stand in.
  if (compiled.first !== undefined && wishState === 'stopped') return commanded ? 'waiting' : 'done'
  if (wishState !== 'running' || !wish.watch || wish.pausedByHand) return 'cancelled'
  const kind = phaseKind(sight)
  if (kind === 'ready') return 'done'
  if ((kind === 'failed' || kind === 'held-down') && !commanded) return 'failed'
  if (kind === 'starting' || kind === 'silent' || kind === 'stopping') return 'running'
  return kind === 'waiting' && stuck.has(compiled.id) ? 'failed' : 'waiting'
}

function downState(sight: GuestSight): StepState {
  const { wishState, commanded, seen } = sight
  if (wishState === 'running' || wishState === 'ignored') return 'cancelled'
  const kind = phaseKind(sight)
  if (kind === 'stopped' || (isDown(seen) && (kind === 'held-down' || kind === 'failed'))) return 'done'
  if (kind === 'failed' && !commanded) return 'failed'
  return kind === 'stopping' ? 'running' : 'waiting'
}

function pausedState({ wish, wishState, seen }: GuestSight): StepState {
  if (!wish.pausedByHand || wishState !== 'running') return 'cancelled'
  if (seen.run === 'paused') return 'done'
  return seen.trouble === null ? 'waiting' : 'failed'
}

function memoryState(memoryMib: number | null, { wish, seen, compiled }: GuestSight): StepState {
  if (wish.memoryMib !== memoryMib) return 'cancelled'
  const wantedMib = memoryMib ?? compiled.spec.memory.runMib
  // What is down gets it with its next start.
  if (wantedMib === null || !runs(seen)) return 'done'
  if (seen.memoryMib !== null && Math.abs(seen.memoryMib - wantedMib) <= nearEnoughMib) return 'done'
  return seen.trouble === null ? 'waiting' : 'failed'
}

function thereState({ to, serial }: Extract<TaskGoal, { kind: 'there' }>, { record, wish }: GuestSight): StepState {
  const seat = record?.seat
  if (seat?.move) return 'running'
  if (serial !== null && (wish.moveSerial ?? 0) > serial) return record?.owner === to ? 'done' : 'cancelled'
  if (record?.owner === to) return 'done'
  if (serial === null || serial > (seat?.moveSerial ?? 0)) return 'waiting'
  return wish.moveCancel !== undefined && wish.moveCancel === seat?.moves ? 'cancelled' : 'failed'
}

function awayState(from: string, sight: GuestSight, { host }: TaskRecord, { snapshot }: ClusterView): StepState {
  if (sight.record?.owner !== from) return 'done'
  if (sight.record.seat?.move) return 'running'
  if (host !== undefined && snapshot.hostWishes.get(host)?.maintenance !== true) return 'cancelled'
  // What is down needs no leaving.
  return isDown(sight.seen) && sight.wishState !== 'running' ? 'done' : 'waiting'
}

/** Those that wait for one that is given up, at any depth: nothing will come of waiting, as long as that stays so. */
function stuckGuests({ sights, compiled }: ClusterView): ReadonlySet<GuestId> {
  const stuck = new Set<GuestId>()
  const givenUp = new Set<GuestId>()
  // In launch order: what a guest needs is judged before it.
  for (const sight of sights) {
    const { id, spec } = sight.compiled
    const kind = phaseKind(sight)
    // Whoever needs one that is replaced waits for its standby.
    const failed = (kind === 'failed' || kind === 'held-down') && !sight.commanded
    if (failed && sight.record?.replacedBy === undefined) givenUp.add(id)
    const blocked = spec.needs.some(
      (need) =>
        need.kind === 'guest' && compiled.byId.has(need.guest) && (givenUp.has(need.guest) || stuck.has(need.guest)),
    )
    if (kind === 'waiting' && blocked) stuck.add(id)
  }
  return stuck
}

/** One that only goes along with others has missed its turn when they have all ended and it was not taken. */
function withoutFollowers(steps: readonly StepSight[]): readonly StepSight[] {
  const follows = ({ step: { goal } }: StepSight) => goal.kind === 'there' && goal.serial === null
  if (steps.some((one) => !follows(one) && !isEnd(one.state))) return steps
  return steps.map((one) => (follows(one) && one.state === 'waiting' ? { ...one, state: 'cancelled' } : one))
}

function isEnd(state: StepState): state is StepEnd {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}
