/**
 * Runs inside a namespace of the lab (usually the client's) and asks guests what they answer, as anyone outside would.
 * One request a line on standard input, one reply a line on standard output; ends with its input.
 * It shares no code with the product's probes, so that the two can be held against each other.
 */
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

export interface Ask {
  readonly kind: 'tcp' | 'talk' | 'udp' | 'wait'
  readonly address: string
  readonly port: number
  /** Sent first; base64. */
  readonly payload?: string
  /** talk: the first whole line is all that is wanted. */
  readonly oneLine?: boolean
  readonly timeoutMs: number
}

/**
 * `answered`: tcp and wait: connected; talk: something came back; udp: a datagram came back.
 * `refused`: RST, or port unreachable. `silent`: nothing at all within the time.
 * `mute`: talk only: connected, but not a byte came.
 */
export interface Answer {
  readonly verdict: 'answered' | 'refused' | 'silent' | 'mute'
  readonly elapsedMs: number
  /** CLOCK_MONOTONIC of the moment of the verdict, comparable between processes of one machine. */
  readonly atMs: number
  /** What came back; base64, the first MiB. */
  readonly data: string
  /** All that came back, counted. */
  readonly bytes: number
}

const KEPT_MAX = 1 << 20

/** While waiting for a port: overlapping short connects, because one long one loses up to a second to SYN and ARP retries. */
const WAIT_TRY_MS = 25

type Verdict = Answer['verdict']

export async function ask(request: Ask): Promise<Answer> {
  const start = performance.now()
  const collected = new Collected()
  const verdict = await ASKERS[request.kind](request, collected)
  return {
    verdict,
    elapsedMs: performance.now() - start,
    atMs: Number(process.hrtime.bigint()) / 1e6,
    data: collected.data,
    bytes: collected.bytes,
  }
}

class Collected {
  bytes = 0
  #kept: Buffer[] = []

  add(chunk: Buffer): void {
    if (this.bytes < KEPT_MAX) this.#kept.push(chunk)
    this.bytes += chunk.length
  }

  get data(): string {
    return Buffer.concat(this.#kept).subarray(0, KEPT_MAX).toString('base64')
  }
}

const ASKERS: Record<Ask['kind'], (request: Ask, collected: Collected) => Promise<Verdict>> = {
  tcp: (request) => connected(request.address, request.port, request.timeoutMs),
  talk,
  udp,
  wait: waitUntilConnected,
}

function connected(address: string, port: number, timeoutMs: number): Promise<Verdict> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port })
    const end = (verdict: Verdict): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(verdict)
    }
    const timer = setTimeout(() => end('silent'), timeoutMs)
    socket.on('connect', () => end('answered'))
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED' ? 'refused' : 'silent'))
  })
}

/** Sends the payload and reads until the other side closes or, for a service that stays open, says nothing more for 200 ms. */
function talk(request: Ask, collected: Collected): Promise<Verdict> {
  return new Promise((resolve) => {
    const socket = connect({ host: request.address, port: request.port })
    let open = false
    let quiet: NodeJS.Timeout | undefined
    const end = (verdict: Verdict): void => {
      clearTimeout(timer)
      clearTimeout(quiet)
      socket.destroy()
      resolve(collected.bytes > 0 ? 'answered' : verdict)
    }
    const timer = setTimeout(() => end(open ? 'mute' : 'silent'), request.timeoutMs)
    socket.on('connect', () => {
      open = true
      if (request.payload) socket.write(Buffer.from(request.payload, 'base64'))
    })
    socket.on('data', (chunk) => {
      collected.add(chunk)
      clearTimeout(quiet)
      if (request.oneLine && chunk.includes('\n')) return end('answered')
      // A guest that stops in the middle of a line is only slow.
      if (!request.oneLine) quiet = setTimeout(() => end('answered'), 200)
    })
    socket.on('close', () => end('mute'))
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED' ? 'refused' : 'silent'))
  })
}

function udp(request: Ask, collected: Collected): Promise<Verdict> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const end = (verdict: Verdict): void => {
      clearTimeout(timer)
      socket.close()
      resolve(verdict)
    }
    const timer = setTimeout(() => end('silent'), request.timeoutMs)
    socket.on('message', (message) => {
      collected.add(message)
      end('answered')
    })
    // Only a connected socket hears of "port unreachable".
    socket.on('error', () => end('refused'))
    socket.connect(request.port, request.address, () => socket.send(Buffer.from(request.payload ?? '', 'base64')))
  })
}

function waitUntilConnected(request: Ask): Promise<Verdict> {
  return new Promise((resolve) => {
    let done = false
    const finish = (verdict: Verdict): void => {
      if (done) return
      done = true
      clearInterval(tries)
      clearTimeout(timer)
      resolve(verdict)
    }
    const attempt = async (): Promise<void> => {
      if ((await connected(request.address, request.port, 900)) === 'answered') finish('answered')
    }
    const tries = setInterval(() => void attempt(), WAIT_TRY_MS)
    const timer = setTimeout(() => finish('silent'), request.timeoutMs)
  })
}

if (import.meta.main) {
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    const { id, ...request } = JSON.parse(line) as Ask & { id: number }
    ask(request).then(
      (answer) => process.stdout.write(`${JSON.stringify({ id, answer })}\n`),
      (error: unknown) => process.stdout.write(`${JSON.stringify({ id, error: String(error) })}\n`),
    )
  })
  lines.on('close', () => process.exit(0))
}
