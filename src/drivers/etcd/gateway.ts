import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../../model/fault.ts'
import { type Endpoint, Endpoints } from './endpoints.ts'
import { lost, Refusal, refusalOf } from './etcd-faults.ts'
import { type TlsMaterial, Transport, TransportError } from './exchange.ts'
import { type Credentials, Tokens } from './tokens.ts'
import { Garbled, type Json, record } from './wire.ts'

export interface GatewayOptions {
  /** `http://HOST:PORT` or `https://HOST:PORT` of every member, the nearest first. */
  readonly endpoints: readonly string[]
  readonly credentials?: () => Credentials
  readonly tls?: () => TlsMaterial
  /** Longest wait for a connection. Default 500. */
  readonly connectMs?: number
  /** Longest silence of one member in a read before another is asked, doubled in each round. Default 1 000. */
  readonly attemptMs?: number
}

export interface Call {
  readonly path: string
  readonly body: string
  /** A call that writes is sent once: to another member only when certainly nothing of it was sent, or it was refused undone. */
  readonly writes: boolean
  readonly limitMs: number
  /** Its answer does not say which etcd it is of, as some of the maintenance side do not. */
  readonly anonymous?: boolean
}

/** Calls under way and waiting: beyond this etcd is hopelessly behind, and a caller is better told than kept. */
const maxUnderWay = 2_000

/** Bodies under way and waiting: what keeps a slow etcd from eating the daemon's memory. */
const maxUnderWayBytes = 128 * 1024 * 1024

/** Connections to one member for calls: each call under way holds one. */
const maxSockets = 16

/** An answer larger than this is refused unread: it would not fit a string of JavaScript. */
const maxAnswerBytes = 256 * 1024 * 1024

/** Bounds the loop over members in time of endless refusals; the deadline ends it long before. */
const maxTries = 200

/** Between two rounds over all members: an election takes a second or two. */
const roundPauseMs = 100

/** One HTTP call to etcd's JSON gateway (v3), to whichever member answers. Throws `Refusal`. */
export class Gateway {
  readonly endpoints: Endpoints
  readonly #calls: Transport
  readonly #streams: Transport
  readonly #tokens: Tokens | null
  readonly #connectMs: number
  readonly #attemptMs: number
  #underWay = 0
  #underWayBytes = 0
  /** All members that answer must be of one etcd: a wrong address in the list would split the state in two. */
  #cluster: unknown

  constructor(options: GatewayOptions) {
    this.endpoints = new Endpoints(options.endpoints)
    this.#calls = new Transport(options.tls ?? null, maxSockets)
    this.#streams = new Transport(options.tls ?? null, Number.POSITIVE_INFINITY)
    this.#tokens = options.credentials === undefined ? null : new Tokens(() => this.#authenticate(options.credentials))
    this.#connectMs = options.connectMs ?? 500
    this.#attemptMs = options.attemptMs ?? 1_000
  }

  async call(call: Call): Promise<Json> {
    const bytes = call.body.length
    if (this.#underWay >= maxUnderWay || (this.#underWay > 0 && this.#underWayBytes + bytes > maxUnderWayBytes)) {
      throw new Refusal(new Fault('store-busy', 'not-done', { text: 'too much waits for etcd' }), 'none')
    }
    this.#underWay++
    this.#underWayBytes += bytes
    try {
      return await this.#ask(call, this.#tokens)
    } finally {
      this.#underWay--
      this.#underWayBytes -= bytes
    }
  }

  /** An answer that does not end, from this member. The signal ends it. */
  async stream(endpoint: Endpoint, path: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
    const token = (await this.#tokens?.current()) ?? null
    const connectMs = this.#connectMs
    const answer = await this.#streams
      .post({ endpoint, path, body, token, connectMs, signal })
      .catch((error: unknown) => Promise.reject(silenceOf(endpoint, error, false)))
    if (answer.statusCode === 200) return answer
    const text = await textOf(answer, () => {}).catch(() => '')
    return this.#refuse(endpoint, token, false, answer.statusCode ?? 0, text)
  }

  /** Whether this very member answers now, with a majority behind it. */
  async answers(endpoint: Endpoint, key: string): Promise<boolean> {
    const body = JSON.stringify({ key, keys_only: true })
    const call: Call = { path: '/v3/kv/range', body, writes: false, limitMs: this.#attemptMs }
    try {
      await this.#attempt(call, endpoint, this.#tokens, this.#attemptMs, this.#attemptMs)
      return true
    } catch (error) {
      if (error instanceof Refusal) return false
      throw error
    }
  }

  close(): void {
    this.#calls.close()
    this.#streams.close()
  }

  async #ask(call: Call, tokens: Tokens | null): Promise<Json> {
    const until = performance.now() + call.limitMs
    const members = this.endpoints.all.length
    let renewed = false
    for (let tries = 1; ; tries++) {
      const left = until - performance.now()
      const patience = call.writes ? left : Math.min(left, this.#attemptMs * 2 ** Math.floor((tries - 1) / members))
      const endpoint = this.endpoints.pick()
      try {
        return await this.#attempt(call, endpoint, tokens, left, patience)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        const again = error.remedy === 'elsewhere' || (error.remedy === 'authenticate' && tokens !== null && !renewed)
        if (error.remedy === 'authenticate') renewed = true
        const pauseMs = tries % members === 0 ? roundPauseMs : 0
        // A write that is sent with no time left for its answer would make "not done" an "unknown".
        if (!again || tries === maxTries || until - performance.now() < pauseMs + roundPauseMs) throw error
        if (pauseMs > 0) await delay(pauseMs)
      }
    }
  }

  /** `patienceMs`: longest silence, `limitMs`: longest duration of the whole. */
  async #attempt(call: Call, endpoint: Endpoint, tokens: Tokens | null, limitMs: number, patienceMs: number) {
    const token = (await tokens?.current()) ?? null
    const end = new AbortController()
    const tooLong = setTimeout(() => end.abort(), limitMs)
    const tooQuiet = setTimeout(() => end.abort(), patienceMs)
    try {
      const { path, body } = call
      const connectMs = this.#connectMs
      const answer = await this.#calls.post({ endpoint, path, body, token, connectMs, signal: end.signal })
      const text = await textOf(answer, () => tooQuiet.refresh())
      if (answer.statusCode !== 200)
        return await this.#refuse(endpoint, token, call.writes, answer.statusCode ?? 0, text)
      const given = record(JSON.parse(text), 'an answer')
      return call.anonymous === true ? given : this.#ofOneCluster(endpoint, given, call.writes)
    } catch (error) {
      const refusal = error instanceof Refusal ? error : silenceOf(endpoint, error, call.writes)
      if (refusal.fault.code === 'store-lost' && refusal.remedy !== 'read-anew') this.endpoints.failed(endpoint)
      throw refusal
    } finally {
      clearTimeout(tooLong)
      clearTimeout(tooQuiet)
    }
  }

  async #refuse(
    endpoint: Endpoint,
    token: string | null,
    writes: boolean,
    status: number,
    text: string,
  ): Promise<never> {
    const refusal = refusalOf({ endpoint: endpoint.url, writes, status, text: sentenceIn(text, status) })
    if (refusal.remedy === 'authenticate' && token !== null) await this.#tokens?.refused(token)
    throw refusal
  }

  #ofOneCluster(endpoint: Endpoint, answer: Json, writes: boolean): Json {
    const cluster = record(answer.header, 'a header').cluster_id
    this.#cluster ??= cluster
    if (cluster === this.#cluster) return answer
    const details = { path: endpoint.url, text: `another etcd: cluster ${cluster}, expected ${this.#cluster}` }
    throw new Refusal(new Fault('store-corrupt', writes ? 'unknown' : 'not-done', details), 'none')
  }

  async #authenticate(credentials: (() => Credentials) | undefined): Promise<string> {
    const body = JSON.stringify(credentials?.())
    const call: Call = { path: '/v3/auth/authenticate', body, writes: false, limitMs: 5 * this.#attemptMs }
    const { token } = await this.#ask(call, null)
    if (typeof token === 'string') return token
    throw new Refusal(new Fault('not-allowed', 'not-done', { text: 'etcd gave no token' }), 'none')
  }
}

/** What went wrong on the way there or back, as a refusal. */
function silenceOf(endpoint: Endpoint, error: unknown, writes: boolean): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof TooLarge) {
    const details = { path: endpoint.url, limit: maxAnswerBytes, what: 'bytes of an answer' }
    return new Refusal(new Fault('limit-reached', writes ? 'unknown' : 'not-done', details), 'smaller-pages')
  }
  if (!(error instanceof Error) || !isOfTheWire(error)) throw error
  const sent = error instanceof TransportError ? error.sent : true
  return lost(endpoint.url, error.message, writes && sent ? 'unknown' : 'not-done', error)
}

/** Half an answer, a broken one, one that took too long. Everything else is a mistake of ours. */
export function isOfTheWire(error: Error): boolean {
  return error instanceof TransportError || error instanceof Garbled || error instanceof SyntaxError || 'code' in error
}

class TooLarge extends Error {}

async function textOf(answer: IncomingMessage, heard: () => void): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer) {
    heard()
    chunks.push(chunk)
    bytes += chunk.length
    // Leaving the loop closes the connection.
    if (bytes > maxAnswerBytes) throw new TooLarge()
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** etcd's own sentence when it is one, else what the status says. */
function sentenceIn(text: string, status: number): string {
  try {
    const { message, error } = record(JSON.parse(text), 'a refusal')
    if (typeof message === 'string') return message
    if (typeof error === 'string') return error
  } catch {
    // Not JSON: a proxy's page, or half an answer.
  }
  return `HTTP ${status} ${text.slice(0, 100)}`
}
