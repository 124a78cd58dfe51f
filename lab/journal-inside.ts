/**
 * Runs inside a namespace of the lab and writes to the journals of guests (see `Journals`), each over a connection that is kept: one number
 * after the other, the next when the one before is acknowledged. Arguments: NAME=ADDRESS:PORT. One JSON object a line on standard output; ends
 * with its input.
 */
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** What the guest acknowledged, and over which connection. Times by CLOCK_MONOTONIC, milliseconds. */
export interface Acknowledged {
  readonly guest: string
  readonly number: number
  readonly openedMs: number
  readonly sentMs: number
  readonly atMs: number
}

/** Anything else that a guest said. */
export interface Refused {
  readonly guest: string
  readonly refused: string
}

const PAUSE_MS = 30
const AGAIN_MS = 50
const CONNECT_LIMIT_MS = 500

/** After that another connection is opened; the old one stays, and what it still acknowledges counts. */
const ANSWER_LIMIT_MS = 1_500

interface Place {
  readonly guest: string
  readonly address: string
  readonly port: number
}

class Link {
  readonly #guest: string
  readonly #socket: Socket
  readonly #openedMs = nowMs()
  readonly #waiting = new Map<number, { sentMs: number; settle: (acknowledged: boolean) => void }>()
  #text = ''
  #ended = false
  #left = false

  constructor(guest: string, socket: Socket) {
    this.#guest = guest
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#read(chunk.toString('latin1')))
    socket.on('error', () => this.#end())
    socket.on('close', () => this.#end())
  }

  /** False: not within the time, or the connection is gone. */
  put(number: number): Promise<boolean> {
    if (this.#ended) return Promise.resolve(false)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ANSWER_LIMIT_MS)
      const settle = (acknowledged: boolean): void => {
        clearTimeout(timer)
        resolve(acknowledged)
      }
      this.#waiting.set(number, { sentMs: nowMs(), settle })
      this.#socket.write(`put ${number}\n`)
    })
  }

  /** Nothing more is sent; closed once all is answered. */
  leave(): void {
    this.#left = true
    if (this.#waiting.size === 0) this.#socket.end()
  }

  #read(text: string): void {
    const lines = (this.#text + text).split('\n')
    this.#text = lines.pop() ?? ''
    for (const line of lines) {
      const number = Number(/^ok (\d+)$/.exec(line)?.[1])
      const waiting = this.#waiting.get(number)
      if (waiting === undefined) tell({ guest: this.#guest, refused: line })
      else {
        this.#waiting.delete(number)
        tell({ guest: this.#guest, number, openedMs: this.#openedMs, sentMs: waiting.sentMs, atMs: nowMs() })
        waiting.settle(true)
        if (this.#left) this.leave()
      }
    }
  }

  #end(): void {
    this.#ended = true
    for (const { settle } of this.#waiting.values()) settle(false)
    this.#waiting.clear()
    this.#socket.destroy()
  }
}

async function write(place: Place): Promise<never> {
  let next = 1
  for (;;) {
    const link = await opened(place)
    if (link === null) {
      await delay(AGAIN_MS)
      continue
    }
    while (await link.put(next++)) await delay(PAUSE_MS)
    link.leave()
  }
}

function opened({ guest, address, port }: Place): Promise<Link | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port })
    const none = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(null)
    }
    const timer = setTimeout(none, CONNECT_LIMIT_MS)
    socket.on('error', none)
    socket.on('connect', () => {
      clearTimeout(timer)
      socket.off('error', none)
      resolve(new Link(guest, socket))
    })
  })
}

function tell(line: Acknowledged | Refused): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

function placeOf(word: string): Place {
  const [, guest = '', address = '', port = ''] = /^(.+)=(.+):(\d+)$/.exec(word) ?? []
  return { guest, address, port: Number(port) }
}

if (import.meta.main) {
  process.stdin.resume()
  process.stdin.on('end', () => process.exit(0))
  for (const word of process.argv.slice(2)) void write(placeOf(word))
}
