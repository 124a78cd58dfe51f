import type { RawData, WebSocket } from 'ws'
import type { ConsoleLine } from '../ports/hypervisor.ts'

/** What a browser may send at once: a paste, at most. */
export const maxMessageBytes = 1024 * 1024

/** What may wait for a browser that does not read; then the guest's line is not read either. */
const maxUnsentBytes = 512 * 1024

/** Messages that may wait for a guest that does not read; then the browser's are not read either. */
const maxUnread = 16

/** A WebSocket as a line: the bytes of its messages one after the other, however they were cut. */
export function webSocketLine(webSocket: WebSocket): ConsoleLine {
  const unread: Buffer[] = []
  let over = false
  let wake = (): void => {}
  webSocket.on('message', (data) => {
    unread.push(bytesOf(data))
    if (unread.length >= maxUnread) webSocket.pause()
    wake()
  })
  webSocket.on('error', () => {
    // `close` follows.
  })
  webSocket.on('close', () => {
    over = true
    wake()
  })
  async function* output(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = unread.shift()
      if (next !== undefined) {
        if (unread.length < maxUnread / 2 && webSocket.isPaused) webSocket.resume()
        yield next
      } else if (over) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return {
    output: output(),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (webSocket.readyState !== webSocket.OPEN) return reject(new Error('the WebSocket is closed'))
        const waits = webSocket.bufferedAmount > maxUnsentBytes
        webSocket.send(bytes, { binary: true }, (error) => {
          if (!waits) return
          if (error) reject(error)
          else resolve()
        })
        if (!waits) resolve()
      }),
    close: () => {
      // What a paused one has not read is for nobody now, and would keep its farewell from being heard.
      if (webSocket.isPaused) webSocket.resume()
      webSocket.close(1_000)
    },
  }
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
