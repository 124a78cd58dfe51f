import { Fault } from '../../model/fault.ts'
import type { MemoryStatistics } from '../../model/memory-use.ts'
import type { MigrationNeeds, MigrationOffer, MoveLimitDeed } from '../../model/migration.ts'
import type { GuestReading } from '../../model/reading.ts'
import type {
  ConsoleLine,
  DomainEvent,
  DomainObservation,
  Hypervisor,
  HypervisorCapabilities,
  HypervisorNode,
  MigrationOptions,
  MigrationProgress,
  MigrationTarget,
  StartWith,
} from '../../ports/hypervisor.ts'
import { getAutostart, listAutostarting, setAutostart } from './autostart.ts'
import { AFFECT_LIVE } from './capabilities.ts'
import type { Trace } from './connection.ts'
import { consoleLine } from './console-line.ts'
import { domainEvent, gapEvent, watchedEvents } from './domain-events.ts'
import { LibvirtError } from './errors.ts'
import { type Attempt, asFault } from './faults.ts'
import { findDomain, isActive, knownDomain, runOf } from './find-domain.ts'
import { vncLine, vncPlace } from './graphics.ts'
import { usefulAddresses } from './guest-addresses.ts'
import { agentFile, pingAgent } from './guest-agent.ts'
import { readGuests } from './guest-readings.ts'
import { readHostCpu } from './host-cpu.ts'
import { Learnt } from './learnt.ts'
import { MemoryReports } from './memory-reports.ts'
import { migrationOf } from './migration-job.ts'
import { migrationNeedsIn } from './migration-needs.ts'
import { migrationOffer } from './migration-offer.ts'
import type { knock } from './migration-target.ts'
import { Migrations } from './migrations.ts'
import { readNode } from './node.ts'
import { LibvirtPool } from './pool.ts'
import { orWhenGone, orWhenRefused } from './refusals.ts'
import { startDomain } from './start-domain.ts'
import type { DomainRef } from './values.ts'

export interface LibvirtOptions {
  readonly socketPath: string
  readonly uri: string
  /** Called when the request of a deed was written: which, for whom, CLOCK_MONOTONIC nanoseconds. For benchmarks. */
  readonly onIssued?: (action: string, domain: string, atNs: bigint) => void
  readonly trace?: Trace
  /** How the target of a migration is knocked at; for tests, whose libvirt is in a network of its own. */
  readonly knock?: typeof knock
}

/** Measures beside what a hypervisor does; on a connection of its own (`Meter.guests`). */
export interface MeasuredHypervisor extends Hypervisor {
  readGuests(): Promise<readonly GuestReading[]>
}

/** Where libvirt listens: the one daemon, or the modular one for QEMU. */
export const usualSocketPaths = ['/run/libvirt/libvirt-sock', '/run/libvirt/virtqemud-sock'] as const

/** Deadlines in milliseconds, each well above what a loaded host was seen to need. */
const Deadline = {
  start: 120_000,
  /** libvirt waits up to 15 s for QEMU to die, then tries harder. */
  destroy: 60_000,
  shutdown: 30_000,
  suspend: 30_000,
  memory: 30_000,
  definition: 15_000,
  addresses: 10_000,
  console: 10_000,
} as const

/** libvirt's `VIR_DOMAIN_XML_INACTIVE`. */
const XML_INACTIVE = 2
/** libvirt's `VIR_DOMAIN_CONSOLE_FORCE`. */
const CONSOLE_FORCE = 1
/** libvirt's `virDomainInterfaceAddressesSource`. */
const addressSource = { lease: 0, agent: 1, arp: 2 } as const

/**
 * Connects to libvirtd and resolves after the first try, whatever it brought: a libvirtd that is away now is waited
 * for, and calls fail as `hypervisor-absent` until it is there.
 */
export async function openLibvirt(options: LibvirtOptions): Promise<MeasuredHypervisor> {
  const { socketPath, uri, trace } = options
  const pool = new LibvirtPool({ socketPath, uri, events: watchedEvents, ...(trace === undefined ? {} : { trace }) })
  await pool.start()
  return new LibvirtHypervisor(pool, options)
}

class LibvirtHypervisor implements MeasuredHypervisor {
  private readonly pool: LibvirtPool
  private readonly options: LibvirtOptions
  private readonly migrations: Migrations
  private readonly learnt: Learnt
  private readonly memoryReports: MemoryReports

  constructor(pool: LibvirtPool, options: LibvirtOptions) {
    this.pool = pool
    this.options = options
    this.migrations = new Migrations(pool, options.knock)
    this.learnt = new Learnt(pool)
    this.memoryReports = new MemoryReports(pool)
  }

  node(): Promise<HypervisorNode> {
    return this.attempt({ action: 'node' }, () => readNode(this.pool))
  }

  capabilities(): Promise<HypervisorCapabilities> {
    return this.attempt({ action: 'capabilities' }, () => this.learnt.capabilities())
  }

  list(): Promise<readonly DomainObservation[]> {
    return this.attempt({ action: 'list' }, async () => (await this.learnt.observer()).all())
  }

  look(name: string): Promise<DomainObservation | null> {
    return this.attempt({ action: 'look', domain: name }, async () => {
      const dom = await findDomain(this.pool, name)
      return dom === null ? null : (await this.learnt.observer()).one(dom)
    })
  }

  definition(name: string, options: { inactive?: boolean } = {}): Promise<string | null> {
    return this.attempt({ action: 'definition', domain: name }, async () => {
      const dom = await findDomain(this.pool, name)
      if (dom === null) return null
      const flags = options.inactive === true ? XML_INACTIVE : 0
      const timeoutMs = Deadline.definition
      return orWhenGone(null, async () => (await this.pool.call('domainGetXmlDesc', { dom, flags }, { timeoutMs })).xml)
    })
  }

  start(name: string, startWith: StartWith): Promise<'started' | 'already-running'> {
    return this.attempt({ action: 'start', domain: name, sure: true }, async () => {
      const dom = await findDomain(this.pool, name)
      if (dom !== null && dom.id >= 0) return 'already-running'
      const how = this.deed('start', name, Deadline.start)
      try {
        await startDomain(this.pool, name, dom, startWith, how)
        return 'started'
      } catch (error) {
        // Somebody else may have started it between our look and our call.
        if (error instanceof LibvirtError && (await isActive(this.pool, name))) return 'already-running'
        throw error
      }
    })
  }

  shutdown(name: string): Promise<'asked' | 'not-running'> {
    return this.change('shutdown', name, Deadline.shutdown, async (dom, how) => {
      // No flags: through the guest agent where one is connected, else the ACPI button.
      await this.pool.call('domainShutdownFlags', { dom, flags: 0 }, how)
      return 'asked' as const
    })
  }

  destroy(name: string): Promise<'destroyed' | 'not-running'> {
    return this.attempt({ action: 'destroy', domain: name }, async () => {
      const dom = await findDomain(this.pool, name)
      if (dom === null || dom.id < 0) return 'not-running'
      try {
        await this.pool.call('domainDestroyFlags', { dom, flags: 0 }, this.deed('destroy', name, Deadline.destroy))
      } catch (error) {
        // It ended while libvirt was about to end it.
        if (!(error instanceof LibvirtError) || (await isActive(this.pool, name))) throw error
      }
      return 'destroyed'
    })
  }

  suspend(name: string): Promise<'suspended' | 'already' | 'not-running'> {
    return this.change('suspend', name, Deadline.suspend, async (dom, how) => {
      if ((await runOf(this.pool, dom)) === 'paused') return 'already' as const
      await this.pool.call('domainSuspend', { dom }, how)
      return 'suspended' as const
    })
  }

  resume(name: string): Promise<'resumed' | 'already' | 'not-running'> {
    return this.change('resume', name, Deadline.suspend, async (dom, how) => {
      if ((await runOf(this.pool, dom)) === 'running') return 'already' as const
      await this.pool.call('domainResume', { dom }, how)
      return 'resumed' as const
    })
  }

  async setMemory(name: string, memoryMib: number): Promise<void> {
    const done = await this.change('set-memory', name, Deadline.memory, async (dom, how) => {
      const memory = BigInt(memoryMib) * 1024n
      await this.pool.call('domainSetMemoryFlags', { dom, memory, flags: AFFECT_LIVE }, how)
      return 'set' as const
    })
    if (done === 'not-running') {
      throw new Fault('domain-refused', 'not-done', { action: 'set-memory', domain: name, text: 'not running' })
    }
  }

  memoryStatistics(names: readonly string[]): Promise<readonly MemoryStatistics[]> {
    return this.attempt({ action: 'meter' }, async () => {
      if (!(await this.learnt.capabilities()).bulkStatistics) {
        throw new Fault('not-supported', 'not-done', { action: 'meter' })
      }
      return this.memoryReports.of(names)
    })
  }

  autostart(name: string): Promise<boolean> {
    return this.attempt({ action: 'autostart', domain: name }, async () =>
      getAutostart(this.pool, await knownDomain(this.pool, name)),
    )
  }

  setAutostart(name: string, on: boolean): Promise<void> {
    return this.attempt({ action: 'set-autostart', domain: name }, async () =>
      setAutostart(this.pool, await knownDomain(this.pool, name), on),
    )
  }

  autostarting(): Promise<readonly string[]> {
    return this.attempt({ action: 'autostarting' }, () => listAutostarting(this.pool))
  }

  addresses(name: string, source: 'lease' | 'agent' | 'arp'): Promise<readonly string[]> {
    return this.attempt({ action: 'addresses', domain: name }, async () => {
      const args = { dom: await knownDomain(this.pool, name), source: addressSource[source], flags: 0 }
      // Refused: not running, no agent, or nothing this hypervisor can tell.
      return orWhenRefused([], async () => {
        const { ifaces } = await this.pool.call('domainInterfaceAddresses', args, { timeoutMs: Deadline.addresses })
        return usefulAddresses(ifaces)
      })
    })
  }

  pingAgent(name: string): Promise<boolean> {
    return this.attempt({ action: 'ping-agent', domain: name }, async () =>
      pingAgent(this.pool, await knownDomain(this.pool, name)),
    )
  }

  readGuestFile(name: string, path: string): Promise<string | null> {
    return this.attempt({ action: 'read-guest-file', domain: name }, async () =>
      agentFile(this.pool, await knownDomain(this.pool, name), path),
    )
  }

  console(name: string, force: boolean): Promise<ConsoleLine> {
    const doing = { action: 'console', domain: name }
    return this.attempt(doing, async () => {
      const args = { dom: await knownDomain(this.pool, name), devName: null, flags: force ? CONSOLE_FORCE : 0 }
      const opened = await this.pool.openStream('domainOpenConsole', args, { timeoutMs: Deadline.console })
      return consoleLine(opened, (error) => asFault(error, { ...doing, socketPath: this.options.socketPath }))
    })
  }

  graphics(name: string): Promise<ConsoleLine> {
    const doing = { action: 'vnc', domain: name }
    return this.attempt(doing, async () => {
      const dom = await knownDomain(this.pool, name)
      if (dom.id < 0) throw new Fault('domain-refused', 'not-done', { ...doing, text: 'not running' })
      const xml = await this.definition(name)
      const place = xml === null ? null : vncPlace(xml)
      if (place === null) throw new Fault('refused', 'not-done', { why: 'no-vnc', domain: name })
      return vncLine(name, place)
    })
  }

  readGuests(): Promise<readonly GuestReading[]> {
    return this.attempt({ action: 'meter' }, async () =>
      readGuests(this.pool, (await this.learnt.capabilities()).bulkStatistics),
    )
  }

  migrate(name: string, to: MigrationTarget, options: MigrationOptions): Promise<void> {
    return this.attempt({ action: 'migrate', domain: name }, async () => {
      if (!(await this.learnt.capabilities()).liveMigration) {
        throw new Fault('not-supported', 'not-done', { action: 'migrate' })
      }
      const dom = await knownDomain(this.pool, name)
      if (dom.id < 0) {
        throw new Fault('domain-refused', 'not-done', { action: 'migrate', domain: name, text: 'not running' })
      }
      await this.migrations.migrate(dom, to, options, (atNs) => this.options.onIssued?.('migrate', name, atNs))
    })
  }

  migrationProgress(name: string): Promise<MigrationProgress | null> {
    return this.attempt({ action: 'migration-progress', domain: name }, async () => {
      const dom = await findDomain(this.pool, name)
      return dom === null ? null : migrationOf(this.pool, dom)
    })
  }

  hurryMigration(name: string, wanted: MoveLimitDeed): Promise<MoveLimitDeed | null> {
    return this.attempt({ action: 'hurry-migration', domain: name }, async () => {
      const dom = await findDomain(this.pool, name)
      if (dom === null || (await migrationOf(this.pool, dom)) === null) return null
      return this.migrations.hurry(dom, wanted)
    })
  }

  cancelMigration(name: string): Promise<'cancelled' | 'none'> {
    return this.attempt({ action: 'cancel-migration', domain: name }, async () => {
      const dom = await findDomain(this.pool, name)
      return dom === null ? 'none' : this.migrations.cancel(dom)
    })
  }

  migrationNeeds(name: string): Promise<MigrationNeeds | null> {
    return this.attempt({ action: 'migration-needs', domain: name }, async () => {
      const [xml, cpu] = [await this.definition(name), await readHostCpu(this.pool)]
      return xml === null ? null : migrationNeedsIn(xml, cpu)
    })
  }

  migrationOffer(name: string, needs: MigrationNeeds): Promise<MigrationOffer> {
    return this.attempt({ action: 'migration-offer', domain: name }, async () => {
      return { ...(await migrationOffer(this.pool, needs)), runsThere: await isActive(this.pool, name) }
    })
  }

  hostCpu(): Promise<string | null> {
    return this.attempt({ action: 'node' }, () => readHostCpu(this.pool))
  }

  subscribe(listener: (event: DomainEvent) => void): () => void {
    const offEvent = this.pool.onEvent((event) => {
      const told = domainEvent(event)
      if (told !== null) listener(told)
    })
    const offState = this.pool.onState((state) => {
      const told = gapEvent(state)
      if (told !== null) listener(told)
    })
    return () => {
      offEvent()
      offState()
    }
  }

  async close(): Promise<void> {
    this.pool.close()
  }

  /** A change to a domain that must be running; `not-running` when it is not, or no longer. */
  private change<T>(
    action: string,
    name: string,
    timeoutMs: number,
    run: (dom: DomainRef, how: ReturnType<LibvirtHypervisor['deed']>) => Promise<T>,
  ): Promise<T | 'not-running'> {
    return this.attempt({ action, domain: name }, async () => {
      const dom = await knownDomain(this.pool, name)
      if (dom.id < 0) return 'not-running'
      try {
        return await run(dom, this.deed(action, name, timeoutMs))
      } catch (error) {
        if (error instanceof LibvirtError && !(await isActive(this.pool, name))) return 'not-running'
        throw error
      }
    })
  }

  private deed(action: string, domain: string, timeoutMs: number) {
    const { onIssued } = this.options
    return onIssued === undefined
      ? { timeoutMs }
      : { timeoutMs, onSent: (atNs: bigint) => onIssued(action, domain, atNs) }
  }

  private async attempt<T>(attempt: Omit<Attempt, 'socketPath'>, run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      throw asFault(error, { ...attempt, socketPath: this.options.socketPath })
    }
  }
}
