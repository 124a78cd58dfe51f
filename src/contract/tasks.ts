import Type from 'typebox'
import { type TaskKind, taskKinds } from '../model/task.ts'
import { modelData, NumberOrNull, orNull, StringOrNull, Versioned, WallMs, type Wire, words } from './schema.ts'
import { ReasonView } from './status.ts'

export const TaskStepView = Type.Object({
  /** The guest. */
  subject: Type.String(),
  /** `waiting`: not begun, and could be taken back. */
  state: words(['waiting', 'running', 'done', 'failed', 'cancelled']),
  because: orNull(ReasonView),
})
export type TaskStepView = Wire<typeof TaskStepView>

/** Something that was asked for by command and takes its time. */
export const TaskView = Type.Object({
  id: Type.String(),
  kind: modelData<TaskKind>({ type: 'string', enum: [...taskKinds] }),
  /** The command, as the history has it. */
  said: Type.String(),
  by: Type.String(),
  startedAt: WallMs,
  endedAt: NumberOrNull,
  state: words(['running', 'done', 'failed', 'cancelled']),
  /** Guests; of a host, its name first. */
  subjects: Type.Array(Type.String()),
  progress: Type.Object({
    /** Steps that have ended, one way or the other. */
    done: Type.Integer(),
    total: Type.Integer(),
  }),
  steps: Type.Array(TaskStepView),
  /** Something of it has not begun, and can be taken back. */
  cancellable: Type.Boolean(),
  /** Who took it back; null: nobody. */
  cancelledBy: StringOrNull,
})
export type TaskView = Wire<typeof TaskView>

/** Newest first. */
export const TasksView = Type.Object({ ...Versioned, tasks: Type.Array(TaskView) })
export type TasksView = Wire<typeof TasksView>

export const TaskResult = Type.Object({ ...Versioned, task: TaskView })
export type TaskResult = Wire<typeof TaskResult>

export const TaskParams = Type.Object({ id: Type.String({ pattern: '^[a-z0-9-]{1,40}$' }) })
