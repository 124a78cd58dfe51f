import { merged } from '../../client/live.ts'
import type { DrillProgress } from '../../contract/drills.ts'
import type { DrillChange } from '../../contract/live.ts'
import type { StatusChange, StatusView } from '../../contract/status.ts'
import type { TaskView } from '../../contract/tasks.ts'
import type { StoredEvent } from '../../model/event.ts'

/** All that the live stream brought. */
export interface LiveState {
  /** `lost`: what is shown is as old as `heardAt`. */
  readonly link: 'connecting' | 'live' | 'lost'
  /** When the stream last said anything, ms since 1970 by this browser's clock. */
  readonly heardAt: number | null
  readonly status: StatusView | null
  /** Newest first. */
  readonly events: readonly StoredEvent[]
  readonly lastEventId: number | null
  /** Newest first. */
  readonly tasks: readonly TaskView[]
  /** The drill under way. Null: none is. Undefined: nobody told yet. */
  readonly drill: DrillProgress | null | undefined
  /** The first version seen: a daemon of another one brings another console. */
  readonly version: string | null
}

/** What is kept for pages that show the newest; older events are asked for. */
export const eventsKept = 500
const tasksKept = 200

export const nothingYet: LiveState = {
  link: 'connecting',
  heardAt: null,
  status: null,
  events: [],
  lastEventId: null,
  tasks: [],
  drill: undefined,
  version: null,
}

export interface LiveMessage {
  readonly event: string
  readonly data: string
}

/** The state after a piece of the stream. Guests that a change does not name stay the same objects: what shows them is not drawn again. */
export function afterMessages(state: LiveState, messages: readonly LiveMessage[], now: number): LiveState {
  let next: LiveState = { ...state, link: 'live', heardAt: now }
  for (const message of messages) next = afterMessage(next, message)
  return next
}

function afterMessage(state: LiveState, { event, data }: LiveMessage): LiveState {
  switch (event) {
    case 'status': {
      const status = sameWhereEqual(state.status, JSON.parse(data) as StatusView)
      return { ...state, status, version: state.version ?? status.version }
    }
    case 'change':
      return state.status === null
        ? state
        : { ...state, status: merged(state.status, JSON.parse(data) as StatusChange) }
    case 'event': {
      const event = JSON.parse(data) as StoredEvent
      // The same once more after a connection that broke in the middle.
      if (state.events.some(({ id, host }) => id === event.id && host === event.host)) return state
      return { ...state, events: [event, ...state.events].slice(0, eventsKept), lastEventId: event.id }
    }
    case 'task':
      return { ...state, tasks: withTask(state.tasks, JSON.parse(data) as TaskView) }
    case 'drill':
      return { ...state, drill: (JSON.parse(data) as DrillChange).running }
    default:
      return state
  }
}

/** After a reconnection a whole status comes: guests that are as they were stay the same objects. */
function sameWhereEqual(before: StatusView | null, next: StatusView): StatusView {
  if (before === null) return next
  const known = new Map(before.guests.map((guest) => [guest.id, guest]))
  const guests = next.guests.map((guest) => {
    const old = known.get(guest.id)
    return old !== undefined && JSON.stringify(old) === JSON.stringify(guest) ? old : guest
  })
  return { ...next, guests }
}

export function withTask(tasks: readonly TaskView[], task: TaskView): readonly TaskView[] {
  const others = tasks.filter(({ id }) => id !== task.id)
  return [task, ...others].sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)).slice(0, tasksKept)
}
