import type { RunningDrill } from '../model/drill.ts'
import { type DrillProgress, drillProgress } from '../model/drills/progress.ts'
import { type Change, storeKeys } from '../ports/store.ts'
import { type EventSink, messageBytes } from './event-sink.ts'
import type { ApiPowers } from './powers.ts'

/** After a fault of the store. */
const againMs = 5_000

/**
 * The drill under way as live streams have it: told when a stream begins, and whenever it changed, on every host, since it lies in the store. While
 * nobody listens nothing is watched. A client that reads slowly gets the newest when it has room.
 */
export interface DrillFeed {
  /** Sends how it stands (at once, or as soon as the store told), then each change, until the sink closes. */
  join(sink: EventSink): void
}

export function createDrillFeed({ store, clock }: Pick<ApiPowers, 'store' | 'clock'>): DrillFeed {
  /** Those that missed something. */
  const sinks = new Map<EventSink, boolean>()
  /** Undefined: not known yet. */
  let now: Buffer | undefined
  let unwatch: (() => void) | null = null
  let cancelLoad: (() => void) | null = null
  /** Of the reading whose answer counts. */
  let reading = 0

  const tell = (running: DrillProgress | null): void => {
    now = messageBytes({ event: 'drill', id: null, data: JSON.stringify({ running }) })
    for (const sink of sinks.keys()) send(sink)
  }
  const send = (sink: EventSink): void => {
    sinks.set(sink, sink.isFull())
    if (now !== undefined && !sink.isFull()) sink.write(now)
  }
  const changed = (changes: readonly Change[]): void => {
    const last = changes.findLast(({ key }) => key === storeKeys.drillRunning)
    if (last !== undefined) tell(progressIn(last.value))
  }
  const load = async (): Promise<void> => {
    const mine = ++reading
    cancelLoad = null
    try {
      const { revision, entries } = await store.read(storeKeys.drillRunning)
      if (mine !== reading) return
      unwatch?.()
      unwatch = store.watch(storeKeys.drillRunning, revision, { changes: changed, gap: () => void load() })
      tell(progressIn(entries.find(({ key }) => key === storeKeys.drillRunning)?.value ?? null))
    } catch {
      // Whoever cannot do without the store says so; this one asks again.
      if (mine !== reading) return
      cancelLoad = clock.after(againMs, () => void load())
    }
  }
  const leave = (sink: EventSink): void => {
    sinks.delete(sink)
    if (sinks.size > 0) return
    reading++
    unwatch?.()
    cancelLoad?.()
    unwatch = null
    cancelLoad = null
    now = undefined
  }

  return {
    join(sink) {
      const isFirst = sinks.size === 0
      sinks.set(sink, false)
      sink.onClose(() => leave(sink))
      sink.onDrain(() => {
        if (sinks.get(sink) === true) send(sink)
      })
      if (isFirst) void load()
      else send(sink)
    },
  }
}

function progressIn(value: string | null): DrillProgress | null {
  return value === null ? null : drillProgress(JSON.parse(value) as RunningDrill)
}
