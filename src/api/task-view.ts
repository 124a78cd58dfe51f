import type { BytesView, TaskView } from '../contract/tasks.ts'
import type { StepSight } from '../core/tasks.ts'
import type { TaskNow } from './task-book.ts'

export function taskView({ record, state, steps, cancellable }: TaskNow): TaskView {
  const { id, kind, said, by, startedAt, endedAt, host, cancelledBy } = record
  return {
    ...{ id, kind, said, by, startedAt, endedAt, state, cancellable, cancelledBy },
    subjects: [...(host === undefined ? [] : [host]), ...steps.map(({ step }) => step.guest)],
    progress: {
      done: steps.filter((one) => one.state !== 'waiting' && one.state !== 'running').length,
      total: steps.length,
      bytes: sumOf(steps),
    },
    steps: steps.map(({ step, state: of, because, bytes = null }) => ({
      ...{ subject: step.guest, state: of, because, bytes },
    })),
  }
}

function sumOf(steps: readonly StepSight[]): BytesView | null {
  const counted = steps.flatMap(({ bytes }) => bytes ?? [])
  if (counted.length === 0) return null
  return counted.reduce((sum, one) => ({ done: sum.done + one.done, total: sum.total + one.total }))
}
