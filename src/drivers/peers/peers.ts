import type { Socket } from 'node:net'
import { Fault, type FaultData, type Outcome } from '../../model/fault.ts'
import type { HostId, WallTime } from '../../model/ids.ts'
import type { ConsoleLine } from '../../ports/hypervisor.ts'
import type { Log } from '../../ports/log.ts'
import type { Answer, Peers, Question } from '../../ports/peers.ts'
import { acceptShown, type Identity, type KeyStanding, type Shown } from '../ca/certificates.ts'
import { socketLine } from '../lines/socket-line.ts'
import { systemCode } from '../machine/file-faults.ts'
import { authoritiesOf, PeerAgent, shownBy, tcpKeepaliveMs } from './connections.ts'
import { exchange, NoReply, type Reply } from './exchange.ts'
import { type LineRoute, PeerServer, type Route } from './peer-server.ts'
import { upgrade } from './upgrade.ts'
import {
  addressText,
  encodeAnswer,
  encodeQuestion,
  maxMessageBytes,
  type PeerAddress,
  parseAnswer,
  parseQuestion,
  paths,
} from './wire.ts'

export interface PeersOptions {
  readonly identity: Identity
  readonly listenAt: PeerAddress
  /** Where a member answers, as far as is known. Asked for each question: it waits for nothing. */
  readonly addressesOf: (member: HostId) => readonly PeerAddress[]
  /** What the records say of a member's key. It waits for nothing: answered from what was read last. */
  readonly standingOf: (member: HostId, keyHash: string) => KeyStanding
  readonly wall: () => WallTime
  readonly log: Log
  /** What else is answered on this port, by path: joining and renewing. */
  readonly routes?: ReadonlyMap<string, Route>
  /** What connections to this port may be upgraded to, by path. */
  readonly lines?: ReadonlyMap<string, LineRoute>
}

/** Questions under way at once. Each member asks each other one a second: beyond this something has gone wild. */
const maxUnderWay = 256

/** Of one member: two networks of two families each, and as many to spare. */
const maxAddresses = 8

/** Agents kept for addresses; those of addresses long gone are dropped first. */
const maxAgents = 64

export interface RequestLimits {
  readonly timeoutMs: number
  readonly maxAnswerBytes: number
}

/** What is answered now; null = nothing. Shared by the server, which is there first. */
interface Answering {
  answer: ((question: Question) => Answer) | null
}

/** The direct way between daemons: one small HTTPS exchange a question, on kept connections, each side known by its certificate. */
export class HttpsPeers implements Peers {
  readonly #options: PeersOptions
  readonly #server: PeerServer
  readonly #agents = new Map<string, PeerAgent>()
  readonly #pending = new Set<AbortController>()
  readonly #lines = new Set<Socket>()
  readonly #answering: Answering
  #identity: Identity
  #closed = false

  private constructor(options: PeersOptions, server: PeerServer, answering: Answering) {
    this.#options = options
    this.#identity = options.identity
    this.#server = server
    this.#answering = answering
  }

  /** Faults: `refused` when the address cannot be listened on. */
  static async open(options: PeersOptions): Promise<HttpsPeers> {
    const answering: Answering = { answer: null }
    const ask: Route = {
      maxBytes: maxMessageBytes,
      answer: (body, shown) => answerTo(body, accepted(shown, options), answering.answer),
    }
    const routes = new Map([...(options.routes ?? []), [paths.ask, ask]])
    return new HttpsPeers(options, await PeerServer.listen(options, options.listenAt, routes), answering)
  }

  get port(): number {
    return this.#server.port
  }

  /** A renewed certificate, for connections from now on. */
  use(identity: Identity): void {
    this.#identity = identity
    this.#server.use(identity)
  }

  async ask(member: HostId, question: Question, timeoutMs: number): Promise<Answer> {
    if (this.#closed) throw lost(member, 'not-done', 'closed')
    if (this.#pending.size >= maxUnderWay) throw lost(member, 'not-done', 'too many questions at once')
    const addresses = this.#options.addressesOf(member).slice(0, maxAddresses)
    if (addresses.length === 0) throw lost(member, 'not-done', 'no address is known')
    const deadline = performance.now() + timeoutMs
    const end = new AbortController()
    const timer = setTimeout(() => end.abort(), timeoutMs)
    this.#pending.add(end)
    const attempts = addresses.map((address) => this.#attempt(member, address, question, end.signal))
    // A slower way to the same member is not cut off: its connection is kept for when the faster one is gone.
    void Promise.allSettled(attempts).then(() => {
      clearTimeout(timer)
      this.#pending.delete(end)
    })
    const answer = await Promise.any(attempts).catch((errors: AggregateError) => {
      throw worstOf(errors.errors as Fault[])
    })
    // Our own lateness: the timer had no turn, so this answer is older than the asker thinks.
    if (performance.now() > deadline) throw lost(member, 'unknown', 'no answer in time')
    return answer
  }

  /**
   * One request of another kind to one member, at the first of its addresses that answers; its answer, unread. Faults: `peer-lost`; what the
   * member itself refused with.
   */
  async request(member: HostId, path: string, body: string, limits: RequestLimits): Promise<string> {
    if (this.#closed) throw lost(member, 'not-done', 'closed')
    let last = lost(member, 'not-done', 'no address is known')
    const signal = AbortSignal.timeout(limits.timeoutMs)
    for (const address of this.#options.addressesOf(member).slice(0, maxAddresses)) {
      const agent = this.#agentFor(member, address)
      try {
        const reply = await exchange({ agent, path, body, maxAnswerBytes: limits.maxAnswerBytes, signal })
        if (reply.status === 200) return reply.text
        throw refusedBy(member, reply)
      } catch (error) {
        if (!(error instanceof NoReply)) throw error
        last = lostOnTheWay(member, address, error, signal)
      }
    }
    throw last
  }

  /**
   * A line of bytes to one member, at the first of its addresses that answers, on a connection of its own. Faults: `peer-lost`; what the member
   * itself refused with.
   */
  async openLine(member: HostId, path: string, timeoutMs: number): Promise<ConsoleLine> {
    if (this.#closed) throw lost(member, 'not-done', 'closed')
    let last = lost(member, 'not-done', 'no address is known')
    const signal = AbortSignal.timeout(timeoutMs)
    for (const address of this.#options.addressesOf(member).slice(0, maxAddresses)) {
      const agent = this.#newAgent(member, address)
      try {
        const opened = await upgrade(agent, path, signal)
        if ('status' in opened) throw refusedBy(member, opened)
        opened.setKeepAlive(true, tcpKeepaliveMs)
        this.#lines.add(opened)
        opened.once('close', () => this.#lines.delete(opened))
        return socketLine(opened, member)
      } catch (error) {
        if (!(error instanceof NoReply)) throw error
        last = lostOnTheWay(member, address, error, signal)
      } finally {
        // The line has left it; whatever else it holds is of nobody.
        agent.destroy()
      }
    }
    throw last
  }

  serve(answer: (question: Question) => Answer): () => void {
    this.#answering.answer = answer
    return () => {
      if (this.#answering.answer === answer) this.#answering.answer = null
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#answering.answer = null
    for (const end of this.#pending) end.abort()
    for (const line of this.#lines) line.destroy()
    for (const agent of this.#agents.values()) agent.destroy()
    await this.#server.close()
  }

  async #attempt(member: HostId, address: PeerAddress, question: Question, signal: AbortSignal): Promise<Answer> {
    const agent = this.#agentFor(member, address)
    const body = encodeQuestion(question)
    const reply = await exchange({ agent, path: paths.ask, body, maxAnswerBytes: maxMessageBytes, signal }).catch(
      (error: unknown) => Promise.reject(lostOnTheWay(member, address, error, signal)),
    )
    return answerIn(reply, member, question)
  }

  #agentFor(member: HostId, address: PeerAddress): PeerAgent {
    const key = `${member} ${addressText(address)}`
    const known = this.#agents.get(key)
    if (known?.identity === this.#identity) return known
    known?.retire()
    const agent = this.#newAgent(member, address)
    this.#agents.delete(key)
    this.#agents.set(key, agent)
    this.#dropOldest()
    return agent
  }

  #newAgent(member: HostId, address: PeerAddress): PeerAgent {
    const identity = this.#identity
    return new PeerAgent(address, identity, (socket) => {
      const shown = shownBy(socket, authoritiesOf(identity), this.#options.wall())
      if (accepted(shown, this.#options) !== member) throw lost(member, 'not-done', 'not the member that was asked')
    })
  }

  #dropOldest(): void {
    const [oldest] = this.#agents
    if (oldest === undefined || this.#agents.size <= maxAgents) return
    oldest[1].retire()
    this.#agents.delete(oldest[0])
  }
}

/** Its own words where it has some. 404: a member of an older version. */
function refusedBy(member: HostId, { status, text }: Reply): Fault {
  const fault = faultIn(text)
  if (fault !== null) return new Fault(fault.code, fault.outcome, { ...fault.details, member })
  return lost(member, status < 500 ? 'not-done' : 'unknown', `HTTP ${status}`)
}

function faultIn(text: string): FaultData | null {
  try {
    const { fault } = JSON.parse(text) as { fault?: FaultData }
    return fault ?? null
  } catch {
    // Not of ours.
    return null
  }
}

/** Null: nobody of this cluster. Faults: `certificate-refused`. */
export function accepted(shown: Shown | null, { standingOf }: Pick<PeersOptions, 'standingOf'>): HostId | null {
  return shown === null ? null : acceptShown(shown, standingOf(shown.member, shown.keyHash))
}

/** What is sent back to a question. It waits for nothing: what a member says must not be older than its sending. */
function answerTo(body: string, caller: HostId | null, answer: ((question: Question) => Answer) | null): string {
  const question = parseQuestion(body)
  if (question === null) throw new Fault('bad-data', 'not-done', {})
  if (question.from !== caller) throw lost(question.from, 'not-done', 'a question in the name of another')
  if (answer === null) throw lost(question.from, 'not-done', 'nobody listens there')
  return encodeAnswer(answer(question))
}

function answerIn({ status, text }: Reply, member: HostId, question: Question): Answer {
  if (status === 503) throw nobodyListens(member)
  if (status !== 200) throw lost(member, status < 500 ? 'not-done' : 'unknown', `HTTP ${status}`)
  const answer = parseAnswer(text)
  if (answer?.nonce === question.nonce && answer.member === member) return answer
  throw lost(member, 'unknown', 'an answer to another question')
}

function lostOnTheWay(member: HostId, address: PeerAddress, error: unknown, signal: AbortSignal): Fault {
  if (!(error instanceof NoReply)) throw error
  const outcome = error.sent ? 'unknown' : 'not-done'
  if (signal.aborted) return lost(member, outcome, 'no answer in time')
  const { cause } = error
  if (systemCode(cause) === 'ECONNREFUSED') return nobodyListens(member, cause)
  const text = cause instanceof Fault ? String(cause.details.text) : error.message
  return lost(member, outcome, `${addressText(address)}: ${text}`, cause)
}

/** Of several ways: not done only when it was not on any; that its host has power is known by one of them. */
function worstOf(faults: readonly Fault[]): Fault {
  const unknown = faults.find(({ outcome }) => outcome === 'unknown')
  const refused = faults.find(({ details }) => details.why !== undefined)
  return unknown ?? refused ?? faults[0] ?? new Fault('internal', 'unknown', {})
}

function nobodyListens(member: HostId, cause?: unknown): Fault {
  return new Fault('peer-lost', 'not-done', { member, why: 'nobody-listens' }, { cause })
}

function lost(member: HostId, outcome: Outcome, text: string, cause?: unknown): Fault {
  return new Fault('peer-lost', outcome, { member, text }, { cause })
}
