/**
 * DNS messages (RFC 1035, section 4) as far as a probe needs them: one question out, any reply in.
 * Pure. Decoding takes any bytes: it returns a message or throws `DnsFormatError`, in time linear in the input.
 */

export type RecordType = 'A' | 'NS' | 'SOA' | 'AAAA'

export const recordTypes: Readonly<Record<RecordType, number>> = { A: 1, NS: 2, SOA: 6, AAAA: 28 }

export const responseCodes = { noError: 0, serverFailure: 2, nameError: 3, refused: 5 } as const

export interface DnsQuestion {
  /** Without the final dot; the root is ''. Bytes outside printable ASCII as `\ddd`. */
  readonly name: string
  readonly type: number
  readonly class: number
}

export interface DnsRecord extends DnsQuestion {
  readonly ttlSeconds: number
  readonly data: Uint8Array
}

export interface DnsMessage {
  readonly id: number
  readonly isReply: boolean
  readonly truncated: boolean
  readonly responseCode: number
  readonly questions: readonly DnsQuestion[]
  /** Of a truncated message, those that are whole. */
  readonly answers: readonly DnsRecord[]
}

export class DnsFormatError extends Error {
  override readonly name = 'DnsFormatError'
}

const headerBytes = 12
const classInternet = 1
const labelMaxBytes = 63
const nameMaxBytes = 255

/** Pointers followed in one name at most: more is a loop or an attack. */
const pointersMax = 64

/** Records of one message at most; 65 535 would be 64 KiB of pointers to the same name. */
const recordsMax = 4_096

const flags = { reply: 0x8000, truncated: 0x0200, recursionDesired: 0x0100, code: 0x000f } as const

/** Null: the name cannot be written as a question (empty or too long labels). */
export function encodeQuestion(id: number, name: string, type: RecordType): Uint8Array | null {
  const labels = encodeName(name)
  if (labels === null) return null
  const message = new Uint8Array(headerBytes + labels.length + 4)
  const view = new DataView(message.buffer)
  view.setUint16(0, id)
  view.setUint16(2, flags.recursionDesired)
  view.setUint16(4, 1)
  message.set(labels, headerBytes)
  view.setUint16(headerBytes + labels.length, recordTypes[type])
  view.setUint16(headerBytes + labels.length + 2, classInternet)
  return message
}

export function decodeMessage(bytes: Uint8Array): DnsMessage {
  const reader = new Reader(bytes)
  const id = reader.u16()
  const bits = reader.u16()
  const counts = { questions: reader.u16(), answers: reader.u16() }
  reader.skip(4)
  if (counts.questions > recordsMax || counts.answers > recordsMax) throw new DnsFormatError('too many records')
  const truncated = (bits & flags.truncated) !== 0
  const questions = Array.from({ length: counts.questions }, () => readQuestion(reader))
  const answers = readAnswers(reader, counts.answers, truncated)
  return {
    id,
    isReply: (bits & flags.reply) !== 0,
    truncated,
    responseCode: bits & flags.code,
    questions,
    answers,
  }
}

/** True when `reply` answers the question sent: same id, same question (a server may leave it out of an error). Names compare without case. */
export function repliesTo(reply: DnsMessage, id: number, name: string, type: RecordType): boolean {
  if (!reply.isReply || reply.id !== id) return false
  const [question] = reply.questions
  if (!question) return reply.responseCode !== responseCodes.noError
  return question.type === recordTypes[type] && question.name.toLowerCase() === name.replace(/\.$/, '').toLowerCase()
}

function encodeName(name: string): Uint8Array | null {
  const bare = name.replace(/\.$/, '')
  const labels = bare === '' ? [] : bare.split('.').map((label) => new TextEncoder().encode(label))
  if (labels.some((label) => label.length === 0 || label.length > labelMaxBytes)) return null
  const encoded = [...labels.flatMap((label) => [label.length, ...label]), 0]
  return encoded.length > nameMaxBytes ? null : Uint8Array.from(encoded)
}

function readQuestion(reader: Reader): DnsQuestion {
  return { name: reader.domainName(), type: reader.u16(), class: reader.u16() }
}

function readAnswers(reader: Reader, count: number, truncated: boolean): readonly DnsRecord[] {
  const answers: DnsRecord[] = []
  try {
    for (let n = 0; n < count; n += 1) {
      answers.push({ ...readQuestion(reader), ttlSeconds: reader.u32(), data: reader.bytes(reader.u16()) })
    }
  } catch (error) {
    // A server that says it cut the message may cut it anywhere.
    if (!(truncated && error instanceof DnsFormatError)) throw error
  }
  return answers
}

class Reader {
  private readonly view: DataView
  private readonly input: Uint8Array
  private at = 0

  constructor(input: Uint8Array) {
    this.input = input
    this.view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  }

  u16(): number {
    return this.view.getUint16(this.advance(2))
  }

  u32(): number {
    return this.view.getUint32(this.advance(4))
  }

  bytes(length: number): Uint8Array {
    const from = this.advance(length)
    return this.input.subarray(from, from + length)
  }

  skip(length: number): void {
    this.advance(length)
  }

  /** A name, following compression pointers; each must point before where it stands, so the walk ends. */
  domainName(): string {
    const labels: string[] = []
    let total = 0
    let resumeAt: number | null = null
    for (let pointers = 0; pointers <= pointersMax; ) {
      const start = this.at
      const length = this.u8()
      if (length === 0) {
        if (resumeAt !== null) this.at = resumeAt
        return labels.join('.')
      }
      if (length >= 0xc0) {
        const target = ((length & 0x3f) << 8) | this.u8()
        resumeAt ??= this.at
        if (target >= start) throw new DnsFormatError('a pointer that does not point back')
        this.at = target
        pointers += 1
        continue
      }
      if (length > labelMaxBytes) throw new DnsFormatError('unknown label type')
      total += length + 1
      if (total > nameMaxBytes) throw new DnsFormatError('name too long')
      labels.push(labelText(this.bytes(length)))
    }
    throw new DnsFormatError('too many pointers')
  }

  private u8(): number {
    return this.view.getUint8(this.advance(1))
  }

  private advance(length: number): number {
    const from = this.at
    if (from + length > this.input.length) throw new DnsFormatError('cut short')
    this.at = from + length
    return from
  }
}

/** Dots, backslashes and what is not printable ASCII are escaped, so that different names have different texts. */
function labelText(label: Uint8Array): string {
  return Array.from(label, (byte) => {
    if (byte === 0x2e || byte === 0x5c) return `\\${String.fromCharCode(byte)}`
    return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`
  }).join('')
}
