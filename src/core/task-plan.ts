import type { GuestId, HostId } from '../model/ids.ts'
import type { TaskGoal, TaskKind, TaskStep } from '../model/task.ts'
import { noWish } from '../model/wish.ts'
import { taskSight } from './tasks.ts'
import type { ClusterView } from './views/cluster-view.ts'
import type { WishPlan } from './views/wish-plan.ts'

/** What a command's plan makes of its guests, a step each, in launch order; empty: it takes no time. Pure. */
export function stepsOf(kind: TaskKind, plan: WishPlan, view: ClusterView, host: HostId | null = null): TaskStep[] {
  const steps = new Map<GuestId, TaskStep>()
  const add = (guest: GuestId, goal: TaskGoal, before?: TaskStep['before']): void => {
    if (!steps.has(guest)) steps.set(guest, { guest, goal, ...(before !== undefined && { before }) })
  }
  for (const [guest, change] of plan.changes) {
    const goal = goalOf(kind, guest, plan, view)
    if (goal === null) continue
    const { at, launchSerial, state, memoryMib } = view.snapshot.wishes.get(guest) ?? noWish
    const before = { at, launchSerial, state, memoryMib }
    add(guest, goal.kind === 'memory' ? { ...goal, memoryMib: change.memoryMib ?? null } : goal, before)
  }
  // Those on their way already are part of it: who says "launch" wants it launched.
  for (const guest of plan.already) {
    const goal = goalOf(kind, guest, plan, view)
    if (goal !== null && goal.kind !== 'memory' && isOpen({ guest, goal }, kind, view)) add(guest, goal)
  }
  for (const { guests } of plan.hosts?.values() ?? []) {
    if (kind === 'shutdown') for (const guest of guests) add(guest, { kind: 'down' })
  }
  for (const { guest, from, to } of plan.moves ?? []) {
    if (kind === 'maintenance' && host !== null && from === host) add(guest, { kind: 'away', from: host })
    if (kind === 'migrate' || kind === 'rebalance') add(guest, { kind: 'there', to, serial: null })
  }
  return view.sights.flatMap(({ compiled }) => steps.get(compiled.id) ?? [])
}

function goalOf(kind: TaskKind, guest: GuestId, plan: WishPlan, view: ClusterView): TaskGoal | null {
  switch (kind) {
    case 'launch':
    case 'apply':
      return { kind: 'ready' }
    case 'shutdown':
      return { kind: 'down' }
    case 'pause':
      return { kind: 'paused' }
    case 'resume':
      return { kind: 'resumed' }
    case 'memory':
      return { kind: 'memory', memoryMib: null }
    case 'migrate':
    case 'rebalance': {
      const to = plan.changes.get(guest)?.move?.to
      return to === undefined
        ? null
        : { kind: 'there', to, serial: (view.snapshot.wishes.get(guest)?.moveSerial ?? 0) + 1 }
    }
    case 'maintenance':
      return null
  }
}

/** It has not come to that yet. */
function isOpen(step: TaskStep, kind: TaskKind, view: ClusterView): boolean {
  const record = { id: '', kind, said: '', by: '', startedAt: view.snapshot.wall, cancelledBy: null, endedAt: null }
  const [sight] = taskSight({ ...record, steps: [step] }, view).steps
  return sight?.state === 'waiting' || sight?.state === 'running'
}
