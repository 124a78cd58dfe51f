import type { CallOptions } from './calls.ts'
import { MAX_IN_FLIGHT } from './calls.ts'
import type { Connection, Trace } from './connection.ts'
import { ConnectionError, LibvirtError } from './errors.ts'
import { eventMessages, type RegisteredEvent, type WireEvent } from './event-messages.ts'
import { KEEPALIVE, type KeepaliveOptions } from './keepalive.ts'
import { openConnection } from './open-connection.ts'
import { type ArgsFor, type Lane, type ProcedureName, procedures, type ResultFor } from './procedures.ts'
import type { LibvirtStream } from './stream.ts'

/**
 * Connections to one libvirtd, and what happens when it goes away. Invariants:
 *
 * P1  Questions and events have a connection of their own; starts, stops and other slow calls never delay them.
 *     Nor do slow calls delay a pause, or anything the ending of a hung guest, or migrations anything else.
 * P2  While libvirtd is away, a call fails at once as `not-done`: nothing is kept for later.
 * P3  `lost` and `back` alternate, beginning with `back`. Events missed in between are not replayed: look again.
 * P4  When the first connection is lost, all are: what they carried belonged to the libvirtd that went away.
 * P5  A call is given to its connection in the turn that chose it: of many calls at once, each sees those before it.
 */

/** Connections for slow calls, each of `MAX_IN_FLIGHT` calls: more would only wait for libvirtd's 20 workers. */
export const SLOW_CONNECTIONS_MAX = 3

/** First wait after libvirtd went away, and the longest: a restart is caught in a moment, an absent one costs little. */
export const BACKOFF_FIRST_MS = 100
export const BACKOFF_MAX_MS = 5_000

export type PoolState =
  | { readonly kind: 'up' }
  | { readonly kind: 'down'; readonly reason: Error }
  | { readonly kind: 'closed' }

export interface PoolOptions {
  readonly socketPath: string
  readonly uri: string
  /** Registered anew after each reconnect. Those the hypervisor does not have are left out silently. */
  readonly events: readonly RegisteredEvent[]
  readonly openTimeoutMs?: number
  readonly keepalive?: KeepaliveOptions
  readonly trace?: Trace
}

/** Connections a lane may have. */
const LANE_SIZE: Readonly<Record<Lane, number>> = {
  quick: 1,
  prompt: 1,
  force: 1,
  statistics: 1,
  slow: SLOW_CONNECTIONS_MAX,
  // `MAX_IN_FLIGHT` guests at a time, the others wait: more would only share the network, and none would come to an end.
  migration: 1,
  meter: 1,
}

/** Lanes whose connections are there before they are needed: those of starts and pauses. Others are opened by their first call. */
const OPENED_AHEAD: readonly Lane[] = ['prompt', 'slow']

export class LibvirtPool {
  private readonly options: PoolOptions
  private readonly lanes: Record<Lane, Connection[]> = {
    quick: [],
    prompt: [],
    force: [],
    statistics: [],
    slow: [],
    migration: [],
    meter: [],
  }
  /** Connections being opened, by lane: those who wait share them. */
  private readonly opening = new Map<Lane, Promise<Connection>>()
  private readonly eventListeners = new Set<(event: WireEvent) => void>()
  private readonly stateListeners = new Set<(state: PoolState) => void>()
  private current: PoolState = { kind: 'down', reason: new ConnectionError('lost', 'not-done', 'not connected yet') }
  private retry: NodeJS.Timeout | undefined
  private backoffMs = BACKOFF_FIRST_MS

  constructor(options: PoolOptions) {
    this.options = options
  }

  get state(): PoolState {
    return this.current
  }

  /** Connects for the first time; returns the state it led to. When libvirtd is away, the pool keeps trying. */
  async start(): Promise<PoolState> {
    await this.connect()
    return this.current
  }

  /** As `Connection.call`, on the connection that suits the procedure, or on one of `lane`. */
  async call<N extends ProcedureName>(
    name: N,
    args: ArgsFor<N>,
    options: CallOptions & { readonly lane?: Lane } = {},
  ): Promise<ResultFor<N>> {
    const kind = procedures[name].kind
    const lane = options.lane ?? (kind === 'stream' ? 'slow' : kind)
    let connection = this.connectionFor(name, lane)
    while (connection === undefined) {
      await this.grow(lane)
      connection = this.connectionFor(name, lane)
    }
    // In the same turn as the choice (P5).
    return connection.call(name, args, options)
  }

  /** A stream on a connection of its own: a guest that does not read its console must not block the others. */
  async openStream<N extends ProcedureName>(
    name: N,
    args: ArgsFor<N>,
    options: CallOptions = {},
  ): Promise<{ result: ResultFor<N>; stream: LibvirtStream; close: () => void }> {
    this.refuseWhileDown(name)
    const connection = await this.open(null).catch((error: unknown) => {
      throw asNotDone(error)
    })
    const off = this.onState((state) => state.kind !== 'up' && connection.close())
    connection.onEnd(off)
    try {
      const opened = await connection.openStream(name, args, options)
      return { ...opened, close: () => connection.close() }
    } catch (error) {
      connection.close()
      throw error
    }
  }

  /** Returns what stops the listening. */
  onEvent(listener: (event: WireEvent) => void): () => void {
    this.eventListeners.add(listener)
    return () => this.eventListeners.delete(listener)
  }

  /** Told after each change (P3), not of the present state. Returns what stops the listening. */
  onState(listener: (state: PoolState) => void): () => void {
    this.stateListeners.add(listener)
    return () => this.stateListeners.delete(listener)
  }

  /** Ends everything; what is unanswered stays unknown. Harmless if repeated. */
  close(): void {
    if (this.current.kind === 'closed') return
    clearTimeout(this.retry)
    this.enter({ kind: 'closed' })
    this.closeAll()
  }

  private async connect(): Promise<void> {
    let connection: Connection | undefined
    try {
      connection = await this.open(this.options.keepalive ?? KEEPALIVE)
      connection.onEvent((event) => this.take(event))
      await this.register(connection)
    } catch (error) {
      connection?.close()
      this.lose(error instanceof Error ? error : new Error(String(error)))
      return
    }
    if (this.current.kind === 'closed') {
      connection.close()
      return
    }
    this.lanes.quick = [connection]
    this.backoffMs = BACKOFF_FIRST_MS
    this.enter({ kind: 'up' })
    connection.onEnd((reason) => this.lose(reason))
    for (const lane of OPENED_AHEAD) void this.openAhead(lane)
  }

  /** Asks for the events; one the hypervisor does not have is a capability it lacks, not a failure. */
  private async register(connection: Connection): Promise<void> {
    for (const name of this.options.events) {
      try {
        const args = { eventId: eventMessages[name].registerId, dom: null }
        await connection.call('connectDomainEventCallbackRegisterAny', args)
      } catch (error) {
        if (!(error instanceof LibvirtError)) throw error
      }
    }
  }

  private take(event: WireEvent): void {
    // libvirtd lives and has lost its hypervisor: only opening it again helps.
    if (event.name === 'connectionClosed') this.lanes.quick[0]?.close()
    for (const listener of this.eventListeners) listener(event)
  }

  private lose(reason: Error): void {
    if (this.current.kind === 'closed') return
    const wasUp = this.current.kind === 'up'
    this.current = { kind: 'down', reason }
    this.closeAll()
    this.retry = setTimeout(() => void this.connect(), this.backoffMs)
    this.backoffMs = Math.min(this.backoffMs * 2, BACKOFF_MAX_MS)
    if (wasUp) this.tell()
  }

  private enter(state: PoolState): void {
    this.current = state
    this.tell()
  }

  private tell(): void {
    for (const listener of [...this.stateListeners]) listener(this.current)
  }

  private closeAll(): void {
    for (const lane of Object.keys(this.lanes) as Lane[]) {
      for (const connection of this.lanes[lane].splice(0)) connection.close()
    }
    this.opening.clear()
  }

  /** The least busy connection of the lane; undefined while all are busy and the lane may grow. */
  private connectionFor(name: string, lane: Lane): Connection | undefined {
    this.refuseWhileDown(name)
    const alive = this.lanes[lane].filter((connection) => connection.endReason === undefined)
    this.lanes[lane] = alive
    const idlest = alive.reduce<Connection | undefined>(
      (a, b) => (a === undefined || b.load < a.load ? b : a),
      undefined,
    )
    const full = idlest === undefined || idlest.load >= MAX_IN_FLIGHT
    return full && alive.length < LANE_SIZE[lane] ? undefined : idlest
  }

  /** Opens all of a lane: in the middle of a launch a new connection takes libvirtd up to a second. */
  private async openAhead(lane: Lane): Promise<void> {
    try {
      while (this.current.kind === 'up' && this.lanes[lane].length < LANE_SIZE[lane]) await this.grow(lane)
    } catch {
      // Whoever needs it tries again, and is told why it cannot be had.
    }
  }

  private grow(lane: Lane): Promise<Connection> {
    const already = this.opening.get(lane)
    if (already !== undefined) return already
    const opening = this.open(this.options.keepalive ?? KEEPALIVE)
      .then((connection) => {
        // libvirtd may have gone, and even come back, while this one was being opened.
        if (this.opening.get(lane) !== opening) connection.close()
        else this.lanes[lane].push(connection)
        return connection
      })
      .catch((error: unknown) => {
        throw asNotDone(error)
      })
      .finally(() => {
        if (this.opening.get(lane) === opening) this.opening.delete(lane)
      })
    this.opening.set(lane, opening)
    return opening
  }

  private open(keepalive: KeepaliveOptions | null): Promise<Connection> {
    const { socketPath, uri, openTimeoutMs, trace } = this.options
    return openConnection({
      socketPath,
      uri,
      keepalive,
      ...(openTimeoutMs === undefined ? {} : { timeoutMs: openTimeoutMs }),
      ...(trace === undefined ? {} : { trace }),
    })
  }

  private refuseWhileDown(name: string): void {
    if (this.current.kind === 'up') return
    if (this.current.kind === 'closed') throw new ConnectionError('closed', 'not-done', `${name}: the pool is closed`)
    const { reason } = this.current
    const problem = reason instanceof ConnectionError ? reason.problem : 'lost'
    throw new ConnectionError(problem, 'not-done', `${name}: ${reason.message}`, reason)
  }
}

/** Opening a connection failed: the call it was meant for was never sent. */
function asNotDone(error: unknown): unknown {
  if (!(error instanceof ConnectionError)) return error
  return new ConnectionError(error.problem, 'not-done', error.message, error)
}
