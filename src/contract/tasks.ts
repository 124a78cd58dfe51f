import Type from 'typebox'
import { type TaskKind, taskKinds } from '../model/task.ts'
import { modelData, NumberOrNull, orNull, StringOrNull, Versioned, WallMs, type Wire, words } from './schema.ts'
import { ReasonView } from './status.ts'

/** Memory and disk that a move has to copy, as its hypervisor counts them now: `total` grows, and `done` falls, as the guest writes. */
export const BytesView = Type.Object({ done: Type.Integer(), total: Type.Integer() })
export type BytesView = Wire<typeof BytesView>

export const TaskStepView = Type.Object({
  /** The guest. */
  subject: Type.String(),
  /** `waiting`: not begun, and could be taken back, as a live move can that is `running`. */
  state: words(['waiting', 'running', 'done', 'failed', 'cancelled']),
  because: orNull(ReasonView),
  /** Of a live move under way; null: its hypervisor counts nothing, or there is none. */
  bytes: orNull(BytesView),
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
    /** Of all live moves of it that are under way; null: none, or none that is counted. */
    bytes: orNull(BytesView),
  }),
  steps: Type.Array(TaskStepView),
  /** Something of it has not begun, or is a live move under way, and can be taken back. */
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
