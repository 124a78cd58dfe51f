import { type StreamMessage, streamMessages } from '../../client/event-stream.ts'
import { apiPrefix, paths } from '../../contract/protocol.ts'
import { session } from '../api/ask.ts'
import { afterMessages, type LiveState, nothingYet } from './live-state.ts'
import { createStore } from './store.ts'

export const live = createStore<LiveState>(nothingYet)

const livePath = `${apiPrefix}/live`

/** Between two tries to connect again: the first soon, a daemon that restarts takes a second. */
const againMs = [300, 700, 1_000, 2_000, 3_000]

/** After so long without a word the daemon is asked whether it is there: a host whose power was cut closes no connection. */
const quietMs = 4_000
const probeMs = 3_000

/** Follows the daemon whenever somebody is in. Begun before the page is drawn: what it shows is on its way meanwhile. */
export function followWhileIn(): void {
  let ending: AbortController | null = null
  const look = (): void => {
    const isIn = session.get() != null
    if (isIn === (ending !== null)) return
    ending?.abort()
    ending = isIn ? new AbortController() : null
    if (ending !== null) void followLive(ending.signal)
  }
  session.subscribe(look)
  look()
}

/** Until `signal`: through the daemon's restarts, and to whichever host answers next. */
async function followLive(signal: AbortSignal): Promise<void> {
  for (let tries = 0; !signal.aborted; tries++) {
    const before = live.get().heardAt
    await readStream(signal)
    if (signal.aborted) return
    if (session.get() === null) return
    if (live.get().heardAt !== before) tries = 0
    if (live.get().link === 'live') live.set({ ...live.get(), link: 'lost' })
    await pause(againMs[Math.min(tries, againMs.length - 1)]!, signal)
  }
}

/** Until the stream ends, for whatever reason. */
async function readStream(signal: AbortSignal): Promise<void> {
  const ending = new AbortController()
  const end = (): void => ending.abort()
  signal.addEventListener('abort', end)
  const watch = watchSilence(end)
  try {
    const { lastEventId } = live.get()
    const headers: Record<string, string> = { accept: 'text/event-stream' }
    if (lastEventId !== null) headers['last-event-id'] = String(lastEventId)
    const response = await fetch(livePath, { headers, signal: ending.signal, cache: 'no-store' })
    if (response.status === 401) session.set(null)
    if (response.status !== 200 || response.body === null) return
    for await (const message of streamMessages(heard(response.body, watch.heard))) gather(message)
  } catch {
    // However it ended, it is tried again; the page says that what it shows is old.
  } finally {
    watch.stop()
    signal.removeEventListener('abort', end)
  }
}

async function* heard(body: ReadableStream<Uint8Array>, said: () => void): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>).getReader()
  try {
    while (true) {
      const { done, value } = await reader.read()
      if (done) return
      said()
      yield value
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

let gathered: StreamMessage[] = []

/** What comes in one piece is shown at once. */
function gather(message: StreamMessage): void {
  if (gathered.length === 0) queueMicrotask(show)
  gathered.push(message)
}

function show(): void {
  const messages = gathered
  gathered = []
  live.set(afterMessages(live.get(), messages, Date.now()))
}

function watchSilence(dead: () => void): { heard: () => void; stop: () => void } {
  let lastAt = Date.now()
  let asking = false
  const timer = setInterval(async () => {
    if (asking || Date.now() - lastAt < quietMs) return
    asking = true
    try {
      await fetch(paths.alive, { signal: AbortSignal.timeout(probeMs), cache: 'no-store' })
      lastAt = Date.now()
      if (live.get().link === 'live') live.set({ ...live.get(), heardAt: lastAt })
    } catch {
      dead()
    }
    asking = false
  }, 1_000)
  return {
    heard: () => {
      lastAt = Date.now()
    },
    stop: () => clearInterval(timer),
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
