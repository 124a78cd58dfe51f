import { type Decision, decide } from '../core/decide.ts'
import { leads, shallCampaign } from '../core/election.ts'
import { hostViews } from '../core/hosts.ts'
import { defaultLeaseMs, type LeaseTimes, leaseTimes } from '../core/lease-times.ts'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import { schemaToWrite } from '../core/store-schema.ts'
import { faultData } from '../model/fault.ts'
import type { Instant } from '../model/ids.ts'
import type { LeaderRecord } from '../model/member.ts'
import type { Membership } from '../ports/membership.ts'
import { type Revision, storeKeys } from '../ports/store.ts'
import { Hooks } from './hooks.ts'
import { LeaderState } from './leader-state.ts'
import type { ClusterPorts, LeaderPorts } from './ports.ts'
import { Promises } from './promises.ts'
import { Proofs } from './proofs.ts'
import { Punctuality } from './punctuality.ts'
import { Silences } from './silences.ts'

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
  readonly #proofs: Proofs | null
  readonly #hooks: Hooks | null
  readonly #silences: Silences
  readonly #promises: Promises
  readonly #punctuality = new Punctuality()
  readonly #listeners = new Set<() => void>()
  #running = false
  #pending = false
  #stopped = false
  #notified = false
  #cancelTimer: (() => void) | null = null
  #unsubscribe: (() => void) | null = null
  #cancelTick: (() => void) | null = null
  /** The revision of the term that this process leads by; null: it follows. */
  #office: Revision | null = null
  /** How all hosts stood when the last round began. */
  #standings = ''

  constructor(ports: LeaderPorts) {
    this.#ports = ports
    this.#state = new LeaderState(ports, () => this.#trigger())
    this.#promises = new Promises(ports)
    this.#silences = new Silences(ports.host, ports.log)
    this.#proofs = ports.cluster == null ? null : new Proofs(ports, ports.cluster, this.#state, () => this.#trigger())
    this.#hooks = ports.cluster == null ? null : new Hooks(ports, ports.cluster, this.#state)
  }

  start(): void {
    this.#unsubscribe = this.#ports.observations.subscribe(() => {
      this.#state.observe()
      this.#trigger()
    })
    if (this.#ports.cluster != null) this.#follow(this.#ports.cluster)
    this.#state.observe()
    this.#trigger()
  }

  /** Several hosts: time and the other members' records may change what is to be done, though nobody says a word. */
  #follow({ membership }: ClusterPorts): void {
    const stop = this.#unsubscribe
    const unsubscribe = membership.subscribe(() => this.#look())
    this.#unsubscribe = () => {
      stop?.()
      unsubscribe()
    }
    const tick = (): void => {
      this.#look()
      this.#cancelTick = this.#ports.clock.after(this.#times().askEachMs, tick)
    }
    tick()
  }

  #times(): LeaseTimes {
    return leaseTimes(this.#state.cluster?.spec.settings.leaseMs ?? defaultLeaseMs)
  }

  /** A round only where some host stands otherwise than before, or there is an office to take. */
  #look(): void {
    if (this.#stopped) return
    this.#state.observe()
    const standings = this.#describeHosts()
    if (standings !== this.#standings || this.#office === null || !this.#state.loaded) this.#trigger()
    const onTime = this.#punctuality.onTime(this.#ports.clock.now(), this.#times().askEachMs)
    if (this.#office === null) return
    if (this.#state.loaded) this.#hooks?.step()
    if (!onTime) return
    const { members } = this.#state.snapshot()
    if (members != null) this.#silences.look(members, this.#times())
    this.#proofs?.step()
  }

  #describeHosts(): string {
    const spec = this.#state.cluster?.spec
    if (spec === undefined) return ''
    const hosts = hostViews(spec, this.#state.snapshot())
    return [...(hosts ?? [])]
      .map(([id, host]) => `${id} ${host.standing} ${host.leaving} ${host.frozen} ${host.accepts} ${host.lacks}`)
      .join('\n')
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
    this.#cancelTick?.()
    this.#proofs?.stop()
    this.#hooks?.stop()
    this.#state.stop()
    this.#listeners.clear()
    await this.#resign()
  }

  /** Others need not wait for its silence. */
  async #resign(): Promise<void> {
    if (this.#office === null) return
    const when = [{ key: storeKeys.leader, revision: this.#office }]
    await this.#ports.store.transact({ when, put: [], remove: [storeKeys.leader] }).catch(() => {})
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
    const made = this.#state.takeMade()
    if (made !== null) this.#remember(made)
    if (this.#ports.cluster != null && !(await this.#inOffice(this.#ports.cluster))) return this.#notifySoon()
    const cluster = this.#state.cluster
    if (cluster === null) return this.#wakeAt(null)
    this.#promises.look(cluster.spec, this.#ports.clock.now())
    this.#standings = this.#describeHosts()
    const decision = decide(cluster, this.#state.snapshot())
    if (!hasWork(decision)) return this.#wakeAt(decision.nextAt)
    const written = await this.#state.write(decision)
    if (this.#stopped) return
    this.#pending = true
    if (!written) return
    this.#notifySoon()
    this.#remember(decision)
  }

  #remember({ events }: Decision): void {
    this.#ports.history.append(events).catch((error: unknown) => {
      this.#ports.log.error('history could not be written', { fault: faultData(error).code })
    })
  }

  /** True: this process leads. One write at most, and that one is for the office. */
  async #inOffice({ life, membership }: ClusterPorts): Promise<boolean> {
    const { host, clock, store } = this.#ports
    const term = this.#state.term
    const view = {
      me: { host, life },
      leader: term,
      sights: membership.members(),
      renewingSince: membership.renewingSince(),
      now: clock.now(),
    }
    if (leads(view)) {
      if (this.#office !== term!.revision) this.#takeOffice(term!.revision, membership)
      await this.#keepSchema(term!.revision, membership)
      return true
    }
    if (this.#office !== null) {
      this.#silences.forget()
      this.#promises.forget()
    }
    this.#office = null
    // Whoever follows it must not begin by not having listened to it.
    membership.listen(term === null ? [] : [term.host])
    if (!membership.loaded || !shallCampaign(view, this.#times())) return false
    const record: LeaderRecord = { host, life, term: (term?.term ?? 0) + 1 }
    await store.transact({
      when: [{ key: storeKeys.leader, revision: term?.revision ?? 0 }],
      put: [{ key: storeKeys.leader, value: JSON.stringify(record) }],
      remove: [],
    })
    // Won or lost, the watch tells who leads.
    return false
  }

  /** Another's term, or a raise by another, makes it a write of nothing. */
  async #keepSchema(office: Revision, membership: Membership): Promise<void> {
    const schema = schemaToWrite(this.#state.schema, membership.members())
    if (schema === null) return
    await this.#ports.store.transact({
      when: [
        { key: storeKeys.leader, revision: office },
        { key: storeKeys.schema, revision: this.#state.revisionOf(storeKeys.schema) },
      ],
      put: [{ key: storeKeys.schema, value: JSON.stringify(schema) }],
      remove: [],
    })
  }

  #takeOffice(revision: Revision, membership: Membership): void {
    this.#office = revision
    this.#state.takeOffice()
    membership.listen('all')
    this.#ports.log.info('this host leads')
    const { clock, host, history } = this.#ports
    const event = { actor: 'leader', word: 'leading', guest: null, service: null, because: null, fault: null } as const
    history.append([{ ...event, at: clock.wall(), host, note: null }]).catch(() => {})
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
  const { records, forgotten, hosts, restoredOver } = decision
  return records.length > 0 || forgotten.length > 0 || hosts.length > 0 || restoredOver
}
