import type { FastifyInstance } from 'fastify'
import { paths, patterns, schemaVersion } from '../contract/protocol.ts'
import { TaskParams, TaskResult, TasksView } from '../contract/tasks.ts'
import { NothingRequest } from '../contract/wishes.ts'
import { planCancel } from '../core/task-cancel.ts'
import { Fault } from '../model/fault.ts'
import { described, doneOnce, typed } from './route.ts'
import type { Serving } from './serving.ts'
import type { TaskNow } from './task-book.ts'
import { taskView } from './task-view.ts'

export function taskRoutes(app: FastifyInstance, { tasks, wishes }: Serving): void {
  const routes = typed(app)

  const all = described(
    { access: 'viewer', tag: 'tasks', summary: 'What was asked for by command and takes its time, newest first' },
    { response: { 200: TasksView } },
  )
  routes.get(paths.tasks, all, async () => ({ schemaVersion, tasks: tasks.list().map(taskView) }))

  const one = described(
    { access: 'viewer', tag: 'tasks', summary: 'One task, with how each of its guests stands' },
    { params: TaskParams, response: { 200: TaskResult } },
  )
  routes.get(patterns.task, one, async (request) => ({ schemaVersion, task: taskView(known(request.params.id)) }))

  const cancel = doneOnce(
    described(
      {
        access: 'operator',
        tag: 'tasks',
        summary: 'Take back what has not begun of a task, and live moves under way',
        about:
          'What was wished before is wished again of every guest that has not begun. A live move under way is told to end: the guest runs on where it was, unless it has arrived meanwhile. What else is under way comes to its end.',
      },
      { params: TaskParams, body: NothingRequest, response: { 200: TaskResult } },
    ),
  )
  routes.post(patterns.taskCancel, cancel, async (request) => {
    const { caller, once } = request
    const { record } = known(request.params.id)
    return wishes.carryOut(
      {
        plan: (view) => planCancel(view, known(record.id)),
        said: `task cancel ${record.id} (${record.said})`,
        also: () => tasks.cancelled(record.id, caller.name),
        ...{ caller, once },
      },
      () => {
        const now = known(record.id)
        const task = { ...now, record: { ...now.record, cancelledBy: caller.name }, cancellable: false }
        return { schemaVersion, task: taskView(task) }
      },
    )
  })

  function known(id: string): TaskNow {
    const task = tasks.get(id)
    if (task === null) throw new Fault('task-unknown', 'not-done', { task: id })
    return task
  }
}
