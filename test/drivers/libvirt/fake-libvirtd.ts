import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EventBody, type EventName, eventMessages } from '../../../src/drivers/libvirt/event-messages.ts'
import {
  type ArgsFor,
  type ProcedureName,
  procedures,
  type ResultFor,
} from '../../../src/drivers/libvirt/procedures.ts'
import {
  decodeHeader,
  encodeFrame,
  FrameSplitter,
  type Header,
  MessageType,
  PROTOCOL_VERSION,
  Program,
  payloadOf,
  Status,
} from '../../../src/drivers/libvirt/protocol.ts'
import { errorBody } from '../../../src/drivers/libvirt/values.ts'
import { type Codec, decodeXdr, encodeXdr } from '../../../src/drivers/libvirt/xdr.ts'

/** A request as the fake received it. Whoever handles it answers, errs, stalls or breaks the connection. */
export interface Request {
  readonly name: ProcedureName
  readonly args: unknown
  readonly header: Header
  readonly client: FakeClient
}

type Handler = (request: Request) => void

/**
 * A libvirtd made of the client's own codecs, reversed: it greets properly, answers what a test tells it to, and
 * misbehaves on demand. What a test does not handle is left without a reply.
 */
export class FakeLibvirtd {
  readonly socketPath: string
  readonly clients: FakeClient[] = []
  /** Procedures in order of arrival, greeting included. */
  readonly seen: string[] = []
  /** Auth types offered; 0 is none. */
  authTypes: number[] = [0]
  keepalive = 1
  private readonly handlers = new Map<ProcedureName, Handler>()
  private readonly folder: string
  private server: Server | undefined

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'fake-libvirtd-'))
    this.socketPath = join(this.folder, 'sock')
    const client = (request: Request) => request.client
    this.on('authList', (r) => client(r).reply(r, 'authList', { types: this.authTypes }))
    this.on('connectOpen', (r) => client(r).reply(r, 'connectOpen', {}))
    this.on('connectSupportsFeature', (r) => {
      const { feature } = r.args as ArgsFor<'connectSupportsFeature'>
      client(r).reply(r, 'connectSupportsFeature', { supported: feature === 10 ? this.keepalive : 0 })
    })
    this.on('connectDomainEventCallbackRegisterAny', (r) =>
      client(r).reply(r, 'connectDomainEventCallbackRegisterAny', { callbackId: 1 }),
    )
    this.on('connectGetHostname', (r) => client(r).reply(r, 'connectGetHostname', { hostname: 'fake' }))
  }

  on(name: ProcedureName, handler: Handler): void {
    this.handlers.set(name, handler)
  }

  listen(): Promise<void> {
    const server = createServer((socket) => this.clients.push(new FakeClient(socket, (request) => this.take(request))))
    this.server = server
    return new Promise((resolve) => server.listen(this.socketPath, resolve))
  }

  /** Drops every client and stops listening, as a killed libvirtd does. */
  async stop(): Promise<void> {
    for (const client of this.clients.splice(0)) client.drop()
    await new Promise<void>((resolve) => (this.server === undefined ? resolve() : this.server.close(() => resolve())))
    this.server = undefined
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private take(request: Request): void {
    this.seen.push(request.name)
    this.handlers.get(request.name)?.(request)
  }
}

export class FakeClient {
  readonly socket: Socket
  /** Messages that were no calls: keepalive and streams. */
  readonly others: { header: Header; payload: Buffer }[] = []
  private readonly take: Handler

  constructor(socket: Socket, take: Handler) {
    this.socket = socket
    this.take = take
    const splitter = new FrameSplitter()
    socket.on('data', (chunk) => {
      for (const frame of splitter.push(chunk)) this.receive(frame)
    })
    socket.on('error', () => socket.destroy())
  }

  reply<N extends ProcedureName>(request: Request, name: N, result: ResultFor<N>): void {
    this.send(
      { ...request.header, type: MessageType.reply },
      encodeXdr(procedures[name].result as Codec<unknown>, result),
    )
  }

  fail(request: Request, code: number, message: string | null): void {
    this.send(
      { ...request.header, type: MessageType.reply, status: Status.error },
      encodeXdr(errorBody, errorOf(code, message)),
    )
  }

  event<N extends EventName>(name: N, body: EventBody<N>): void {
    this.message(
      Program.remote,
      eventMessages[name].number,
      encodeXdr(eventMessages[name].body as Codec<unknown>, body),
    )
  }

  message(program: number, procedure: number, payload: Buffer = Buffer.alloc(0)): void {
    this.send(
      { program, version: PROTOCOL_VERSION, procedure, type: MessageType.message, serial: 0, status: 0 },
      payload,
    )
  }

  stream(request: Request, status: number, payload: Buffer): void {
    this.send({ ...request.header, type: MessageType.stream, status }, payload)
  }

  send(header: Header, payload: Buffer): void {
    this.socket.write(encodeFrame(header, payload))
  }

  /** Any bytes, also such that are no frame. */
  bytes(some: Buffer): void {
    this.socket.write(some)
  }

  drop(): void {
    this.socket.destroy()
  }

  private receive(frame: Buffer): void {
    const header = decodeHeader(frame)
    const payload = payloadOf(frame)
    const name = nameOf(header)
    if (header.type !== MessageType.call || name === undefined) {
      this.others.push({ header, payload })
      return
    }
    const args = decodeXdr<unknown>(procedures[name].args as Codec<unknown>, payload)
    this.take({ name, args, header, client: this })
  }
}

export function errorOf(code: number, message: string | null) {
  const rest = { dom: null, str1: null, str2: null, str3: null, int1: 0, int2: 0, net: null }
  return { code, domain: 10, message, level: 2, ...rest }
}

function nameOf(header: Header): ProcedureName | undefined {
  const names = Object.keys(procedures) as ProcedureName[]
  return names.find((name) => {
    const procedure = procedures[name]
    return procedure.number === header.procedure && Program[procedure.program] === header.program
  })
}
