import { XdrError } from './errors.ts'

/**
 * The frame around every message: a length word that counts itself, six header words, the payload.
 * All words are big-endian.
 */

export const HEADER_BYTES = 28
/** libvirt's own bound on a message (32 MiB of message and the length word). A longer one is no libvirt. */
export const FRAME_MAX_BYTES = 33_554_432 + 4

export const Program = { remote: 0x2000_8086, qemu: 0x2000_8087, keepalive: 0x6b65_6570 } as const
export type ProgramName = keyof typeof Program
export const PROTOCOL_VERSION = 1

export const MessageType = {
  call: 0,
  reply: 1,
  message: 2,
  stream: 3,
  callWithDescriptors: 4,
  replyWithDescriptors: 5,
  streamHole: 6,
} as const

export const Status = { ok: 0, error: 1, continue: 2 } as const

export const Keepalive = { ping: 1, pong: 2 } as const

export interface Header {
  readonly program: number
  readonly version: number
  readonly procedure: number
  readonly type: number
  readonly serial: number
  readonly status: number
}

export function encodeFrame(header: Header, payload: Uint8Array): Buffer {
  const length = HEADER_BYTES + payload.length
  if (length > FRAME_MAX_BYTES) {
    throw new XdrError('too-long', `a message of at most ${FRAME_MAX_BYTES} bytes`, `${length} bytes`, 0)
  }
  const frame = Buffer.allocUnsafe(length)
  frame.writeUInt32BE(length, 0)
  frame.writeUInt32BE(header.program, 4)
  frame.writeUInt32BE(header.version, 8)
  frame.writeInt32BE(header.procedure, 12)
  frame.writeUInt32BE(header.type, 16)
  frame.writeUInt32BE(header.serial, 20)
  frame.writeUInt32BE(header.status, 24)
  frame.set(payload, HEADER_BYTES)
  return frame
}

/** The header of a whole frame. Type and status are checked here, so that the rest may switch on them. */
export function decodeHeader(frame: Buffer): Header {
  const header = {
    program: frame.readUInt32BE(4),
    version: frame.readUInt32BE(8),
    procedure: frame.readInt32BE(12),
    type: frame.readUInt32BE(16),
    serial: frame.readUInt32BE(20),
    status: frame.readUInt32BE(24),
  }
  if (header.type > MessageType.streamHole) throw new XdrError('invalid', 'a message type 0 to 6', `${header.type}`, 16)
  if (header.status > Status.continue) throw new XdrError('invalid', 'a status 0 to 2', `${header.status}`, 24)
  return header
}

/** The payload of a whole frame: a view, not a copy. */
export function payloadOf(frame: Buffer): Buffer {
  return frame.subarray(HEADER_BYTES)
}

/**
 * Cuts a byte stream into frames. Holds only bytes that arrived: a length word that promises megabytes allocates
 * nothing. Throws `XdrError` on a length no frame may have; the stream is then of no further use.
 */
export class FrameSplitter {
  private chunks: Buffer[] = []
  private held = 0
  private wanted = 0

  push(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk)
    this.held += chunk.length
    const frames: Buffer[] = []
    while (this.held >= 4) {
      if (this.wanted === 0) this.wanted = this.readLength()
      if (this.held < this.wanted) break
      frames.push(this.cut(this.wanted))
      this.wanted = 0
    }
    return frames
  }

  /** True when the bytes end within a frame. */
  get midFrame(): boolean {
    return this.held > 0
  }

  private readLength(): number {
    const first = this.joined(4)
    const length = first.readUInt32BE(0)
    if (length < HEADER_BYTES || length > FRAME_MAX_BYTES) {
      throw new XdrError('invalid', `a frame of ${HEADER_BYTES} to ${FRAME_MAX_BYTES} bytes`, `${length}`, 0)
    }
    return length
  }

  /** The first chunk, made to hold at least `size` bytes. Joins at most once a frame, so that cost stays linear. */
  private joined(size: number): Buffer {
    const first = this.chunks[0]
    if (first !== undefined && first.length >= size) return first
    const whole = Buffer.concat(this.chunks, this.held)
    this.chunks = [whole]
    return whole
  }

  private cut(size: number): Buffer {
    const whole = this.joined(size)
    this.held -= size
    if (whole.length === size) this.chunks.shift()
    else this.chunks[0] = whole.subarray(size)
    return whole.subarray(0, size)
  }
}
