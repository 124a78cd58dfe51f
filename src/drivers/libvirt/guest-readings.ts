import type { GuestReading } from '../../model/reading.ts'
import type { CallOptions } from './calls.ts'
import { StatsGroup } from './capabilities.ts'
import { uuidText } from './observe.ts'
import type { LibvirtPool } from './pool.ts'
import { orWhenGone } from './refusals.ts'
import type { DomainRef, TypedParam } from './values.ts'

/** libvirt's `VIR_CONNECT_LIST_DOMAINS_ACTIVE`, and of the statistics the same. */
const ACTIVE = 1
/** libvirt's `VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT`: a guest that is busy with something else tells less, and nobody waits for it. */
const STATS_NOWAIT = 1 << 29

/** For all guests together. Their monitors answer in a few milliseconds each; one that does not hangs. */
const LIMIT_MS = 5_000

/** On connections that nothing else uses: what hangs in here is waited for by nobody. */
const how: CallOptions & { readonly lane: 'meter' } = { timeoutMs: LIMIT_MS, lane: 'meter' }

/** Every running domain. `bulk`: libvirt gives the statistics of all in one answer. */
export async function readGuests(pool: LibvirtPool, bulk: boolean): Promise<GuestReading[]> {
  if (!bulk) return oneByOne(pool)
  const { cpu, balloon, network, block } = StatsGroup
  const args = { doms: [], stats: cpu | balloon | network | block, flags: ACTIVE | STATS_NOWAIT }
  const { retStats } = await pool.call('connectGetAllDomainStats', args, how)
  return retStats.map(({ dom, params }) => readingOf(dom, params))
}

export function readingOf(dom: DomainRef, params: readonly TypedParam[]): GuestReading {
  const found = new Figures()
  for (const { field, value } of params) found.take(field, value)
  return { domain: dom.name, run: runOf(dom), ...found.reading() }
}

/** A hypervisor without bulk statistics (LXC, Xen) tells processor and memory; of its disks and cards nothing is asked. */
async function oneByOne(pool: LibvirtPool): Promise<GuestReading[]> {
  const { domains } = await pool.call('connectListAllDomains', { needResults: 1, flags: ACTIVE }, how)
  const read = domains.map((dom) =>
    orWhenGone(null, async (): Promise<GuestReading> => {
      const { cpuTime, memory } = await pool.call('domainGetInfo', { dom }, how)
      return {
        ...{ domain: dom.name, run: runOf(dom), cpuMs: nsToMs(cpuTime), memoryGivenMib: kibToMib(memory) },
        ...{ memoryUsedMib: null, ...noTraffic },
      }
    }),
  )
  return (await Promise.all(read)).filter((reading) => reading !== null)
}

const noTraffic = { diskReadBytes: null, diskWrittenBytes: null, netReceivedBytes: null, netSentBytes: null }

/** The id is new at each start. */
function runOf({ uuid, id }: DomainRef): string {
  return `${uuidText(uuid)} ${id}`
}

/** Sums up what a domain's parameters tell: `block.0.rd.bytes`, `net.1.tx.bytes`, `balloon.current`. */
class Figures {
  #cpuNs: bigint | null = null
  #givenKib: bigint | null = null
  #availableKib: bigint | null = null
  #usableKib: bigint | null = null
  #unusedKib: bigint | null = null
  readonly #disks = new Sum()
  readonly #cards = new Sum()

  take(field: string, value: TypedParam['value']): void {
    if (typeof value === 'bigint') this.#number(field, value)
    else if (value === 0 && field === 'block.count') this.#disks.none()
    else if (value === 0 && field === 'net.count') this.#cards.none()
  }

  reading(): Omit<GuestReading, 'domain' | 'run'> {
    // What the guest could still give, caches included; older guests tell only what is wholly unused.
    const free = this.#usableKib ?? this.#unusedKib
    const used = this.#availableKib === null || free === null ? null : this.#availableKib - free
    return {
      cpuMs: this.#cpuNs === null ? null : nsToMs(this.#cpuNs),
      memoryGivenMib: this.#givenKib === null ? null : kibToMib(this.#givenKib),
      memoryUsedMib: used === null ? null : kibToMib(used),
      diskReadBytes: this.#disks.in,
      diskWrittenBytes: this.#disks.out,
      netReceivedBytes: this.#cards.in,
      netSentBytes: this.#cards.out,
    }
  }

  #number(field: string, value: bigint): void {
    if (field.endsWith('.bytes')) {
      if (field.startsWith('block.')) this.#disks.add(field.endsWith('.rd.bytes'), field.endsWith('.wr.bytes'), value)
      else if (field.startsWith('net.'))
        this.#cards.add(field.endsWith('.rx.bytes'), field.endsWith('.tx.bytes'), value)
    } else if (field === 'cpu.time') this.#cpuNs = value
    else if (field === 'balloon.current') this.#givenKib = value
    else if (field === 'balloon.available') this.#availableKib = value
    else if (field === 'balloon.usable') this.#usableKib = value
    else if (field === 'balloon.unused') this.#unusedKib = value
  }
}

/** Null until something is told. */
class Sum {
  in: number | null = null
  out: number | null = null

  add(isIn: boolean, isOut: boolean, value: bigint): void {
    if (isIn) this.in = (this.in ?? 0) + Number(value)
    if (isOut) this.out = (this.out ?? 0) + Number(value)
  }

  /** There is nothing that could send or receive. */
  none(): void {
    this.in ??= 0
    this.out ??= 0
  }
}

function nsToMs(ns: bigint): number {
  return Number(ns) / 1e6
}

function kibToMib(kib: bigint): number {
  return Number(kib) / 1024
}
