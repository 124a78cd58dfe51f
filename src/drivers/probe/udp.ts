import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { ProbeTarget } from '../../ports/prober.ts'
import { readNeighbours } from '../address/neighbours.ts'
import { type Attempt, impossible, type Method, socketVerdict, stillborn, type Verdict } from './method.ts'

/** Any datagram from the port is an answer. */
export const udpAnswerMethod: Method = {
  lane: 'network',
  retryAt: [0.25, 0.5],
  wait: { everyMs: 50, overlap: 20, contactMs: 1_000, answerMs: 1_000 },
  start: (target, _purpose, done) => sendPayload(target, done),
}

/**
 * No refusal is an answer. Sent anew within the timeout, for the first datagram may be lost while the address is
 * resolved. What tells an open port from a guest that is gone: see `afterSilence` and, when waiting, `ControlledAttempt`.
 */
export const udpUnlessRefusedMethod: Method = {
  lane: 'network',
  retryAt: [0.25, 0.5],
  wait: { everyMs: 25, overlap: 1, contactMs: 11_000, answerMs: 11_000 },
  start: (target, purpose, done) =>
    purpose === 'watch' ? sendPayload(target, done) : new ControlledAttempt(target, done),
  afterSilence: unlessGone,
}

/** How `ProbeTarget` names the payload; checked by the parser, so anything else is a programming error made visible. */
function payloadOf(target: ProbeTarget): Buffer {
  return target.probe.kind === 'udp' ? Buffer.from(target.probe.payloadHex, 'hex') : Buffer.alloc(0)
}

function sendPayload(target: ProbeTarget, done: (verdict: Verdict) => void): Attempt {
  return exchange(target.address, target.port, payloadOf(target), () => true, done)
}

/** Sends one datagram and takes the first reply that `accepts` (or a verdict it gives instead). Others are ignored. */
export function exchange(
  address: string,
  port: number | null,
  payload: Uint8Array,
  accepts: (reply: Buffer) => boolean | Verdict,
  done: (verdict: Verdict) => void,
): Attempt {
  if (port === null) return stillborn(impossible('no port'), done)
  let ended = false
  const end = (verdict: Verdict) => {
    if (ended) return
    ended = true
    close(socket)
    done(verdict)
  }
  const socket = connected(address, port, () => socket.send(payload, report), report)
  function report(error: Error | null): void {
    if (error) end(socketVerdict(error))
  }
  socket.on('message', (reply) => {
    const verdict = accepts(reply)
    if (verdict !== false) end(verdict === true ? { kind: 'answered' } : verdict)
  })
  return {
    inContact: false,
    abandon: () => {
      if (!ended) close(socket)
      ended = true
    },
  }
}

/** A connected socket: the kernel tells it of ICMP errors and drops datagrams from anywhere else. */
function connected(address: string, port: number, ready: () => void, failed: (error: Error) => void): Socket {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  socket.on('error', failed)
  // The address is always numeric: no name is looked up here.
  socket.connect(port, address, ready)
  return socket
}

function close(socket: Socket): void {
  try {
    socket.close()
  } catch {
    // Closed already: a failed connect closes by itself.
  }
}

/** A neighbour that does not answer to its address is no guest with an open port. Where the table does not list it, the silence stands as an answer. */
async function unlessGone(target: ProbeTarget): Promise<Verdict> {
  const entry = (await readNeighbours()).find((neighbour) => neighbour.address === target.address)
  return entry && !entry.complete ? { kind: 'silent', detail: 'EHOSTUNREACH' } : { kind: 'answered' }
}

const payloadEveryMs = 50
const controlEveryMs = 250

/** Longer than the kernel believes in a stale neighbour (5 s of delay, 3 requests a second apart): an old entry of a dead guest is gone by then. */
const believeSilenceMs = 10_000

/** Where hardly anything listens: above the ephemeral ports, below the last ones. */
const controlPorts = { from: 61_001, to: 65_000 } as const

/**
 * Waits for a port that answers by not refusing. A guest that is not up yet does not refuse either, and a kernel
 * refuses no more than about once a second, so silence alone proves nothing. The proof: the port stays silent while a
 * datagram sent right after it, to a port where nothing listens, is refused. Guests whose firewall never refuses are
 * believed after `believeSilenceMs` without a refusal, if they are still neighbours then.
 */
class ControlledAttempt implements Attempt {
  readonly inContact = true
  private readonly address: string
  private readonly target: ProbeTarget
  private readonly payload: Buffer
  private readonly timers: NodeJS.Timeout[] = []
  private done: ((verdict: Verdict) => void) | null
  private port: Socket | null = null
  /** Connected a turn before it is used, so that nothing comes between the two datagrams. */
  private nextControl: Socket | null = null
  private lastControl: Socket | null = null
  private refusals = 0
  private refusalsBeforeControl = 0

  constructor(target: ProbeTarget, done: (verdict: Verdict) => void) {
    this.target = target
    this.address = target.address
    this.payload = payloadOf(target)
    this.done = done
    if (target.port === null) {
      queueMicrotask(() => this.end(impossible('no port')))
      return
    }
    const port = connected(this.address, target.port, () => this.send(port, this.payload), this.refused)
    port.on('message', () => this.end({ kind: 'answered' }))
    this.port = port
    this.nextControl = this.openControl()
    // Both sockets are connected well before the first of these: the address is numeric.
    this.timers.push(setInterval(() => this.send(port, this.payload), payloadEveryMs))
    this.timers.push(setInterval(() => this.control(), controlEveryMs))
    this.timers.push(setTimeout(() => void this.believe(), believeSilenceMs))
  }

  abandon(): void {
    this.done = null
    for (const timer of this.timers) clearTimeout(timer)
    for (const socket of [this.port, this.nextControl, this.lastControl]) if (socket) close(socket)
    this.port = this.nextControl = this.lastControl = null
  }

  private readonly refused = (error: Error): void => {
    const verdict = socketVerdict(error)
    if (verdict.kind === 'refused') this.refusals += 1
    else if (verdict.kind === 'impossible') this.end(verdict)
  }

  private readonly controlRefused = (error: Error): void => {
    if (socketVerdict(error).kind !== 'refused') return
    // The port's own refusal may come in the same turn of the loop, after this one.
    setImmediate(() => {
      if (this.refusals === this.refusalsBeforeControl) this.end({ kind: 'answered' })
    })
  }

  private openControl(): Socket {
    const port = controlPorts.from + Math.floor(Math.random() * (controlPorts.to - controlPorts.from))
    return connected(this.address, port, () => undefined, this.controlRefused)
  }

  private control(): void {
    if (!this.port || !this.nextControl) return
    this.refusalsBeforeControl = this.refusals
    this.send(this.port, this.payload)
    this.nextControl.send(Buffer.alloc(0))
    if (this.lastControl) close(this.lastControl)
    this.lastControl = this.nextControl
    this.nextControl = this.openControl()
  }

  /** A refusal of an earlier datagram may come as the error of this send, which then has not been sent. */
  private send(port: Socket, payload: Buffer): void {
    port.send(payload, (error) => {
      if (error && this.port === port) this.refused(error)
    })
  }

  private async believe(): Promise<void> {
    if (this.refusals > 0) return this.end({ kind: 'silent', detail: 'ECONNREFUSED' })
    this.end(await unlessGone(this.target))
  }

  private end(verdict: Verdict): void {
    const done = this.done
    this.abandon()
    done?.(verdict)
  }
}
