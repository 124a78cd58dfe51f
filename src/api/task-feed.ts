import type { Clock } from '../ports/clock.ts'
import { type EventSink, messageBytes } from './event-sink.ts'
import type { TaskBook, TaskNow } from './task-book.ts'
import { taskView } from './task-view.ts'

/** A task of so many steps is told of less often: the launch of a thousand guests changes without a pause, and is said whole each time. */
const manySteps = 100
const manyStepsMs = 2_000

/**
 * Tasks as live streams have them: each whole, whenever it changed. Written down once for all; of a client that reads slowly only the
 * names of those are kept that it missed, and it gets the newest of them.
 */
export interface TaskFeed {
  /** Sends those that run, then each that changes, until the sink closes. */
  join(sink: EventSink): void
}

export function createTaskFeed(tasks: TaskBook, clock: Clock): TaskFeed {
  const missed = new Map<EventSink, Set<string>>()
  const late = new Set<string>()
  let unsubscribe: (() => void) | null = null
  let cancelLate: (() => void) | null = null

  const tell = (task: TaskNow): void => {
    late.delete(task.record.id)
    const bytes = bytesOf(task)
    for (const [sink, behind] of missed) {
      if (sink.isFull()) behind.add(task.record.id)
      else sink.write(bytes)
    }
  }
  const tellLate = (): void => {
    cancelLate = null
    for (const id of [...late]) {
      const task = tasks.get(id)
      if (task !== null) tell(task)
    }
    late.clear()
  }
  const changed = (task: TaskNow): void => {
    if (task.steps.length < manySteps || task.state !== 'running') {
      tell(task)
      return
    }
    late.add(task.record.id)
    cancelLate ??= clock.after(manyStepsMs, tellLate)
  }
  const leave = (sink: EventSink): void => {
    missed.delete(sink)
    if (missed.size > 0) return
    unsubscribe?.()
    cancelLate?.()
    unsubscribe = null
    cancelLate = null
    late.clear()
  }

  return {
    join(sink) {
      const behind = new Set<string>()
      unsubscribe ??= tasks.subscribe(changed)
      missed.set(sink, behind)
      sink.onClose(() => leave(sink))
      sink.onDrain(() => {
        for (const id of [...behind]) {
          if (sink.isFull()) return
          behind.delete(id)
          const task = tasks.get(id)
          if (task !== null) sink.write(bytesOf(task))
        }
      })
      // The oldest first, as they came about.
      for (const task of tasks.list().toReversed()) {
        if (task.state !== 'running') continue
        if (sink.isFull()) behind.add(task.record.id)
        else sink.write(bytesOf(task))
      }
    },
  }
}

function bytesOf(task: TaskNow): Buffer {
  return messageBytes({ event: 'task', id: null, data: JSON.stringify(taskView(task)) })
}
