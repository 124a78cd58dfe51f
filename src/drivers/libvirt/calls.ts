import { ConnectionError, LibvirtError, type Outcome } from './errors.ts'
import { Status } from './protocol.ts'
import { errorBody } from './values.ts'
import { decodeXdr } from './xdr.ts'

/**
 * Calls of one connection between being asked and being answered. Invariants:
 *
 * C1  At most `MAX_IN_FLIGHT` calls are unanswered on the wire. libvirtd stops reading a connection at five, and with
 *     it our keepalive: a sixth would make a busy daemon look dead.
 * C2  A call that was never written fails as `not-done`; one that was written and not answered fails as `unknown`.
 * C3  Giving up on a written call frees its caller and not its place: libvirtd is still at work on it.
 */
export const MAX_IN_FLIGHT = 4

/** Calls that may wait on one connection: more means that something asks in a loop, and memory must not pay for it. */
export const QUEUE_MAX = 4096

/** For callers that name no deadline: no call waits for ever. */
export const DEFAULT_TIMEOUT_MS = 30_000

export interface CallOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Called when the request's frame was handed to the kernel; CLOCK_MONOTONIC, nanoseconds. */
  readonly onSent?: (atNs: bigint) => void
}

export interface OutgoingCall {
  /** The procedure's name, for messages. */
  readonly name: string
  readonly program: number
  readonly procedure: number
  readonly payload: Buffer
  readonly options: CallOptions
  /** Takes the payload of a good reply. May throw `XdrError`, which ends the connection. */
  accept(payload: Buffer, serial: number): void
  reject(error: Error): void
  /** A good reply came after the caller gave up. */
  late?(serial: number): void
}

type State = 'queued' | 'sent' | 'abandoned'

interface Pending extends OutgoingCall {
  state: State
  serial: number
  stopWaiting: () => void
}

const SERIAL_MAX = 0xffff_ffff

export class CallTable {
  private readonly queue: Pending[] = []
  private readonly inFlight = new Map<number, Pending>()
  private readonly write: (call: OutgoingCall, serial: number) => bigint
  private lastSerial = 0

  /** `write` puts one request on the wire and returns when it did, CLOCK_MONOTONIC nanoseconds. */
  constructor(write: (call: OutgoingCall, serial: number) => bigint) {
    this.write = write
  }

  /** Calls asked and not answered, waiting ones included. */
  get load(): number {
    return this.queue.length + this.inFlight.size
  }

  add(call: OutgoingCall): void {
    const refusal = this.refusal(call)
    if (refusal !== undefined) {
      call.reject(refusal)
      return
    }
    const pending: Pending = { ...call, state: 'queued', serial: 0, stopWaiting: () => {} }
    pending.stopWaiting = this.watch(pending)
    this.queue.push(pending)
    this.pump()
  }

  /** True when the reply was expected. Whatever it says, it frees a place on the wire. */
  answer(serial: number, program: number, procedure: number, status: number, payload: Buffer): boolean {
    const call = this.inFlight.get(serial)
    if (call === undefined || call.program !== program || call.procedure !== procedure) return false
    this.inFlight.delete(serial)
    call.stopWaiting()
    try {
      settle(call, status, payload)
    } catch (error) {
      // The reply was not what its layout says: the call took effect or not, nobody knows.
      call.reject(new ConnectionError('malformed', 'unknown', `${call.name}: unreadable reply`, error))
      throw error
    }
    this.pump()
    return true
  }

  /** A reply that carries file descriptors, which Node cannot receive. */
  answerUnusable(serial: number): void {
    const call = this.inFlight.get(serial)
    if (call === undefined) return
    this.inFlight.delete(serial)
    call.stopWaiting()
    const why = `${call.name}: the reply carries file descriptors, which cannot be received here`
    if (call.state !== 'abandoned') call.reject(new ConnectionError('needs-descriptors', 'unknown', why))
    this.pump()
  }

  /** The connection ended: every caller hears of it, with what is known of its call (C2). */
  end(error: ConnectionError): void {
    const calls = [...this.inFlight.values(), ...this.queue.splice(0)]
    this.inFlight.clear()
    for (const call of calls) {
      call.stopWaiting()
      if (call.state === 'abandoned') continue
      const outcome = call.state === 'sent' ? 'unknown' : 'not-done'
      call.reject(new ConnectionError(error.problem, outcome, `${call.name}: ${error.message}`, error.cause ?? error))
    }
  }

  private refusal(call: OutgoingCall): ConnectionError | undefined {
    if (call.options.signal?.aborted) return gaveUp('aborted', 'not-done', call)
    if (this.queue.length < QUEUE_MAX) return undefined
    return new ConnectionError('queue-full', 'not-done', `${call.name}: ${QUEUE_MAX} calls wait already`)
  }

  private pump(): void {
    while (this.inFlight.size < MAX_IN_FLIGHT) {
      const call = this.queue.shift()
      if (call === undefined) return
      call.serial = this.nextSerial()
      call.state = 'sent'
      this.inFlight.set(call.serial, call)
      const atNs = this.write(call, call.serial)
      call.options.onSent?.(atNs)
    }
  }

  private nextSerial(): number {
    do {
      // Serial 0 belongs to events and keepalive.
      this.lastSerial = this.lastSerial >= SERIAL_MAX ? 1 : this.lastSerial + 1
    } while (this.inFlight.has(this.lastSerial))
    return this.lastSerial
  }

  /** Starts deadline and abort; returns what stops both. */
  private watch(call: Pending): () => void {
    const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = call.options
    const timer = setTimeout(() => this.giveUp(call, 'timeout'), timeoutMs)
    const abort = () => this.giveUp(call, 'aborted')
    signal?.addEventListener('abort', abort, { once: true })
    return () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  private giveUp(call: Pending, problem: 'timeout' | 'aborted'): void {
    call.stopWaiting()
    const written = call.state === 'sent'
    if (written) call.state = 'abandoned'
    else this.queue.splice(this.queue.indexOf(call), 1)
    call.reject(gaveUp(problem, written ? 'unknown' : 'not-done', call))
  }
}

function settle(call: Pending, status: number, payload: Buffer): void {
  const abandoned = call.state === 'abandoned'
  if (status === Status.error) {
    const error = new LibvirtError(call.name, decodeXdr(errorBody, payload))
    if (!abandoned) call.reject(error)
  } else if (abandoned) call.late?.(call.serial)
  else call.accept(payload, call.serial)
}

function gaveUp(problem: 'timeout' | 'aborted', outcome: Outcome, call: OutgoingCall): ConnectionError {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = call.options
  const what = problem === 'timeout' ? `no reply within ${timeoutMs} ms` : 'given up by the caller'
  return new ConnectionError(problem, outcome, `${call.name}: ${what}`)
}
