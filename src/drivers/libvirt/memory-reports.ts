import type { MemoryStatistics } from '../../model/memory-use.ts'
import type { CallOptions } from './calls.ts'
import { AFFECT_LIVE, StatsGroup } from './capabilities.ts'
import { uuidText } from './observe.ts'
import type { LibvirtPool } from './pool.ts'
import type { DomainRef, TypedParam } from './values.ts'

/** How often a balloon driver is to report, seconds: as often as it can be told. */
const PERIOD_S = 1

/** A driver that has told nothing new at so many looks in a row is asked again: others, too, say how often it is to report. */
const LOOKS_BEFORE_ASKING = 4

/** libvirt's `VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE` and `…_NOWAIT`. */
const ACTIVE = 1
const NOWAIT = 1 << 29

/** Their monitors answer in a few milliseconds each; one that does not hangs. */
const LIMIT_MS = 4_000

const how: CallOptions & { readonly lane: 'meter' } = { timeoutMs: LIMIT_MS, lane: 'meter' }

/** Reads what balloon drivers tell, and sees to it that they do. */
export class MemoryReports {
  private readonly pool: LibvirtPool
  /** By run: the newest report's mark, and at how many looks it has been the same. */
  private known = new Map<string, { readonly reportedAt: number | null; readonly looks: number }>()

  constructor(pool: LibvirtPool) {
    this.pool = pool
  }

  async of(names: readonly string[]): Promise<MemoryStatistics[]> {
    if (names.length === 0) return []
    const args = { doms: [], stats: StatsGroup.balloon, flags: ACTIVE | NOWAIT }
    const { retStats } = await this.pool.call('connectGetAllDomainStats', args, how)
    const wanted = new Set(names)
    const known = this.known
    this.known = new Map()
    return retStats.flatMap(({ dom, params }) => {
      const told = wanted.has(dom.name) ? memoryStatisticsOf(dom, params) : null
      if (told === null) return []
      this.note(dom, told, known.get(told.run))
      return [told]
    })
  }

  private note(
    dom: DomainRef,
    { run, reportedAt }: MemoryStatistics,
    before: { reportedAt: number | null; looks: number } | undefined,
  ): void {
    const looks = before?.reportedAt === reportedAt ? before.looks + 1 : 1
    const asks = before === undefined || looks % LOOKS_BEFORE_ASKING === 0
    this.known.set(run, { reportedAt, looks })
    if (!asks) return
    // Without a balloon there is nothing to report: what it uses stays unknown, and that is all.
    this.pool
      .call('domainSetMemoryStatsPeriod', { dom, period: PERIOD_S, flags: AFFECT_LIVE }, how)
      .catch(() => undefined)
  }
}

/** Null: not even the size of its balloon is told, as of a domain that is busy with something else. */
export function memoryStatisticsOf(dom: DomainRef, params: readonly TypedParam[]): MemoryStatistics | null {
  const values = new Map(params.map(({ field, value }) => [field, value]))
  const number = (field: string): number | null => {
    const value = values.get(`balloon.${field}`)
    return typeof value === 'bigint' ? Number(value) : null
  }
  const mib = (field: string): number | null => {
    const kib = number(field)
    return kib === null ? null : kib / 1024
  }
  const givenMib = mib('current')
  if (givenMib === null) return null
  const reportedAt = number('last-update')
  return {
    domain: dom.name,
    run: `${uuidText(dom.uuid)} ${dom.id}`,
    givenMib,
    usableMib: mib('usable'),
    unusedMib: mib('unused'),
    swapInMib: mib('swap_in'),
    majorFaults: number('major_fault'),
    // QEMU tells 0 of a guest that has never reported.
    reportedAt: reportedAt === 0 ? null : reportedAt,
  }
}
