import type { Agent } from '../agent/agent.ts'
import { startAgent } from '../agent/agent.ts'
import { MemberLease } from '../agent/membership.ts'
import { StoreObservations } from '../agent/store-observations.ts'
import type { Leader } from '../control/leader.ts'
import { startLeader } from '../control/leader.ts'
import type { AgentLife, HostId } from '../model/ids.ts'
import type { AddressFinder } from '../ports/address-finder.ts'
import type { ArmingMemory } from '../ports/arming-memory.ts'
import type { Fencer } from '../ports/fencer.ts'
import type { History } from '../ports/history.ts'
import type { Hook } from '../ports/hook.ts'
import type { Hypervisor } from '../ports/hypervisor.ts'
import { silentLog } from '../ports/log.ts'
import type { MachineMaker } from '../ports/machine-maker.ts'
import type { Meter } from '../ports/meter.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Observations } from '../ports/observations.ts'
import type { Peers } from '../ports/peers.ts'
import type { Prober } from '../ports/prober.ts'
import type { Store } from '../ports/store.ts'
import type { Watchdog } from '../ports/watchdog.ts'
import type { DaemonClock } from './clock.ts'
import type { Gate } from './gate.ts'

/** The world as one daemon reaches it, before its gate is put in between. */
export interface DaemonWorld {
  readonly host: HostId
  readonly life: AgentLife
  readonly bootId: string
  readonly clock: DaemonClock
  readonly gate: Gate
  readonly store: Store
  readonly history: History
  readonly observations: Observations
  readonly hypervisor: Hypervisor
  readonly prober: Prober
  readonly addressFinder: AddressFinder
  readonly machineMaker: MachineMaker
  readonly measuring: { readonly meter: Meter; readonly metrics: Metrics }
  /** Several hosts. */
  readonly cluster: DaemonCluster | null
}

/** What one of several members has besides. */
export interface DaemonCluster {
  readonly peers: Peers
  readonly watchdog: Watchdog | null
  readonly arming: ArmingMemory
  readonly fencer: Fencer
  readonly hook: Hook
  readonly leaseMs: number
}

/** One life of a pretend vigiad: an agent, and a candidate for leader. With one host the candidate always leads. */
export class Daemon {
  readonly life: AgentLife
  readonly gate: Gate
  readonly leader: Leader
  readonly #agent: Agent
  readonly #lease: MemberLease | null
  readonly #told: StoreObservations | null

  constructor(world: DaemonWorld) {
    const { gate, host, life, bootId, clock } = world
    this.life = life
    this.gate = gate
    const store = gatedStore(world.store, gate)
    const history = gatedHistory(world.history, gate)
    const log = silentLog
    const { cluster } = world
    this.#told = cluster === null ? null : new StoreObservations({ store, clock, log, host })
    const observations = this.#told ?? gatedObservations(world.observations, gate)
    this.#lease =
      cluster === null
        ? null
        : new MemberLease(
            {
              ...{ host, life, bootId, clock, store, log },
              peers: cluster.peers,
              watchdog: cluster.watchdog === null ? null : gatedWatchdog(cluster.watchdog, gate),
              arming: gated(cluster.arming, gate, 'arming'),
            },
            cluster.leaseMs,
          )
    this.#lease?.start()
    this.#agent = startAgent({
      ...{ host, life, bootId, clock, log, store, observations, history },
      cluster: this.#lease === null ? null : { lease: this.#lease, ...migrations },
      hypervisor: gatedHypervisor(world.hypervisor, gate),
      prober: gatedProber(world.prober, gate),
      addressFinder: gated(world.addressFinder, gate, 'address'),
      machineMaker: gated(world.machineMaker, gate, 'machine'),
      measuring: gatedMeasuring(world.measuring, gate),
    })
    this.leader = startLeader({
      ...{ host, clock, store, observations, history, log },
      cluster:
        this.#lease === null
          ? null
          : {
              ...{ life, membership: this.#lease, fencer: gatedFencer(cluster!.fencer, gate) },
              hook: { run: (...call) => gate.call('hook.run', () => cluster!.hook.run(...call)) },
            },
    })
    if (this.#lease !== null) this.#configure(this.#lease)
  }

  /** As the file in force and the operators say, whoever leads. */
  #configure(lease: MemberLease): void {
    this.leader.subscribe(() => {
      const { cluster, members } = this.leader.snapshot()
      if (cluster !== null) lease.configure(cluster.settings.leaseMs, members?.armed !== false)
    })
  }

  get alive(): boolean {
    return !this.gate.dead
  }

  /** An orderly stop: it puts things down, then ends. */
  async stop(): Promise<void> {
    await Promise.all([this.leader.stop(), this.#agent.stop()])
    this.#lease?.stop()
    this.#told?.stop()
    this.gate.kill()
  }

  /** As its host goes down: with nothing of ours running there it leaves on purpose. */
  async leave(): Promise<void> {
    const empty = await this.#agent.leave()
    await this.leader.stop()
    if (empty) await this.#lease?.leave().catch(() => {})
    this.#lease?.stop()
    this.#told?.stop()
    this.gate.kill()
  }
}

const migrations = {
  migrationTarget: (host: HostId) => ({ host, uri: `test://${host}/`, dataUri: null }),
  migrationOptions: () => ({
    ...{ bandwidthMib: null, tls: false, timeLimitMs: null },
    onTimeLimit: 'cancel' as const,
  }),
}

function gatedMeasuring({ meter, metrics }: DaemonWorld['measuring'], gate: Gate): DaemonWorld['measuring'] {
  return {
    meter: gated(meter, gate, 'meter'),
    metrics: {
      record: (at, samples) => gate.tell('metrics.record', () => metrics.record(at, samples), undefined),
      read: (...asked) => gate.call('metrics.read', () => metrics.read(...asked)),
      close: () => gate.call('metrics.close', () => metrics.close()),
    },
  }
}

function gatedWatchdog(watchdog: Watchdog, gate: Gate): Watchdog {
  return {
    arm: (timeoutMs) => gate.call('watchdog.arm', () => watchdog.arm(timeoutMs)),
    inherit: () => gate.call('watchdog.inherit', () => watchdog.inherit()),
    allow: (until) => gate.tell('watchdog.allow', () => watchdog.allow(until), undefined),
    disarm: () => gate.call('watchdog.disarm', () => watchdog.disarm()),
    state: () => gate.call('watchdog.state', () => watchdog.state()),
    close: () => gate.call('watchdog.close', () => watchdog.close()),
  }
}

function gatedFencer(fencer: Fencer, gate: Gate): Fencer {
  return {
    devices: (host) => fencer.devices(host),
    off: (host, device) => gate.call('fencer.off', () => fencer.off(host, device)),
    on: (host, device) => gate.call('fencer.on', () => fencer.on(host, device)),
    read: (host, device) => gate.call('fencer.read', () => fencer.read(host, device)),
    check: (host, device) => gate.call('fencer.check', () => fencer.check(host, device)),
  }
}

/** A port whose methods all answer with a promise, seen through a gate. */
function gated<Port extends object>(port: Port, gate: Gate, name: string): Port {
  return new Proxy(port, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key)
      if (typeof method !== 'function') return method
      const label = `${name}.${String(key)}`
      return (...given: unknown[]) => gate.call(label, () => Reflect.apply(method, target, given) as Promise<unknown>)
    },
  })
}

function gatedStore(store: Store, gate: Gate): Store {
  return {
    read: (prefix) => gate.call('store.read', () => store.read(prefix)),
    transact: (transaction) => gate.call('store.transact', () => store.transact(transaction)),
    watch: (prefix, from, listener) =>
      gate.tell(
        'store.watch',
        () =>
          store.watch(prefix, from, {
            changes: (changes) => gate.deliver(() => listener.changes(changes)),
            gap: () => gate.deliver(() => listener.gap()),
          }),
        () => {},
      ),
    close: () => gate.call('store.close', () => store.close()),
  }
}

function gatedHistory(history: History, gate: Gate): History {
  return {
    append: (events) => gate.call('history.append', () => history.append(events)),
    query: (filter) => gate.call('history.query', () => history.query(filter)),
    own: (afterId, limit) => gate.call('history.own', () => history.own(afterId, limit)),
    copy: (origin, copies) => gate.call('history.copy', () => history.copy(origin, copies)),
    prune: (beforeMs, keepAtMost) => gate.call('history.prune', () => history.prune(beforeMs, keepAtMost)),
    subscribe: (listener) => history.subscribe((events) => gate.deliver(() => listener(events))),
    close: () => gate.call('history.close', () => history.close()),
  }
}

function gatedObservations(observations: Observations, gate: Gate): Observations {
  return {
    publish: (observation) => gate.tell('observations.publish', () => observations.publish(observation), undefined),
    current: () => observations.current(),
    subscribe: (listener) => observations.subscribe(() => gate.deliver(listener)),
  }
}

function gatedHypervisor(hypervisor: Hypervisor, gate: Gate): Hypervisor {
  const calls = gated(hypervisor, gate, 'hypervisor')
  const subscribe: Hypervisor['subscribe'] = (listener) =>
    hypervisor.subscribe((event) => gate.deliver(() => listener(event)))
  return new Proxy(calls, { get: (target, key) => (key === 'subscribe' ? subscribe : Reflect.get(target, key)) })
}

function gatedProber(prober: Prober, gate: Gate): Prober {
  return {
    ask: (target, timeoutMs) => gate.call('prober.ask', () => prober.ask(target, timeoutMs)),
    untilAnswered: (target, answered) =>
      gate.tell(
        'prober.untilAnswered',
        () => prober.untilAnswered(target, (at) => gate.deliver(() => answered(at))),
        () => {},
      ),
    close: () => gate.call('prober.close', () => prober.close()),
  }
}
