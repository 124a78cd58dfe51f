import type { CompiledCluster } from '../core/graph.ts'
import type { EventWord } from '../model/event.ts'
import { faultData } from '../model/fault.ts'
import { type GuestId, hostId, type Instant, serviceKey } from '../model/ids.ts'
import type { NewestFigures } from '../model/metric.ts'
import type { HostObservation } from '../model/observation.ts'
import type { DomainEvent, DomainObservation, HypervisorNode } from '../ports/hypervisor.ts'
import type { Revision } from '../ports/store.ts'
import { AgentOrders } from './agent-orders.ts'
import { Autostart } from './autostart.ts'
import { ExternalServices } from './external-services.ts'
import { GuestKeeper } from './guest-keeper.ts'
import type { EventDetails } from './keeper-hooks.ts'
import { MemoryWatch } from './memory-watch.ts'
import type { AgentPorts } from './ports.ts'
import { Sampler } from './sampler.ts'

export interface Agent {
  /** Stops looking and obeying; guests stay as they are. */
  stop(): Promise<void>
  /** The host goes down: stops, then looks once more. True: nothing of ours runs here for certain. */
  leave(): Promise<boolean>
  /** The newest figures of this host; null: none yet, or nothing is measured. */
  newestFigures(): NewestFigures | null
}

/** A full look so often although nothing was told: an event may have been lost. */
const lookAgainMs = 10_000

/** Libvirt's autostart of a guest newly ours is settled so much later: launching goes first. */
const settleAfterMs = 1_000

/** A hypervisor that does not answer is asked again so often. */
const retryMs = 1_000

/** The host's loop: looks, probes, obeys. Decides nothing: what to do comes from the leader, how from `core/obey`. */
export function startAgent(ports: AgentPorts): Agent {
  const loop = new AgentLoop(ports)
  loop.start()
  return { stop: () => loop.stop(), leave: () => loop.leave(), newestFigures: () => loop.newestFigures }
}

class AgentLoop {
  readonly #ports: AgentPorts
  readonly #orders: AgentOrders
  readonly #externals: ExternalServices
  readonly #autostart: Autostart
  readonly #sampler: Sampler | null
  readonly #memory: MemoryWatch
  readonly #keepers = new Map<GuestId, GuestKeeper>()
  #node: HypervisorNode | null = null
  #hypervisorUp = false
  #otherGuestsMib = 0
  /** Guests with a domain of their own that were ours at the last count. */
  #adopted = 0
  #looking = false
  #lookPending = false
  #lookedOnce = false
  #toldLooked = false
  #fileRevision: Revision = 0
  readonly #looks = new Map<GuestId, number>()
  #publishPending = false
  #stopped = false
  #cancelTimer: (() => void) | null = null
  #unsubscribe: (() => void) | null = null

  constructor(ports: AgentPorts) {
    this.#ports = ports
    this.#externals = new ExternalServices(ports, () => this.#publishSoon())
    this.#autostart = new Autostart(ports.hypervisor, (word, guest, details) => this.#tell(word, guest, details))
    const { host, clock, measuring } = ports
    const guests = (): ReadonlyMap<string, GuestId> =>
      new Map([...this.#keepers].map(([guest, keeper]) => [keeper.domainName, guest]))
    this.#sampler = measuring == null ? null : new Sampler({ host, clock, ...measuring, guests })
    this.#memory = new MemoryWatch({ clock, hypervisor: ports.hypervisor, guests: () => this.#keepers.values() })
    this.#orders = new AgentOrders(ports, {
      cluster: (cluster, revision) => this.#respecify(cluster, revision),
      assignments: () => this.#assign(),
    })
  }

  start(): void {
    this.#unsubscribe = this.#ports.hypervisor.subscribe((event) => this.#happened(event))
    this.#orders.start()
    this.#look()
    this.#sampler?.start()
  }

  get newestFigures(): NewestFigures | null {
    return this.#sampler?.newest ?? null
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#unsubscribe?.()
    this.#cancelTimer?.()
    this.#sampler?.stop()
    this.#memory.stop()
    this.#orders.stop()
    this.#externals.stop()
    for (const keeper of this.#keepers.values()) keeper.dismiss()
  }

  /** S2 (e): the look comes after the last deed, and one under way counts as a guest that runs. */
  async leave(): Promise<boolean> {
    const keepers = [...this.#keepers.values()]
    const busy = keepers.some((keeper) => keeper.busy)
    await this.stop()
    if (busy || !this.#orders.loaded || this.#orders.expectsGuests) return false
    const ours = new Set(keepers.map((keeper) => keeper.domainName))
    try {
      const domains = await this.#ports.hypervisor.list()
      return !domains.some((domain) => ours.has(domain.name) && domain.run !== 'stopped')
    } catch {
      return false
    }
  }

  #respecify(cluster: CompiledCluster | null, revision: Revision): void {
    if (this.#stopped) return
    this.#fileRevision = revision
    for (const [guest, keeper] of this.#keepers) {
      if (cluster?.byId.has(guest)) continue
      keeper.dismiss()
      this.#keepers.delete(guest)
    }
    for (const compiled of cluster?.order ?? []) {
      const keeper = this.#keepers.get(compiled.id)
      if (keeper) keeper.respecify(compiled)
      else this.#keepers.set(compiled.id, this.#keeperFor(compiled))
    }
    this.#externals.respecify(cluster)
    this.#lookedOnce = false
    this.#assign()
    this.#look()
  }

  #keeperFor(compiled: CompiledCluster['order'][number]): GuestKeeper {
    return new GuestKeeper(compiled, this.#ports, {
      changed: () => this.#publishSoon(),
      tell: (word, guest, details) => this.#tell(word, guest, details),
      probed: (guest, service, outcome) => this.#sampler?.probed(guest, service, outcome),
      lost: () => this.#hypervisorLost(),
      owners: () => (this.#ports.cluster == null ? null : this.#orders.ownersOf(compiled.id)),
      confirmedOwners: () => this.#orders.confirmedOwners(compiled.id),
    })
  }

  #assign(): void {
    if (this.#stopped) return
    for (const [guest, keeper] of this.#keepers) {
      keeper.assign(this.#orders.assignmentOf(guest), this.#orders.acknowledged)
    }
    const adopted = [...this.#keepers.values()].filter((keeper) => keeper.adopted).length
    const asked = this.#orders.looksAskedFor()
    if (asked.some(([guest, serial]) => this.#looks.get(guest) !== serial)) this.#look()
    if (adopted > this.#adopted) this.#ports.clock.after(settleAfterMs, () => this.#settleAutostart())
    this.#adopted = adopted
  }

  #happened(event: DomainEvent): void {
    if (this.#stopped) return
    if (event.kind === 'lost') this.#hypervisorLost()
    else if (event.kind === 'back') this.#look()
    else {
      for (const keeper of this.#keepers.values()) {
        if (keeper.domainName === event.name) keeper.happened(event.change)
      }
    }
  }

  #hypervisorLost(): void {
    if (this.#stopped) return
    if (this.#hypervisorUp) this.#tell('hypervisor-lost', null, {})
    this.#hypervisorUp = false
    const now = this.#ports.clock.now()
    for (const keeper of this.#keepers.values()) keeper.seen(undefined, now)
    this.#publishSoon()
    this.#lookIn(retryMs)
  }

  #look(): void {
    if (this.#looking) {
      this.#lookPending = true
      return
    }
    this.#looking = true
    void this.#lookNow().finally(() => {
      this.#looking = false
      if (this.#lookPending && !this.#stopped) {
        this.#lookPending = false
        this.#look()
      }
    })
  }

  async #lookNow(): Promise<void> {
    try {
      this.#node ??= await this.#ports.hypervisor.node()
      const askedAt = this.#ports.clock.now()
      const asked = this.#orders.looksAskedFor()
      const domains = await this.#ports.hypervisor.list()
      if (this.#stopped) return
      this.#take(domains, askedAt, asked)
      this.#settleAutostart()
      this.#lookIn(lookAgainMs)
    } catch (error) {
      if (this.#stopped) return
      this.#ports.log.warn('the hypervisor cannot be asked', { fault: faultData(error).code })
      this.#hypervisorLost()
    }
  }

  #take(domains: readonly DomainObservation[], askedAt: Instant, asked: readonly [GuestId, number][]): void {
    if (!this.#hypervisorUp && this.#lookedOnce) this.#tell('hypervisor-back', null, {})
    this.#hypervisorUp = true
    this.#lookedOnce = this.#orders.loaded
    this.#tellLooked()
    const byName = new Map(domains.map((domain) => [domain.name, domain]))
    const serials = new Map(asked)
    for (const [guest, keeper] of this.#keepers) {
      const taken = keeper.seen(byName.get(keeper.domainName) ?? null, askedAt)
      const serial = serials.get(guest)
      if (taken && serial !== undefined) this.#looks.set(guest, serial)
      byName.delete(keeper.domainName)
    }
    this.#otherGuestsMib = [...byName.values()]
      .filter((domain) => domain.run !== 'stopped')
      .reduce((sum, domain) => sum + (domain.memoryMib ?? 0), 0)
    this.#publishSoon()
  }

  /** For reports: from now on it is known of each guest whether it runs. Once in a life of the daemon. */
  #tellLooked(): void {
    if (this.#toldLooked || !this.#lookedOnce) return
    this.#toldLooked = true
    this.#tell('looked', null, {})
  }

  #settleAutostart(): void {
    if (this.#stopped) return
    const adopted = [...this.#keepers].filter(([, keeper]) => keeper.adopted)
    this.#adopted = adopted.length
    void this.#autostart.settle(new Map(adopted.map(([guest, keeper]) => [keeper.domainName, guest])))
  }

  #lookIn(delayMs: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#ports.clock.after(delayMs, () => this.#look())
  }

  #publishSoon(): void {
    if (this.#publishPending || this.#stopped) return
    this.#publishPending = true
    queueMicrotask(() => {
      this.#publishPending = false
      if (this.#stopped) return
      this.#ports.observations.publish(this.#observation())
      this.#memory.wake()
    })
  }

  #observation(): HostObservation {
    const looked = [...this.#keepers].filter(([, keeper]) => keeper.looked)
    const alone = this.#ports.cluster == null
    const told = alone ? looked : looked.filter(([, keeper]) => keeper.concerns)
    const guests = new Map(told.map(([id, keeper]) => [id, keeper.observation]))
    return {
      host: this.#ports.host,
      life: this.#ports.life,
      bootId: this.#ports.bootId,
      ...(!alone && { fileRevision: this.#fileRevision, looks: Object.fromEntries(this.#looks) }),
      complete: this.#lookedOnce && this.#hypervisorUp && looked.length === this.#keepers.size,
      hypervisor: this.#hypervisorUp ? 'up' : 'down',
      memoryMib: this.#node?.memoryMib ?? null,
      cpus: this.#node?.cpus ?? null,
      otherGuestsMib: this.#otherGuestsMib,
      guests,
      externals: this.#externals.verdicts,
    }
  }

  #tell(word: EventWord, guest: GuestId | null, details: EventDetails): void {
    const event = {
      at: this.#ports.clock.wall(),
      host: hostId(this.#ports.host),
      actor: 'agent' as const,
      word,
      guest,
      service: details.service === undefined ? null : serviceKey(details.service),
      because: details.because ?? null,
      fault: details.fault ?? null,
      note: null,
    }
    this.#ports.history.append([event]).catch((error: unknown) => {
      this.#ports.log.error('history could not be written', { fault: faultData(error).code })
    })
  }
}
