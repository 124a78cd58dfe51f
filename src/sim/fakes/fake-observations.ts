import type { HostObservation } from '../../model/observation.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Observations } from '../../ports/observations.ts'
import { type FakeHooks, FakeWire } from './fake-wire.ts'

export interface ObservationOperation {
  readonly kind: 'publish'
  readonly observation: HostObservation
}

/** The pretend way of observations between daemons. One daemon's own arrive at once; those of others after half the latency. */
export class FakeObservations {
  readonly #clock: Pick<Clock, 'after'>
  readonly #connections = new Set<FakeObservationsConnection>()

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock
  }

  /** `fail` loses a publication, for everybody. */
  connect(hooks: FakeHooks<ObservationOperation> = {}): FakeObservationsConnection {
    const connection = new FakeObservationsConnection(this.#clock, hooks, (observation) => {
      for (const other of this.#connections) if (other !== connection) other.receive(observation)
    })
    this.#connections.add(connection)
    return connection
  }

  /** The host is no longer heard of, by anyone. */
  forget(host: string): void {
    for (const connection of this.#connections) connection.forget(host)
  }
}

/** What one daemon has heard. It begins empty: observations are not durable. */
export class FakeObservationsConnection implements Observations {
  readonly #clock: Pick<Clock, 'after'>
  readonly #hooks: FakeHooks<ObservationOperation>
  readonly #wire: FakeWire<ObservationOperation>
  readonly #send: (observation: HostObservation) => void
  readonly #newest = new Map<string, HostObservation>()
  readonly #listeners = new Set<() => void>()
  #scheduled = false
  #killed = false

  constructor(
    clock: Pick<Clock, 'after'>,
    hooks: FakeHooks<ObservationOperation>,
    send: (observation: HostObservation) => void,
  ) {
    this.#clock = clock
    this.#hooks = hooks
    this.#wire = new FakeWire(clock, hooks, 'observations')
    this.#send = send
  }

  publish(observation: HostObservation): void {
    const operation: ObservationOperation = { kind: 'publish', observation }
    if (this.#killed || (this.#hooks.fail?.(operation) ?? null) !== null) return
    this.receive(observation)
    this.#wire.tell(operation, () => this.#send(observation))
  }

  current(): ReadonlyMap<string, HostObservation> {
    return new Map(this.#newest)
  }

  subscribe(listener: () => void): () => void {
    const subscription = (): void => listener()
    this.#listeners.add(subscription)
    return () => this.#listeners.delete(subscription)
  }

  /** The daemon dies: it hears and says nothing more. */
  kill(): void {
    this.#killed = true
    this.#listeners.clear()
    this.#wire.kill()
  }

  receive(observation: HostObservation): void {
    if (this.#killed) return
    this.#newest.set(observation.host, observation)
    this.#notify()
  }

  forget(host: string): void {
    if (this.#newest.delete(host)) this.#notify()
  }

  #notify(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#clock.after(0, () => {
      this.#scheduled = false
      for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener()
    })
  }
}
