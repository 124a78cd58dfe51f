import type { GuestId, HostId, WallTime } from './ids.ts'
import type { Reason } from './reason.ts'
import type { GuestWish } from './wish.ts'

export const taskKinds = [
  'launch',
  'shutdown',
  'pause',
  'resume',
  'memory',
  'migrate',
  'rebalance',
  'maintenance',
  'apply',
] as const

export type TaskKind = (typeof taskKinds)[number]

/** What one guest is to come to. `serial`: of the wish that asks for it; a newer wish is somebody else's. */
export type TaskGoal =
  | { readonly kind: 'ready' | 'down' | 'paused' | 'resumed' }
  /** Null: as the cluster file says. */
  | { readonly kind: 'memory'; readonly memoryMib: number | null }
  /** Null: it goes along with one that was named. */
  | { readonly kind: 'there'; readonly to: HostId; readonly serial: number | null }
  | { readonly kind: 'away'; readonly from: HostId }

export type StepEnd = 'done' | 'failed' | 'cancelled'

export interface TaskStep {
  readonly guest: GuestId
  readonly goal: TaskGoal
  /**
   * The wish that the command changed: while that is all that is known, nothing can be told yet, and to take the task back is to wish
   * that again. Absent: none was changed.
   */
  readonly before?: Pick<GuestWish, 'at' | 'launchSerial' | 'state' | 'memoryMib'>
  /** Set once: what becomes of the guest afterwards is no longer this task's. */
  readonly end?: { readonly state: StepEnd; readonly because: Reason | null }
}

/**
 * Something that was asked for by command and takes its time. Stored under `task/<id>`: written together with the wishes that it
 * consists of, then by the API of the vigiad that leads as its steps end, and by whichever is told to take it back. It decides nothing.
 */
export interface TaskRecord {
  readonly id: string
  readonly kind: TaskKind
  /** As the history has it: the command without the names of guests. */
  readonly said: string
  readonly by: string
  readonly startedAt: WallTime
  /** The host that it is about: of maintenance, and of a host's shutdown. Absent: none. */
  readonly host?: HostId
  /** When its wish was last changed before: as `before` of a step. */
  readonly hostBefore?: WallTime
  readonly steps: readonly TaskStep[]
  readonly cancelledBy: string | null
  readonly endedAt: WallTime | null
}

export type TaskState = 'running' | StepEnd
