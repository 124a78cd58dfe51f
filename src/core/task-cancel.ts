import type { GuestId, HostId } from '../model/ids.ts'
import type { TaskRecord } from '../model/task.ts'
import { isDown } from './sight.ts'
import type { StepSight, TaskSight } from './tasks.ts'
import type { ClusterView } from './views/cluster-view.ts'
import { sightNamed } from './views/cluster-view.ts'
import { planMaintenance } from './views/maintenance-plan.ts'
import type { Refusal, WishChange, WishPlan } from './views/wish-plan.ts'
import { refusedBecause } from './views/wish-plan.ts'

/**
 * Takes back of a task what has not begun, by wishing again what was wished before, and live moves that are under way; what else is
 * under way comes to its end. Refused where nothing is left to take back.
 */
export function planCancel(view: ClusterView, task: TaskSight): WishPlan | Refusal {
  if (task.state !== 'running') return refusedBecause('task-over', { task: task.record.id })
  if (task.record.host !== undefined) return cancelOfHost(view, task)
  const changes = new Map<GuestId, WishChange>()
  for (const one of task.steps) {
    const change = takenBack(one, task.record, view)
    if (change !== null) changes.set(one.step.guest, change)
  }
  if (changes.size === 0) return refusedBecause('task-under-way', { task: task.record.id })
  return { kind: 'planned', changes, already: [], also: [], skipped: [], affects: [] }
}

/** Cheap: asked for with every look at a task. */
export function isCancellable(view: ClusterView | null, task: TaskSight): boolean {
  const { record, state, steps } = task
  if (view === null || state !== 'running' || record.cancelledBy !== null) return false
  return record.host !== undefined
    ? steps.some((one) => one.state === 'waiting' || moveUnderWay(one, view) !== null)
    : steps.some((one) => takenBack(one, record, view) !== null)
}

function cancelOfHost(view: ClusterView, { record, steps }: TaskSight): WishPlan | Refusal {
  const host = record.host as HostId
  const underWay = steps.flatMap((one): [GuestId, WishChange][] => {
    const change = moveUnderWay(one, view)
    return change === null ? [] : [[one.step.guest, change]]
  })
  if (underWay.length === 0 && steps.every(({ state }) => state !== 'waiting'))
    return refusedBecause('task-under-way', { task: record.id })
  if (record.kind === 'maintenance') {
    const plan = planMaintenance(view, { host, on: false, force: true })
    return plan.kind === 'refused' ? plan : { ...plan, changes: new Map([...plan.changes, ...underWay]) }
  }
  return {
    ...{ kind: 'planned', changes: new Map(), hosts: new Map([[host, { downInBoot: null, guests: [] }]]) },
    ...{ already: [], also: [], skipped: [], affects: [] },
  }
}

/** Null: none that could end where it began: a guest that is stopped to be started elsewhere does not come up again by taking that back. */
function moveUnderWay({ step: { guest, goal }, state }: StepSight, view: ClusterView): WishChange | null {
  const record = sightNamed(view, guest)?.record
  const move = record?.seat?.move
  if (state !== 'running' || move == null || move.how !== 'live' || move.cancelled) return null
  const ofThis = goal.kind === 'there' ? move.to === goal.to : goal.kind === 'away' && record?.owner === goal.from
  return ofThis ? { moveCancel: move.serial } : null
}

/** Null: it has begun and comes to its end, or there is nothing else that was wished before. */
function takenBack(one: StepSight, { kind }: TaskRecord, view: ClusterView): WishChange | null {
  const { step, state } = one
  const sight = sightNamed(view, step.guest)
  if (state === 'running') return moveUnderWay(one, view)
  if (state !== 'waiting' || sight === null) return null
  const { goal, before } = step
  const { spec } = sight.compiled
  switch (goal.kind) {
    case 'ready': {
      if (kind !== 'launch' || before === undefined || !isDown(sight.seen)) return null
      return (before.state ?? spec.wish) === 'running' ? null : { state: before.state }
    }
    case 'down':
      return before !== undefined && (before.state ?? spec.wish) === 'running' ? { state: before.state } : null
    case 'paused':
      return before === undefined ? null : { pausedByHand: false }
    case 'resumed':
      return before === undefined ? null : { pausedByHand: true }
    case 'memory':
      return before === undefined ? null : { memoryMib: before.memoryMib }
    case 'there': {
      // To ask it to stay where it is answers the move that was asked for.
      const owner = sight.record?.owner ?? null
      return goal.serial === null || owner === null ? null : { move: { to: owner, how: 'live' } }
    }
    case 'away':
      return null
  }
}
