import type { ServerResponse } from 'node:http'
import { streamHeartbeatMs } from '../contract/protocol.ts'
import type { Clock } from '../ports/clock.ts'

/** A client that takes nothing for so long is let go: what waits for it is held in our memory. */
export const slowClientMs = 30_000

export interface StreamMessage {
  readonly event: string
  /** Sent back as `Last-Event-ID` when the client connects again. */
  readonly id: number | null
  /** JSON on one line. */
  readonly data: string
}

/** One client of a live stream (Server-Sent Events). */
export interface EventSink {
  send(message: StreamMessage): void
  /** The same, made by `messageBytes`: what many clients are told lies in memory once. */
  write(bytes: Buffer): void
  /** True while what was sent is not taken yet: send no more before `onDrain`. */
  isFull(): boolean
  onDrain(listener: () => void): void
  onClose(listener: () => void): void
  close(): void
}

export function messageBytes(message: StreamMessage): Buffer {
  return Buffer.from(messageText(message))
}

function messageText({ event, id, data }: StreamMessage): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`
}

export function createEventSink(response: ServerResponse, clock: Clock): EventSink {
  let full = false
  let closed = false
  let cancelSlow: (() => void) | null = null
  let cancelBeat: (() => void) | null = null
  const closers: (() => void)[] = []

  const write = (text: string | Buffer): void => {
    if (closed || response.write(text)) return
    full = true
    cancelSlow ??= clock.after(slowClientMs, () => response.destroy())
  }
  const beat = (): void => {
    cancelBeat = clock.after(streamHeartbeatMs, () => {
      if (!full) write(': still here\n\n')
      beat()
    })
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  write('retry: 1000\n\n')
  beat()
  response.on('drain', () => {
    full = false
    cancelSlow?.()
    cancelSlow = null
  })
  response.on('error', () => {
    // The client went away while it was written to; `close` follows and tidies up.
  })
  response.on('close', () => {
    closed = true
    cancelSlow?.()
    cancelBeat?.()
    for (const closer of closers) closer()
  })
  return {
    send: (message) => write(messageText(message)),
    write,
    isFull: () => full,
    onDrain: (listener) => response.on('drain', listener),
    onClose: (listener) => closers.push(listener),
    close: () => response.end(),
  }
}
