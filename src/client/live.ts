import type { StatusChange, StatusView } from '../contract/status.ts'
import type { TaskView } from '../contract/tasks.ts'
import type { StoredEvent } from '../model/event.ts'
import { Fault } from '../model/fault.ts'
import { type StreamMessage, streamMessages } from './event-stream.ts'
import type { TransportStream } from './transport.ts'

/** What a live stream brings: a value, or that the connection is gone and tried again. */
export type Live<T> = { readonly kind: 'value'; readonly value: T } | { readonly kind: 'lost'; readonly fault: Fault }

/** One piece of the stream that has everything: the status, whole, after each change of it; one event; one task, whole, after each change of it. */
export type LivePiece =
  | { readonly kind: 'status'; readonly status: StatusView }
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'task'; readonly task: TaskView }

/** Between two tries to connect again. */
const againMs = 1_000

type Open = (lastId: string | null) => Promise<TransportStream>

/** The status, whole, each time something changed. The first connection's fault is thrown; later ones are told and tried again until `signal`. */
export async function* liveStatus(open: Open, signal: AbortSignal): AsyncGenerator<Live<StatusView>> {
  for await (const live of liveAll(open, signal)) {
    if (live.kind === 'lost') yield live
    else if (live.value.kind === 'status') yield { kind: 'value', value: live.value.status }
  }
}

/** Everything in one connection. Events come once each, in order, over any number of connections. */
export async function* liveAll(open: Open, signal: AbortSignal): AsyncGenerator<Live<LivePiece>> {
  let view: StatusView | null = null
  for await (const live of messages(open, signal)) {
    if (live.kind === 'lost') {
      yield live
      continue
    }
    const { event, data } = live.value
    if (event === 'status') view = JSON.parse(data) as StatusView
    else if (event === 'change' && view !== null) view = merged(view, JSON.parse(data) as StatusChange)
    else {
      if (event === 'task') yield { kind: 'value', value: { kind: 'task', task: JSON.parse(data) as TaskView } }
      if (event === 'event') yield { kind: 'value', value: { kind: 'event', event: JSON.parse(data) as StoredEvent } }
      continue
    }
    yield { kind: 'value', value: { kind: 'status', status: view } }
  }
}

export async function* liveEvents(open: Open, signal: AbortSignal): AsyncGenerator<Live<StoredEvent>> {
  for await (const live of liveAll(open, signal)) {
    if (live.kind === 'lost') yield live
    else if (live.value.kind === 'event') yield { kind: 'value', value: live.value.event }
  }
}

export function merged(view: StatusView, change: StatusChange): StatusView {
  const changed = new Map(change.guests.map((guest) => [guest.id, guest]))
  const guests = view.guests.map((guest) => changed.get(guest.id) ?? guest)
  const members = change.members === undefined ? {} : { members: change.members }
  return { ...view, at: change.at, hosts: change.hosts, ...members, guests }
}

/** Connects again, from the last id on, for as long as wanted. */
async function* messages(open: Open, signal: AbortSignal): AsyncGenerator<Live<StreamMessage>> {
  let lastId: string | null = null
  let connected = false
  while (!signal.aborted) {
    try {
      const { pieces } = await open(lastId)
      connected = true
      for await (const message of streamMessages(pieces)) {
        lastId = message.id ?? lastId
        yield { kind: 'value', value: message }
      }
      if (!signal.aborted) yield { kind: 'lost', fault: new Fault('daemon-absent', 'not-done') }
    } catch (error) {
      if (signal.aborted) return
      const fault = error instanceof Fault ? error : new Fault('daemon-absent', 'unknown', { text: String(error) })
      if (!connected) throw fault
      yield { kind: 'lost', fault }
    }
    await pause(againMs, signal)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
