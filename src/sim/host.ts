import type { AgentLife, HostId } from '../model/ids.ts'
import { agentLife } from '../model/ids.ts'
import { DaemonClock } from './clock.ts'
import { Daemon } from './daemon.ts'
import type { Dice } from './dice.ts'
import { fakeAddressFinder } from './fakes/fake-address-finder.ts'
import { FakeArmingMemory } from './fakes/fake-arming-memory.ts'
import type { FakeFencer, PowerOutlet } from './fakes/fake-fencer.ts'
import { FakeHistory } from './fakes/fake-history.ts'
import type { FakeHook } from './fakes/fake-hook.ts'
import { FakeHypervisor } from './fakes/fake-hypervisor.ts'
import type { MachineMakerTroubles } from './fakes/fake-machine-maker.ts'
import { fakeMachineMaker } from './fakes/fake-machine-maker.ts'
import { FakeMeter } from './fakes/fake-meter.ts'
import { FakeMetrics } from './fakes/fake-metrics.ts'
import type { MigrationPeer } from './fakes/fake-migrations.ts'
import type { FakeObservations } from './fakes/fake-observations.ts'
import type { FakePeerNetwork } from './fakes/fake-peers.ts'
import { FakeProber } from './fakes/fake-prober.ts'
import type { FakeStore, FakeStoreConnection } from './fakes/fake-store.ts'
import { FakeWatchdog } from './fakes/fake-watchdog.ts'
import type { CallVerdict } from './gate.ts'
import { Gate } from './gate.ts'
import type { Links } from './links.ts'
import type { MachineSpec } from './machine.ts'
import { MachineRoom } from './machine-room.ts'
import type { Network } from './network.ts'
import type { ScenarioHost } from './scenario/scenario.ts'
import type { StoreTroubles } from './store-troubles.ts'
import { distantStoreHooks, historyHooks, storeHooks } from './store-troubles.ts'
import type { Timeline } from './timeline.ts'
import { worldClock } from './world-clock.ts'
import type { WorldTimes } from './world-times.ts'

/** What a host shares with the rest of its world. */
export interface HostSurroundings {
  readonly timeline: Timeline
  readonly dice: Dice
  readonly store: FakeStore
  readonly storeTroubles: StoreTroubles
  readonly observations: FakeObservations
  readonly network: Network
  readonly times: WorldTimes
  /** What a transient domain of this name becomes. */
  readonly machineFor: (host: HostId, name: string) => MachineSpec | null
  readonly onCall: (host: HostId, label: string, place: number) => CallVerdict
  readonly onThrow: (host: HostId, error: unknown) => void
  /** Null: it is alone in its world. */
  readonly cluster: ClusterSurroundings | null
}

export interface ClusterSurroundings {
  readonly links: Links
  readonly peers: FakePeerNetwork
  readonly fencer: FakeFencer
  readonly hook: FakeHook
  readonly leaseMs: number
  readonly migrationMs: number
  readonly hostNamed: (id: HostId) => Host | null
  /** Its power was taken while it was on. */
  readonly fenced: (host: HostId, by: 'watchdog' | 'device') => void
}

/** A pretend host: its power, its hypervisor, and the daemon's lives on it. */
export class Host {
  readonly spec: ScenarioHost
  readonly room: MachineRoom
  readonly hypervisor: FakeHypervisor
  readonly prober: FakeProber
  readonly history: FakeHistory
  readonly meter: FakeMeter
  readonly metrics = new FakeMetrics()
  readonly makerTroubles: MachineMakerTroubles = { diskFull: false }
  /** What its wall clock is wrong by. */
  wallOffsetMs = 0
  daemon: Daemon | null = null
  /** Null: it is alone, or has none. */
  readonly watchdog: FakeWatchdog | null
  readonly #arming: FakeArmingMemory
  #powered = false
  /** When it last lost its power; null: never, or it is on. */
  powerLostAtMs: number | null = null
  #leaving = false
  #boots = 0
  #lives = 0
  readonly #around: HostSurroundings
  readonly #dice: Dice
  #cancelStart: () => void = () => {}
  #storeConnection: FakeStoreConnection | null = null
  /** Of the newest daemon. */
  #death: Promise<void> = Promise.resolve()

  constructor(spec: ScenarioHost, around: HostSurroundings) {
    const { timeline, dice } = around
    this.spec = spec
    this.#around = around
    this.#dice = dice.fork()
    this.room = new MachineRoom(spec.id, timeline)
    this.room.onAnswer(() => around.network.changed())
    this.hypervisor = new FakeHypervisor({
      timeline,
      dice: dice.fork(),
      room: this.room,
      node: { kind: 'test', libraryVersion: '0', hostname: spec.id, memoryMib: spec.memoryMib, cpus: spec.cpus },
      machineFor: (name) => around.machineFor(spec.id, name),
      ...(around.cluster !== null && {
        peer: (id) => this.#migrationPeer(id, around.cluster!),
        migrationMs: around.cluster.migrationMs,
      }),
    })
    this.watchdog =
      around.cluster !== null && spec.watchdog
        ? new FakeWatchdog(timeline, { kind: 'hardware', fired: () => this.fence('watchdog') })
        : null
    if (around.cluster !== null && spec.fence === 'device') {
      const outlet: PowerOutlet = { powered: false, powerOn: () => this.powerOn(), fence: () => this.fence('device') }
      Object.defineProperty(outlet, 'powered', { get: () => this.#powered })
      around.cluster.fencer.add(spec.id, outlet)
    }
    this.#arming = new FakeArmingMemory(timeline, this.makerTroubles)
    this.prober = new FakeProber(timeline, dice.fork(), around.network)
    const lost = (): boolean => this.hypervisor.troubles.lost
    this.meter = new FakeMeter({ timeline, lost, room: this.room, node: this.hypervisor.node })
    this.history = new FakeHistory(worldClock(timeline))
  }

  get id(): HostId {
    return this.spec.id
  }

  /** Of the present boot, or the last. */
  get bootId(): string {
    return `${this.id}.boot${this.#boots}`
  }

  get powered(): boolean {
    return this.#powered
  }

  get life(): AgentLife | null {
    return this.daemon?.alive ? this.daemon.life : null
  }

  powerOn(): void {
    if (this.#powered) return
    this.#powered = true
    this.powerLostAtMs = null
    this.#leaving = false
    this.#boots += 1
    this.hypervisor.comeBack()
    this.#startDaemonIn(this.#around.times.agentStartMs)
  }

  /** Its power is taken while it is on. */
  fence(by: 'watchdog' | 'device'): void {
    if (!this.#powered) return
    this.#around.cluster?.fenced(this.id, by)
    this.powerOff()
  }

  /** Another host as one of its guests is moved there. */
  #migrationPeer(id: HostId, { hostNamed, links }: ClusterSurroundings): MigrationPeer | null {
    const other = hostNamed(id)
    if (other === null) return null
    return {
      room: other.room,
      node: other.hypervisor.node,
      reached: () => links.passes(this.id, id) && links.passes(id, this.id) && !other.hypervisor.troubles.lost,
      boot: () => other.bootId,
      machineFor: (name) => this.#around.machineFor(id, name),
    }
  }

  powerOff(): void {
    if (!this.#powered) return
    this.#powered = false
    this.powerLostAtMs = this.#around.timeline.nowMs
    this.watchdog?.powerCut()
    this.#cancelStart()
    this.daemon?.gate.kill()
    this.daemon = null
    this.hypervisor.powerCut()
    this.room.powerCut()
    this.#around.observations.forget(this.id)
  }

  /** As by SIGKILL. Its successor comes by itself. */
  killDaemon(): void {
    this.daemon?.gate.kill()
  }

  async restartDaemon(): Promise<void> {
    await this.daemon?.stop()
  }

  /** As a person stops the service: no successor comes before it is started again. The watchdog, if there is one, stays as it is. */
  async stopDaemon(): Promise<void> {
    this.#leaving = true
    this.#cancelStart()
    await this.daemon?.stop()
  }

  startDaemon(): void {
    if (!this.#powered) return
    this.#leaving = false
    this.#startDaemonIn(this.#around.times.agentStartMs)
  }

  /** The daemon ends with the host: no successor comes before the next boot. */
  async leave(): Promise<void> {
    this.#leaving = true
    this.#cancelStart()
    const { daemon } = this
    if (daemon === null || !daemon.alive) return
    // Killed at it, it is as gone as if it had ended by itself.
    await Promise.race([this.#around.cluster === null ? daemon.stop() : daemon.leave(), this.#death])
  }

  /** The store could not tell everything: its watchers must read again. */
  loseWatches(): void {
    this.#storeConnection?.loseWatches()
  }

  /** Its daemon runs, and is not frozen. */
  get isAwake(): boolean {
    return this.life !== null && this.daemon?.gate.open === true
  }

  freeze(): void {
    this.daemon?.gate.freeze()
  }

  thaw(): void {
    this.daemon?.gate.thaw()
  }

  #startDaemonIn(delayMs: number): void {
    this.#cancelStart()
    this.#cancelStart = this.#around.timeline.after(delayMs, () => this.#startDaemon())
  }

  #startDaemon(): void {
    const { timeline, store, storeTroubles, observations } = this.#around
    this.#lives += 1
    const life = agentLife(`${this.id}.${this.#boots}.${this.#lives}`)
    const dice = this.#dice
    const { cluster } = this.#around
    const storeConnection =
      cluster === null
        ? store.connect(storeHooks(storeTroubles, dice))
        : store.connect(
            distantStoreHooks(storeTroubles, dice, {
              reached: () => cluster.links.reachesStore(this.id),
              dropChance: () => cluster.links.dropChance,
            }),
            () => !cluster.links.reachesStore(this.id),
          )
    this.#storeConnection = storeConnection
    const historyConnection = this.history.connect(historyHooks(storeTroubles, dice))
    const heard = observations.connect()
    let died = () => {}
    this.#death = new Promise((resolve) => {
      died = resolve
    })
    const gate = new Gate((run) => void timeline.after(0, run), {
      onCall: (label, place) => this.#around.onCall(this.id, label, place),
      onThrow: (error) => this.#around.onThrow(this.id, error),
      onDeath: () => {
        for (const connection of [storeConnection, historyConnection, heard]) connection.kill()
        void prober.close()
        void peers?.close()
        died()
        if (this.#powered && !this.#leaving) this.#startDaemonIn(this.#around.times.daemonRestartMs)
      },
    })
    const clock = new DaemonClock(timeline, gate, () => this.wallOffsetMs)
    const prober = this.prober.port(() => clock.now())
    const peers = cluster?.peers.connect(this.id, life, gate) ?? null
    this.daemon = new Daemon({
      host: this.id,
      life,
      bootId: this.bootId,
      clock,
      gate,
      store: storeConnection,
      history: historyConnection,
      observations: heard,
      hypervisor: this.hypervisor.port(life),
      prober,
      addressFinder: fakeAddressFinder(timeline, this.room),
      machineMaker: fakeMachineMaker(timeline, this.makerTroubles),
      measuring: { meter: this.meter.port(), metrics: this.metrics },
      cluster:
        cluster === null
          ? null
          : {
              peers: peers!,
              watchdog: this.watchdog?.port(() => clock.now()) ?? null,
              arming: this.#arming,
              fencer: cluster.fencer.port(this.id),
              hook: cluster.hook,
              leaseMs: cluster.leaseMs,
            },
    })
  }
}
