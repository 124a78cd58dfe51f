import { type Decision, decide } from '../core/decide.ts'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import { faultData } from '../model/fault.ts'
import type { Instant } from '../model/ids.ts'
import { LeaderState } from './leader-state.ts'
import type { LeaderPorts } from './ports.ts'

export interface Leader {
  /** What the leader knows now. */
  snapshot(): ClusterSnapshot
  /** Called soon after anything in the snapshot changed. */
  subscribe(listener: () => void): () => void
  stop(): Promise<void>
}

/** A store that refuses or does not answer is tried again so often. */
const retryMs = 500

/** A round though nothing was told: what was missed is found. */
const roundAtLeastEachMs = 30_000

/** The leader's loop: gather, decide, write. All judgement is in `core`; this only keeps it fed and its decisions durable. */
export function startLeader(ports: LeaderPorts): Leader {
  const loop = new LeaderLoop(ports)
  loop.start()
  return {
    snapshot: () => loop.snapshot(),
    subscribe: (listener) => loop.subscribe(listener),
    stop: () => loop.stop(),
  }
}

class LeaderLoop {
  readonly #ports: LeaderPorts
  readonly #state: LeaderState
  readonly #listeners = new Set<() => void>()
  #running = false
  #pending = false
  #stopped = false
  #notified = false
  #cancelTimer: (() => void) | null = null
  #unsubscribe: (() => void) | null = null

  constructor(ports: LeaderPorts) {
    this.#ports = ports
    this.#state = new LeaderState(ports, () => this.#trigger())
  }

  start(): void {
    this.#unsubscribe = this.#ports.observations.subscribe(() => {
      this.#state.observe()
      this.#trigger()
    })
    this.#state.observe()
    this.#trigger()
  }

  snapshot(): ClusterSnapshot {
    return this.#state.snapshot()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#unsubscribe?.()
    this.#cancelTimer?.()
    this.#state.stop()
    this.#listeners.clear()
  }

  /** However many reasons there are while a round runs, one more follows. */
  #trigger(): void {
    this.#notifySoon()
    this.#pending = true
    if (this.#running || this.#stopped) return
    this.#running = true
    void this.#rounds().finally(() => {
      this.#running = false
    })
  }

  async #rounds(): Promise<void> {
    while (this.#pending && !this.#stopped) {
      this.#pending = false
      try {
        await this.#round()
      } catch (error) {
        this.#ports.log.warn('a round could not be finished', { fault: faultData(error).code })
        this.#state.forget()
        this.#wakeIn(retryMs)
        return
      }
    }
  }

  async #round(): Promise<void> {
    if (!this.#state.loaded) await this.#state.load()
    if (this.#stopped) return
    const cluster = this.#state.cluster
    if (cluster === null) return this.#wakeAt(null)
    const decision = decide(cluster, this.#state.snapshot())
    if (!hasWork(decision)) return this.#wakeAt(decision.nextAt)
    const written = await this.#state.write(decision)
    if (this.#stopped) return
    this.#pending = true
    if (!written) return
    this.#notifySoon()
    this.#ports.history.append(decision.events).catch((error: unknown) => {
      this.#ports.log.error('history could not be written', { fault: faultData(error).code })
    })
  }

  #wakeAt(at: Instant | null): void {
    const now = this.#ports.clock.now()
    this.#wakeIn(Math.min(roundAtLeastEachMs, at === null ? roundAtLeastEachMs : Math.max(0, at - now)))
  }

  #wakeIn(delayMs: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#ports.clock.after(delayMs, () => this.#trigger())
  }

  #notifySoon(): void {
    if (this.#notified || this.#listeners.size === 0) return
    this.#notified = true
    queueMicrotask(() => {
      this.#notified = false
      for (const listener of this.#listeners) listener()
    })
  }
}

function hasWork(decision: Decision): boolean {
  return decision.records.length > 0 || decision.forgotten.length > 0 || decision.hosts.length > 0
}
