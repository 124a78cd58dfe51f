import { ConnectionError, LibvirtError } from './errors.ts'
import { MessageType, Status } from './protocol.ts'
import { errorBody } from './values.ts'
import { decodeXdr } from './xdr.ts'

/** Bytes a stream may hold for a reader that does not read: a stalled board must not fill the daemon's memory. */
export const STREAM_BUFFER_MAX_BYTES = 8 * 1024 * 1024

/** Largest piece we write at once; every libvirtd accepts a payload of this size. */
const WRITE_MAX_BYTES = 65_536

/** Sends one stream message; resolves when the kernel has it. */
export type SendStream = (status: number, payload: Uint8Array) => Promise<void>

/**
 * A libvirt stream after its call was answered: what arrives as an async iterable, `write` for what we send.
 * Leaving the loop early aborts the stream. A broken stream throws from the iterator, after what had arrived.
 */
export class LibvirtStream implements AsyncIterable<Buffer> {
  private readonly arrived: Buffer[] = []
  private readonly send: SendStream
  private readonly forget: () => void
  private heldBytes = 0
  private state: 'open' | 'finished' = 'open'
  private failure: Error | undefined
  private wake: () => void = () => {}

  /** `forget` is called once, when no more messages of this stream are awaited. */
  constructor(send: SendStream, forget: () => void) {
    this.send = send
    this.forget = forget
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    try {
      for (;;) {
        const next = this.arrived.shift()
        if (next !== undefined) {
          this.heldBytes -= next.length
          yield next
        } else if (this.failure !== undefined) throw this.failure
        else if (this.state === 'finished') return
        else await new Promise<void>((resolve) => (this.wake = resolve))
      }
    } finally {
      this.abort()
    }
  }

  /** Sends `data`; resolves when it left, or throws `ConnectionError` when the stream has ended. */
  async write(data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length; at += WRITE_MAX_BYTES) {
      if (this.state !== 'open') throw this.failure ?? new ConnectionError('closed', 'not-done', 'the stream has ended')
      await this.send(Status.continue, data.subarray(at, at + WRITE_MAX_BYTES))
    }
  }

  /** Ends the stream from our side without regard to what is still to come. Harmless if repeated. */
  abort(): void {
    this.end(Status.error)
  }

  /** A message of this stream arrived. Throws `XdrError` when it is malformed. */
  receive(type: number, status: number, payload: Buffer): void {
    if (this.state !== 'open') return
    // Holes travel only in sparse streams, which we never ask for.
    if (type === MessageType.streamHole) return
    if (status === Status.error) this.fail(new LibvirtError('stream', decodeXdr(errorBody, payload)))
    else if (status === Status.ok || payload.length === 0) this.end(status === Status.ok ? null : Status.ok)
    else this.hold(payload)
  }

  /** The stream broke: the reader gets what arrived and then this error. */
  fail(error: Error): void {
    if (this.state !== 'open') return
    this.failure = error
    this.end(null)
  }

  private hold(payload: Buffer): void {
    this.heldBytes += payload.length
    if (this.heldBytes > STREAM_BUFFER_MAX_BYTES) {
      const why = `more than ${STREAM_BUFFER_MAX_BYTES} bytes arrived unread`
      this.failure = new ConnectionError('stream-overflow', 'not-done', why)
      this.end(Status.error)
    } else {
      this.arrived.push(Buffer.from(payload))
      this.wake()
    }
  }

  /** `answer` is the status we end with; null when there is nobody left to tell. */
  private end(answer: number | null): void {
    if (this.state !== 'open') return
    this.state = 'finished'
    this.forget()
    // The connection reports its own failures; a farewell that cannot be sent changes nothing.
    if (answer !== null) this.send(answer, new Uint8Array()).catch(() => {})
    this.wake()
  }
}

/** All of a stream as one buffer, at most `maxBytes`, within `timeoutMs`. */
export async function readAll(stream: LibvirtStream, maxBytes: number, timeoutMs: number): Promise<Buffer> {
  const timer = setTimeout(() => {
    stream.fail(new ConnectionError('timeout', 'not-done', `the stream did not end within ${timeoutMs} ms`))
  }, timeoutMs)
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of stream) {
      size += part.length
      if (size > maxBytes) throw new ConnectionError('stream-overflow', 'not-done', `more than ${maxBytes} bytes`)
      parts.push(part)
    }
    return Buffer.concat(parts, size)
  } finally {
    clearTimeout(timer)
  }
}
