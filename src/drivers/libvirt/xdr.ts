import { XdrError } from './errors.ts'

/**
 * XDR (RFC 4506) codecs, the part libvirt's protocol uses. A codec carries its TypeScript type, so a table of codecs
 * is also a table of types. Invariants, cited in the tests:
 *
 * X1  Whatever the bytes, decoding returns a value or throws `XdrError`; it never reads past the frame.
 * X2  A length is checked against its bound and against the bytes left before anything is allocated for it.
 * X3  What was decoded encodes to the same bytes again.
 * X4  A message is decoded whole: bytes left over are an error, since they mean the layout was misread.
 */
export interface Codec<T> {
  encode(writer: XdrWriter, value: T): void
  decode(reader: XdrReader): T
}

/** The TypeScript type a codec reads and writes. */
export type ValueOf<C> = C extends Codec<infer T> ? T : never

/** The whole of `bytes` as one value. Throws `XdrError` when it is short, long or malformed (X1, X4). */
export function decodeXdr<T>(codec: Codec<T>, bytes: Buffer): T {
  const reader = new XdrReader(bytes)
  const value = codec.decode(reader)
  reader.end()
  return value
}

export function encodeXdr<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new XdrWriter()
  codec.encode(writer, value)
  return writer.bytes()
}

const WORD = 4

export class XdrReader {
  private readonly buffer: Buffer
  private at = 0

  constructor(buffer: Buffer) {
    this.buffer = buffer
  }

  get left(): number {
    return this.buffer.length - this.at
  }

  /** Moves past `size` bytes and tells where they began. */
  private take(size: number): number {
    if (size > this.left) throw new XdrError('truncated', `${size} more bytes`, `${this.left} bytes`, this.at)
    const start = this.at
    this.at += size
    return start
  }

  int(): number {
    return this.buffer.readInt32BE(this.take(WORD))
  }

  uint(): number {
    return this.buffer.readUInt32BE(this.take(WORD))
  }

  hyper(): bigint {
    return this.buffer.readBigInt64BE(this.take(8))
  }

  uhyper(): bigint {
    return this.buffer.readBigUInt64BE(this.take(8))
  }

  double(): number {
    return this.buffer.readDoubleBE(this.take(8))
  }

  /** `size` bytes and their padding; a view into the frame, not a copy. */
  raw(size: number): Buffer {
    const start = this.take(size)
    const padding = this.take(paddingOf(size))
    for (let i = padding; i < this.at; i++) {
      if (this.buffer[i] !== 0) throw new XdrError('invalid', 'zero padding', `byte ${this.buffer[i]}`, i)
    }
    return this.buffer.subarray(start, start + size)
  }

  /** A length word, checked (X2): at most `max`, and at least `elementSize` bytes left for each element. */
  length(max: number, elementSize: number): number {
    const at = this.at
    const length = this.uint()
    if (length > max) throw new XdrError('too-long', `at most ${max}`, `${length}`, at)
    if (length * elementSize > this.left) {
      throw new XdrError('truncated', `${length} elements`, `${this.left} bytes`, at)
    }
    return length
  }

  invalid(expected: string, got: string): never {
    throw new XdrError('invalid', expected, got, this.at)
  }

  end(): void {
    if (this.left > 0) throw new XdrError('trailing', 'the end of the message', `${this.left} more bytes`, this.at)
  }
}

export class XdrWriter {
  private buffer = Buffer.allocUnsafe(256)
  private at = 0

  bytes(): Buffer {
    return this.buffer.subarray(0, this.at)
  }

  /** Makes room for `size` bytes and tells where to write them. May replace the buffer: call it first. */
  private room(size: number): number {
    const start = this.at
    this.at += size
    if (this.at > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at))
      this.buffer.copy(larger, 0, 0, start)
      this.buffer = larger
    }
    return start
  }

  int(value: number): void {
    if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0x7fff_ffff) this.refuse('a 32-bit integer', value)
    const at = this.room(WORD)
    this.buffer.writeInt32BE(value, at)
  }

  uint(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) this.refuse('an unsigned 32-bit integer', value)
    const at = this.room(WORD)
    this.buffer.writeUInt32BE(value, at)
  }

  hyper(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) this.refuse('a 64-bit integer', value)
    const at = this.room(8)
    this.buffer.writeBigInt64BE(value, at)
  }

  uhyper(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) this.refuse('an unsigned 64-bit integer', value)
    const at = this.room(8)
    this.buffer.writeBigUInt64BE(value, at)
  }

  double(value: number): void {
    const at = this.room(8)
    this.buffer.writeDoubleBE(value, at)
  }

  raw(bytes: Uint8Array): void {
    const start = this.room(bytes.length + paddingOf(bytes.length))
    this.buffer.set(bytes, start)
    this.buffer.fill(0, start + bytes.length, this.at)
  }

  length(length: number, max: number): void {
    if (length > max) throw new XdrError('too-long', `at most ${max}`, `${length}`, this.at)
    this.uint(length)
  }

  refuse(expected: string, got: number | bigint | string): never {
    throw new XdrError('value', expected, String(got), this.at)
  }
}

/** Bytes of zero that follow `size` bytes, since everything on the wire is a multiple of four. */
function paddingOf(size: number): number {
  return (WORD - (size % WORD)) % WORD
}
