import { connect, type Socket } from 'node:net'
import { Fault } from '../../model/fault.ts'

/** What the feeder answered. */
export type FeederAnswer =
  | {
      readonly kind: 'armed'
      readonly timeoutMs: number
      readonly type: 'device' | 'stand-in'
      readonly identity: string
    }
  | { readonly kind: 'unarmed' }
  | { readonly kind: 'absent'; readonly reason: string }
  /** Null: nothing could be read back. */
  | { readonly kind: 'refused'; readonly gotMs: number | null }

export interface FeederListener {
  /** Something its operator should know. */
  notice(text: string): void
  /** Nobody is there any more; `superseded`: another daemon of this host speaks to it now. */
  ended(superseded: boolean): void
}

/** The feeder answers at once; one that does not is stopped or starved. */
export const answerLimitMs = 5_000

/** Lines waiting for a feeder that does not read. Beyond it nothing more is allowed: it could not be heard anyway. */
const waitingBytesMax = 8 * 1024

/** Longest sensible line from the feeder. */
const lineMaxChars = 512

/** One connection to the feeding process. */
export class FeederConnection {
  readonly #socket: Socket
  readonly #listener: FeederListener
  readonly #asked = new Map<string, (answer: FeederAnswer | null) => void>()
  #buffer = ''
  #nextId = 1
  #superseded = false

  /** Resolves when somebody listens there; rejects with the system's error. */
  static open(path: string, listener: FeederListener): Promise<FeederConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(path)
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new FeederConnection(socket, listener))
      })
    })
  }

  private constructor(socket: Socket, listener: FeederListener) {
    this.#socket = socket
    this.#listener = listener
    socket.setEncoding('utf8')
    // The daemon may end while this is open: the feeder goes on by itself.
    socket.unref()
    socket.on('error', () => socket.destroy())
    socket.on('data', (text: string) => this.#hear(text))
    socket.on('close', () => this.#closed())
  }

  /** Faults: `timeout` when no answer came, which leaves open whether it was done. */
  ask(command: string): Promise<FeederAnswer> {
    const id = String(this.#nextId++)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => answered(null), answerLimitMs)
      const answered = (answer: FeederAnswer | null): void => {
        clearTimeout(timer)
        this.#asked.delete(id)
        if (answer !== null) resolve(answer)
        else reject(new Fault('timeout', 'unknown', { what: 'the feeder of the watchdog', limitMs: answerLimitMs }))
      }
      this.#asked.set(id, answered)
      if (this.#socket.destroyed) answered(null)
      else this.#socket.write(`${id} ${command}\n`)
    })
  }

  /** `untilMs` by CLOCK_MONOTONIC. */
  allow(untilMs: number): void {
    if (this.#socket.destroyed || this.#socket.writableLength > waitingBytesMax) return
    this.#socket.write(`allow ${Math.max(0, untilMs).toFixed(3)}\n`)
  }

  /** Lets go of it; `ended` is not called. What was said before still arrives. */
  close(): Promise<void> {
    this.#socket.removeAllListeners('close')
    this.#closeAsked()
    if (this.#socket.destroyed) return Promise.resolve()
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve())
      this.#socket.end(() => this.#socket.destroy())
    })
  }

  #hear(text: string): void {
    this.#buffer += text
    const lines = this.#buffer.split('\n')
    this.#buffer = lines.pop() ?? ''
    for (const line of lines) this.#obey(line)
    if (this.#buffer.length > lineMaxChars) this.#socket.destroy()
  }

  #obey(line: string): void {
    if (line === 'superseded') {
      this.#superseded = true
      this.#socket.destroy()
    } else if (line.startsWith('notice ')) this.#listener.notice(line.slice('notice '.length))
    else {
      const [id = ''] = line.split(' ', 1)
      const answer = parseAnswer(line.slice(id.length + 1))
      if (answer !== null) this.#asked.get(id)?.(answer)
    }
  }

  #closed(): void {
    this.#closeAsked()
    this.#listener.ended(this.#superseded)
  }

  #closeAsked(): void {
    for (const answered of [...this.#asked.values()]) answered(null)
  }
}

/** Null: nothing that a feeder says. */
export function parseAnswer(text: string): FeederAnswer | null {
  if (text === 'unarmed') return { kind: 'unarmed' }
  const armed = /^armed (\d{1,9}) (device|stand-in) (.*)$/.exec(text)
  if (armed !== null) {
    const type = armed[2] === 'device' ? 'device' : 'stand-in'
    return { kind: 'armed', timeoutMs: Number(armed[1]), type, identity: armed[3] ?? '' }
  }
  const absent = /^absent (\w+)$/.exec(text)
  if (absent !== null) return { kind: 'absent', reason: absent[1] ?? '' }
  const refused = /^refused (\d{1,9}|-)$/.exec(text)
  if (refused !== null) return { kind: 'refused', gotMs: refused[1] === '-' ? null : Number(refused[1]) }
  return null
}
