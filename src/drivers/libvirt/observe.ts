import type { DomainObservation } from '../../ports/hypervisor.ts'
import { AFFECT_LIVE, StatsGroup } from './capabilities.ts'
import { runView } from './domain-states.ts'
import { ConnectionError, LibvirtError } from './errors.ts'
import type { LibvirtPool } from './pool.ts'
import { orWhenGone } from './refusals.ts'
import type { DomainRef, TypedParam } from './values.ts'

/** Deadline of questions libvirtd answers from its own memory. */
export const LOOK_TIMEOUT_MS = 10_000

/** Statistics ask each guest's monitor: one hung guest must not keep us from seeing the others, so they get this long. */
const BULK_TIMEOUT_MS = 2_000

/** How often a guest's balloon driver reports, seconds. */
const REPORT_PERIOD_S = 10

/** libvirt's `VIR_CONNECT_LIST_DOMAINS_PERSISTENT`. */
const LIST_PERSISTENT = 4
/** libvirt's `VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT`: leave out what would wait for a job on the domain. */
const STATS_NOWAIT = 1 << 29

/** Looks at the domains of one connection to libvirtd. Made anew after each reconnect. */
export class Observer {
  private readonly pool: LibvirtPool
  private bulk: boolean
  /** Memory used in MiB by uuid, from the last full look; a look at one domain does not ask its monitor. */
  private readonly used = new Map<string, number>()
  /** Runs (uuid and id) whose balloon driver was asked to report. */
  private readonly reporting = new Set<string>()

  constructor(pool: LibvirtPool, bulk: boolean) {
    this.pool = pool
    this.bulk = bulk
  }

  /** Every domain, in one look. */
  async all(): Promise<DomainObservation[]> {
    const listed = this.pool.call('connectListAllDomains', { needResults: 1, flags: LIST_PERSISTENT }, look)
    const [{ domains }, seen] = await Promise.all([listed, this.statistics()])
    const persistent = new Set(domains.map(({ uuid }) => uuidText(uuid)))
    this.forgetAllBut(seen)
    return Promise.all(seen.map((one) => this.complete(one, persistent.has(uuidText(one.dom.uuid)))))
  }

  /** One domain; null when it vanished meanwhile. */
  async one(dom: DomainRef): Promise<DomainObservation | null> {
    return orWhenGone(null, async () => {
      const [state, info, { persistent }] = await Promise.all([
        this.pool.call('domainGetState', { dom, flags: 0 }, look),
        this.pool.call('domainGetInfo', { dom }, look),
        this.pool.call('domainIsPersistent', { dom }, look),
      ])
      const memory = { currentKib: info.memory, maximumKib: info.maxMem }
      return this.observation({ dom, ...state, memory }, persistent !== 0)
    })
  }

  /** States, with balloon figures where the hypervisor gives them. */
  private async statistics(): Promise<Seen[]> {
    if (!this.bulk) return this.oneByOne()
    const args = { doms: [], stats: StatsGroup.state | StatsGroup.balloon, flags: STATS_NOWAIT }
    try {
      const { retStats } = await this.pool.call('connectGetAllDomainStats', args, { timeoutMs: BULK_TIMEOUT_MS })
      return retStats.map(({ dom, params }) => seenOf(dom, params))
    } catch (error) {
      if (error instanceof ConnectionError && error.problem === 'timeout') return this.oneByOne()
      if (!(error instanceof LibvirtError)) throw error
      this.bulk = false
      return this.oneByOne()
    }
  }

  private async oneByOne(): Promise<Seen[]> {
    const { domains } = await this.pool.call('connectListAllDomains', { needResults: 1, flags: 0 }, look)
    const seen = await Promise.all(
      domains.map(async (dom): Promise<Seen | null> => {
        const state = await orWhenGone(null, () => this.pool.call('domainGetState', { dom, flags: 0 }, look))
        return state === null ? null : { dom, ...state, memory: null }
      }),
    )
    return seen.filter((one) => one !== null)
  }

  private forgetAllBut(seen: readonly Seen[]): void {
    const uuids = new Set(seen.map(({ dom }) => uuidText(dom.uuid)))
    const runs = new Set(seen.map(runKey))
    for (const uuid of this.used.keys()) if (!uuids.has(uuid)) this.used.delete(uuid)
    for (const run of this.reporting) if (!runs.has(run)) this.reporting.delete(run)
  }

  /** Adds the memory where the statistics told none, and keeps what is used for looks at one domain. */
  private async complete(seen: Seen, persistent: boolean): Promise<DomainObservation> {
    const uuid = uuidText(seen.dom.uuid)
    if (seen.usedKib === undefined) this.used.delete(uuid)
    else this.used.set(uuid, mib(seen.usedKib))
    if (seen.memory !== null) {
      this.askForReports(seen)
      return this.observation(seen, persistent)
    }
    const info = await orWhenGone(null, () => this.pool.call('domainGetInfo', { dom: seen.dom }, look))
    const memory = info === null ? null : { currentKib: info.memory, maximumKib: info.maxMem }
    return this.observation({ ...seen, memory }, persistent)
  }

  /** Once a run: a domain made by others may not have its balloon driver report what the guest uses. */
  private askForReports(seen: Seen): void {
    const { dom, usedKib } = seen
    const run = runKey(seen)
    if (usedKib !== undefined || dom.id < 0 || this.reporting.has(run)) return
    this.reporting.add(run)
    const args = { dom, period: REPORT_PERIOD_S, flags: AFFECT_LIVE }
    // Without a balloon device there is nothing to report: the figure stays unknown, and that is all.
    this.pool.call('domainSetMemoryStatsPeriod', args).catch(() => {})
  }

  private observation(seen: Seen, persistent: boolean): DomainObservation {
    const uuid = uuidText(seen.dom.uuid)
    const view = runView(seen.state, seen.reason, seen.dom.id >= 0)
    return {
      name: seen.dom.name,
      uuid,
      ...view,
      memoryMib: seen.memory === null ? null : mib(seen.memory.currentKib),
      memoryMaxMib: seen.memory === null ? null : mib(seen.memory.maximumKib),
      memoryUsedMib: view.run === 'stopped' ? null : (this.used.get(uuid) ?? null),
      persistent,
    }
  }
}

const look = { timeoutMs: LOOK_TIMEOUT_MS }

/** One domain as libvirt told of it. Sizes in KiB. */
interface Seen {
  readonly dom: DomainRef
  readonly state: number
  readonly reason: number
  readonly memory: { readonly currentKib: bigint; readonly maximumKib: bigint } | null
  readonly usedKib?: bigint
}

function seenOf(dom: DomainRef, params: readonly TypedParam[]): Seen {
  const values = new Map(params.map(({ field, value }) => [field, value]))
  const number = (field: string) => Number(values.get(field) ?? 0)
  const kib = (field: string): bigint | undefined => {
    const value = values.get(field)
    return typeof value === 'bigint' ? value : undefined
  }
  const currentKib = kib('balloon.current')
  const maximumKib = kib('balloon.maximum')
  const memory = currentKib === undefined || maximumKib === undefined ? null : { currentKib, maximumKib }
  const seen = { dom, state: number('state.state'), reason: number('state.reason'), memory }
  const available = kib('balloon.available')
  // What the guest could still give, caches included; older guests tell only what is wholly unused.
  const free = kib('balloon.usable') ?? kib('balloon.unused')
  return available === undefined || free === undefined ? seen : { ...seen, usedKib: available - free }
}

/** One run of a domain: its id is new at each start. */
function runKey({ dom }: Seen): string {
  return `${uuidText(dom.uuid)} ${dom.id}`
}

function mib(kib: bigint): number {
  return Math.round(Number(kib) / 1024)
}

export function uuidText(uuid: Buffer): string {
  const hex = uuid.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
