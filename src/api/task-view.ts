import type { TaskView } from '../contract/tasks.ts'
import type { TaskNow } from './task-book.ts'

export function taskView({ record, state, steps, cancellable }: TaskNow): TaskView {
  const { id, kind, said, by, startedAt, endedAt, host, cancelledBy } = record
  return {
    ...{ id, kind, said, by, startedAt, endedAt, state, cancellable, cancelledBy },
    subjects: [...(host === undefined ? [] : [host]), ...steps.map(({ step }) => step.guest)],
    progress: {
      done: steps.filter((one) => one.state !== 'waiting' && one.state !== 'running').length,
      total: steps.length,
    },
    steps: steps.map(({ step, state: of, because }) => ({ subject: step.guest, state: of, because })),
  }
}
