import type { Socket } from 'node:net'
import { type CallOptions, CallTable, type OutgoingCall } from './calls.ts'
import { ConnectionError, XdrError } from './errors.ts'
import { eventMessages, eventNamed, type WireEvent } from './event-messages.ts'
import { type KeepaliveOptions, KeepaliveTimer } from './keepalive.ts'
import { type ArgsFor, type Procedure, type ProcedureName, procedures, type ResultFor } from './procedures.ts'
import {
  decodeHeader,
  encodeFrame,
  FrameSplitter,
  type Header,
  Keepalive,
  MessageType,
  PROTOCOL_VERSION,
  Program,
  payloadOf,
  Status,
} from './protocol.ts'
import { LibvirtStream } from './stream.ts'
import { type Codec, decodeXdr, encodeXdr } from './xdr.ts'

/** Sees every frame, whole. `atNs`: when it was handed to, or taken from, the kernel; CLOCK_MONOTONIC nanoseconds. */
export type Trace = (direction: 'sent' | 'received', frame: Buffer, atNs: bigint) => void

/**
 * One connection to libvirtd: calls, streams and events over a socket that is already open and greeted
 * (`openConnection`). Invariants, with those of calls.ts:
 *
 * L1  Every call settles: with its reply, with its deadline, or with the end of the connection.
 * L2  Bytes that are not the protocol end the connection, and nothing else: no crash, no hang, no guess.
 * L3  It ends once; who asked to hear of it hears it once, with the reason.
 */
export class Connection {
  private readonly socket: Socket
  private readonly splitter = new FrameSplitter()
  private readonly calls: CallTable
  private readonly streams = new Map<number, LibvirtStream>()
  private readonly eventListeners = new Set<(event: WireEvent) => void>()
  private readonly endListeners = new Set<(reason: ConnectionError) => void>()
  private readonly trace: Trace | undefined
  private keepalive: KeepaliveTimer | undefined
  private ended: ConnectionError | undefined

  constructor(socket: Socket, trace?: Trace) {
    this.socket = socket
    this.trace = trace
    this.calls = new CallTable((call, serial) => this.writeCall(call, serial))
    socket.on('data', (chunk) => this.receive(chunk))
    socket.on('error', (error) => this.end(new ConnectionError('lost', 'unknown', error.message, error)))
    socket.on('close', () => this.end(this.lostReason()))
  }

  /** Calls asked and not answered. */
  get load(): number {
    return this.calls.load
  }

  /** Why it ended; undefined while it lives. */
  get endReason(): ConnectionError | undefined {
    return this.ended
  }

  /**
   * Asks libvirt. Throws `LibvirtError` for its "no", `ConnectionError` when no answer came, and `XdrError` for
   * arguments that cannot be sent.
   */
  call<N extends ProcedureName>(name: N, args: ArgsFor<N>, options: CallOptions = {}): Promise<ResultFor<N>> {
    return new Promise<ResultFor<N>>((resolve, reject) => {
      const procedure: Procedure<ArgsFor<N>, ResultFor<N>> = lookUp(name)
      const accept = (payload: Buffer) => resolve(decodeXdr(procedure.result, payload))
      this.start(name, procedure, args, { options, accept, reject })
    })
  }

  /** As `call`, for procedures that go on as a stream. */
  openStream<N extends ProcedureName>(
    name: N,
    args: ArgsFor<N>,
    options: CallOptions = {},
  ): Promise<{ result: ResultFor<N>; stream: LibvirtStream }> {
    return new Promise((resolve, reject) => {
      const procedure: Procedure<ArgsFor<N>, ResultFor<N>> = lookUp(name)
      const accept = (payload: Buffer, serial: number) => {
        // The stream must exist before the next frame, which may already be its first data.
        const result = decodeXdr(procedure.result, payload)
        resolve({ result, stream: this.addStream(procedure, serial) })
      }
      const late = (serial: number) => this.addStream(procedure, serial).abort()
      this.start(name, procedure, args, { options, accept, reject, late })
    })
  }

  /** Returns what stops the listening. Listeners run in the order of arrival, and must not throw. */
  onEvent(listener: (event: WireEvent) => void): () => void {
    this.eventListeners.add(listener)
    return () => this.eventListeners.delete(listener)
  }

  /** Called once when the connection ended; at once if it has. */
  onEnd(listener: (reason: ConnectionError) => void): void {
    if (this.ended !== undefined) listener(this.ended)
    else this.endListeners.add(listener)
  }

  startKeepalive(options: KeepaliveOptions): void {
    const silentMs = options.intervalMs * options.misses
    this.keepalive ??= new KeepaliveTimer(
      options,
      () => this.sendKeepalive(Keepalive.ping),
      () => this.end(new ConnectionError('silent', 'unknown', `no sign of life from libvirtd for ${silentMs} ms`)),
    )
  }

  /** Ends it now; what is unanswered stays unknown. Harmless if repeated. */
  close(): void {
    this.end(new ConnectionError('closed', 'unknown', 'the connection was closed here'))
  }

  private start<A, R>(
    name: string,
    procedure: Procedure<A, R>,
    args: A,
    how: Pick<OutgoingCall, 'options' | 'accept' | 'reject' | 'late'>,
  ): void {
    if (this.ended !== undefined) {
      const { problem, message, cause } = this.ended
      how.reject(new ConnectionError(problem, 'not-done', `${name}: ${message}`, cause ?? this.ended))
      return
    }
    const payload = encodeXdr(procedure.args, args)
    this.calls.add({ name, program: Program[procedure.program], procedure: procedure.number, payload, ...how })
  }

  private addStream(procedure: Pick<Procedure<unknown, unknown>, 'program' | 'number'>, serial: number): LibvirtStream {
    const header = { program: Program[procedure.program], procedure: procedure.number, serial }
    const send = (status: number, payload: Uint8Array) =>
      new Promise<void>((resolve, reject) => {
        if (this.ended !== undefined) return reject(this.ended)
        const done = (error?: Error | null) => (error ? reject(error) : resolve())
        this.write({ ...header, type: MessageType.stream, status }, payload, done)
      })
    const stream = new LibvirtStream(send, () => this.streams.delete(serial))
    this.streams.set(serial, stream)
    return stream
  }

  private writeCall(call: OutgoingCall, serial: number): bigint {
    const { program, procedure, payload } = call
    return this.write({ program, procedure, serial, type: MessageType.call, status: Status.ok }, payload)
  }

  private sendKeepalive(procedure: number): void {
    const header = { program: Program.keepalive, procedure, serial: 0 }
    this.write({ ...header, type: MessageType.message, status: Status.ok }, Buffer.alloc(0))
  }

  private write(header: Omit<Header, 'version'>, payload: Uint8Array, done?: (error?: Error | null) => void): bigint {
    const frame = encodeFrame({ version: PROTOCOL_VERSION, ...header }, payload)
    this.socket.write(frame, done)
    const atNs = process.hrtime.bigint()
    this.trace?.('sent', frame, atNs)
    return atNs
  }

  private receive(chunk: Buffer): void {
    if (this.ended !== undefined) return
    this.keepalive?.heard()
    try {
      for (const frame of this.splitter.push(chunk)) {
        this.trace?.('received', frame, process.hrtime.bigint())
        this.dispatch(frame)
        if (this.ended !== undefined) return
      }
    } catch (error) {
      if (!(error instanceof XdrError)) throw error
      this.end(new ConnectionError('malformed', 'unknown', `not libvirt's protocol: ${error.message}`, error))
    }
  }

  private dispatch(frame: Buffer): void {
    const header = decodeHeader(frame)
    const payload = payloadOf(frame)
    switch (header.type) {
      case MessageType.reply:
        this.takeReply(header, payload)
        break
      case MessageType.message:
        this.takeMessage(header, payload)
        break
      case MessageType.stream:
      case MessageType.streamHole:
        // A stream we gave up goes on for a moment: its last messages are for nobody.
        this.streams.get(header.serial)?.receive(header.type, header.status, payload)
        break
      case MessageType.replyWithDescriptors:
        this.calls.answerUnusable(header.serial)
        break
      case MessageType.callWithDescriptors:
        break
      default:
        throw new XdrError('invalid', 'a reply, an event or a stream', 'a call', 16)
    }
  }

  private takeReply(header: Header, payload: Buffer): void {
    const { serial, program, procedure, status } = header
    if (this.calls.answer(serial, program, procedure, status, payload)) return
    throw new XdrError('invalid', 'a reply to a call of ours', `procedure ${procedure}, serial ${serial}`, 20)
  }

  private takeMessage(header: Header, payload: Buffer): void {
    if (header.program === Program.keepalive) {
      if (header.procedure === Keepalive.ping) this.sendKeepalive(Keepalive.pong)
      return
    }
    // Events of later versions, or of programs we do not speak, are for others.
    const name = header.program === Program.remote ? eventNamed(header.procedure) : undefined
    if (name === undefined) return
    const body = decodeXdr<unknown>(eventMessages[name].body as Codec<unknown>, payload)
    const event = { name, body } as WireEvent
    for (const listener of this.eventListeners) listener(event)
  }

  private lostReason(): ConnectionError {
    const where = this.splitter.midFrame ? ' in the middle of a message' : ''
    return new ConnectionError('lost', 'unknown', `libvirtd closed the connection${where}`)
  }

  private end(reason: ConnectionError): void {
    if (this.ended !== undefined) return
    this.ended = reason
    this.keepalive?.stop()
    this.socket.destroy()
    this.calls.end(reason)
    for (const stream of [...this.streams.values()]) stream.fail(reason)
    for (const listener of this.endListeners) listener(reason)
    this.endListeners.clear()
    this.eventListeners.clear()
  }
}

function lookUp<N extends ProcedureName>(name: N): Procedure<ArgsFor<N>, ResultFor<N>> {
  return procedures[name] as unknown as Procedure<ArgsFor<N>, ResultFor<N>>
}
