import type { RuleSpec } from '../cluster.ts'
import { type FileNode, shorten } from '../file/node.ts'
import type { Reader } from '../file/reader.ts'
import type { MapRead } from '../file/shape.ts'
import { guestId } from '../ids.ts'
import type { Assumption, ConsolidationFile, CriticalService, FileGuest, FileHost, Totals } from './consolidation.ts'
import { consolidationRoot, type GuestRead, milliOf } from './consolidation-shapes.ts'
import { type MeasuredUse, readUse } from './measured-use.ts'
import { currencyDigits } from './money.ts'
import { asNumber, type Ratio, ratio, rounded, times } from './ratio.ts'

/** Kept for a host itself where nobody says otherwise; the same as in a cluster file. */
const usualReservedMib = 512
const usualCpuOvercommit = ratio(4n)
const usualDiskUsable = ratio(1n, 2n)

type Root = NonNullable<ReturnType<typeof consolidationRoot.read>>['values']
type HostRead =
  NonNullable<NonNullable<Root['hosts']>[number]['value']> extends MapRead<infer F> ? MapRead<F>['values'] : never

/** Undefined once its problems are noted. */
export function readConsolidation(tree: FileNode, reader: Reader): ConsolidationFile | undefined {
  const read = consolidationRoot.read(tree, reader)
  if (read === undefined) return undefined
  const { values } = read
  const hosts = hostsOf(values, reader)
  const guests = withUse(guestsOf(values, reader), values.use ?? [], read.places.use ?? read.at, reader)
  checkNames(values, hosts, guests, reader)
  const survive = values.survive ?? 1
  const disksKnown = hosts.every(({ diskMib }) => diskMib !== null) && guests.some(({ diskMib }) => diskMib > 0)
  const mirrored = values.storage === undefined ? survive === 1 && disksKnown : values.storage === 'mirrored'
  const { users = ratio(1n), requests = ratio(1n), volume = ratio(1n) } = values.weights?.values ?? {}
  const critical = criticalOf(values)
  return {
    kind: 'consolidation',
    currency: values.currency ?? null,
    hosts,
    bareMetal: (values.bareMetal ?? []).map(({ key, value }) => ({
      name: key,
      role: value?.role ?? '',
      memoryMilli: value?.memoryMilli ?? null,
    })),
    guests,
    rules: rulesOf(values),
    survive,
    critical,
    weights: { users: asNumber(users), requests: asNumber(requests), volume: asNumber(volume) },
    printedTotals: totalsOf(values.printedTotals?.values),
    checkedTotals: totalsOf(values.checkedTotals?.values),
    assumptions: assumptionsOf(values, mirrored && values.storage === undefined, critical),
    mirrored: mirrored && survive === 1,
  }
}

function hostsOf(values: Root, reader: Reader): FileHost[] {
  const present = (values.hosts ?? []).flatMap(({ key, keyAt, value }) =>
    value === undefined ? [] : hostOf(key, keyAt, value.values, true, values, reader),
  )
  const offered = (values.offers ?? []).flatMap(({ key, keyAt, value }) => {
    const { count = 1, ...host } = value?.values ?? {}
    const names = count === 1 ? [key] : Array.from({ length: count }, (_, index) => `${key}-${index + 1}`)
    return names.flatMap((name) => hostOf(name, keyAt, host, false, values, reader))
  })
  return [...present, ...offered]
}

function hostOf(name: string, at: number, host: HostRead, present: boolean, values: Root, reader: Reader): FileHost[] {
  const memoryMib = host.memory ?? (host.memoryGb === undefined ? null : Math.floor((host.memoryGb * 1024) / 1000))
  if (memoryMib === null) {
    reader.error({ at }, { code: 'missing-key', expected: 'memory' })
    return []
  }
  const overcommit = values.cpuOvercommit ?? usualCpuOvercommit
  const raw = host.disks?.reduce((sum, { value }) => sum + value, 0)
  const usable = asNumber(values.diskUsable ?? usualDiskUsable)
  return [
    {
      name,
      present,
      price: priceOf(name, at, host.price, values.currency, reader),
      cpuMilli: host.cores === undefined ? null : milliOf(times(overcommit, ratio(BigInt(host.cores)))),
      memoryMib: Math.max(0, memoryMib - (host.reserved ?? usualReservedMib)),
      diskMib: host.disk ?? (raw === undefined ? null : Math.floor(raw * usable)),
      cores: host.cores ?? null,
    },
  ]
}

function priceOf(
  name: string,
  at: number,
  price: Ratio | undefined,
  code: string | undefined,
  reader: Reader,
): number | null {
  if (price === undefined) return null
  if (code === undefined) {
    reader.error({ at }, { code: 'missing-key', expected: 'currency' })
    return null
  }
  const smallest = times(price, ratio(10n ** BigInt(currencyDigits(code))))
  if (smallest.under === 1n) return Number(rounded(smallest))
  reader.error({ at }, { code: 'bad-form', expected: 'money', got: name })
  return null
}

function guestsOf(values: Root, reader: Reader): FileGuest[] {
  const named = (values.guests ?? []).flatMap(({ key, keyAt, value }) => {
    if (value === undefined) return []
    if (value.memoryMib === null && value.memoryMilli === null) {
      reader.error({ at: keyAt }, { code: 'missing-key', expected: 'memory' })
      return []
    }
    return [guestOf(key, value, values)]
  })
  const { host, count = 0, assumed } = values.unspecified?.values ?? {}
  if (host === undefined || assumed === undefined) return named
  const { cores = 1, memoryGb = 0, diskGb = 0 } = assumed.values
  const read: GuestRead = {
    ...{
      at: 0,
      hostAt: null,
      host,
      service: null,
      cores: ratio(BigInt(cores)),
      memoryMib: null,
      memoryMilli: memoryGb,
    },
    ...{ diskMib: null, diskMilli: diskGb, growth: null },
  }
  const width = String(count).length
  const unknown = Array.from({ length: count }, (_, index) => `${host}-guest-${String(index + 1).padStart(width, '0')}`)
  return [...named, ...unknown.map((name) => ({ ...guestOf(name, read, values), assumed: true }))]
}

/** What was measured takes the place of what was written, and grows as it was measured to. */
function withUse(
  guests: readonly FileGuest[],
  files: readonly string[],
  at: number,
  reader: Reader,
): readonly FileGuest[] {
  const measured = new Map<string, MeasuredUse>()
  for (const file of files) {
    const source = reader.fileText({ at }, file)
    if (source === undefined) continue
    const use = readUse(source)
    if (!use.ok) {
      const got = shorten(`${file}:${use.line}: ${use.got}`)
      reader.error({ at }, { code: 'bad-form', expected: 'use', got })
      continue
    }
    // One file may tell of a guest's memory, another of its disk.
    for (const [guest, { memory, cpu, disk }] of use.guests) {
      const known = measured.get(guest)
      measured.set(guest, {
        memory: memory ?? known?.memory ?? null,
        cpu: cpu ?? known?.cpu ?? null,
        disk: disk ?? known?.disk ?? null,
      })
    }
  }
  return guests.map((guest) => {
    const own = measured.get(guest.name)
    if (own === undefined) return guest
    const { memory, cpu, disk } = own
    return {
      ...guest,
      ...(memory !== null && { memoryMib: memory.amount, memoryMilli: null }),
      ...(cpu !== null && { cpuMilli: cpu.amount }),
      ...(disk !== null && { diskMib: disk.amount, diskMilli: null }),
      daily: { memory: memory?.daily ?? 0, cpu: cpu?.daily ?? 0, disk: disk?.daily ?? 0 },
    }
  })
}

/** A guest's part of a MiB counts as a whole one: rather too much than too little. */
function guestOf(name: string, read: GuestRead, values: Root): FileGuest {
  const mib = (milli: number | null): number => Math.ceil(((milli ?? 0) * 1024) / 1000)
  return {
    name,
    host: read.host,
    service: read.service,
    cpuMilli: milliOf(read.cores),
    memoryMib: read.memoryMib ?? mib(read.memoryMilli),
    diskMib: read.diskMib ?? mib(read.diskMilli),
    memoryMilli: read.memoryMilli,
    diskMilli: read.diskMilli,
    growth: read.growth ?? asNumber(values.growth ?? ratio(0n), 9),
    daily: { memory: 0, cpu: 0, disk: 0 },
    assumed: false,
  }
}

/** Everybody who is named is there. */
function checkNames(values: Root, hosts: readonly FileHost[], guests: readonly FileGuest[], reader: Reader): void {
  const hostNames = new Set(hosts.map(({ name }) => name))
  const guestNames = new Set(guests.map(({ name }) => name))
  const declared = new Set([...guestNames, ...(values.guests ?? []).map(({ key }) => key)])
  const host = (got: string, at: number): void => {
    if (hostNames.has(got)) return
    reader.error({ at }, { code: 'unknown-host', got, nearest: reader.problems.nearest(got, () => hostNames) })
  }
  const guest = (got: string, at: number): void => {
    if (declared.has(got)) return
    reader.error({ at }, { code: 'unknown-guest', got, nearest: reader.problems.nearest(got, () => declared) })
  }
  for (const { value } of values.guests ?? []) if (value?.host != null) host(value.host, value.hostAt ?? value.at)
  const { unspecified, critical = [], rules = [] } = values
  if (unspecified?.values.host !== undefined) host(unspecified.values.host, unspecified.places.host ?? unspecified.at)
  for (const { value } of critical) {
    if (value.values.guest !== undefined) guest(value.values.guest, value.places.guest ?? value.at)
    for (const one of value.values.guests ?? []) guest(one.value, one.at)
  }
  for (const { value } of rules) {
    for (const one of value.values.guests ?? []) guest(one.value, one.at)
    for (const one of value.values.hosts ?? []) host(one.value, one.at)
  }
}

function rulesOf({ rules = [] }: Root): RuleSpec[] {
  return rules.flatMap(({ value: { values } }): RuleSpec[] => {
    const guests = (values.guests ?? []).map(({ value }) => guestId(value))
    if (values.kind === undefined) return []
    if (values.kind !== 'hosts') return [{ kind: values.kind, guests, strict: true }]
    return [
      {
        kind: 'hosts',
        guests,
        hosts: Object.fromEntries((values.hosts ?? []).map(({ value }) => [value, 0])),
        strict: true,
      },
    ]
  })
}

function criticalOf({ critical = [] }: Root): CriticalService[] {
  return critical.map(({ value: { values } }) => ({
    service: values.service ?? '',
    guests: [...(values.guest === undefined ? [] : [values.guest]), ...(values.guests ?? []).map(({ value }) => value)],
    users: values.users ?? null,
    requests: values.requests ?? null,
    volume: values.volume ?? null,
  }))
}

type TotalsRead = NonNullable<Root['printedTotals']>['values']

function totalsOf(read: TotalsRead | undefined): Totals | null {
  if (read === undefined) return null
  return { cores: read.cores ?? null, memoryMilli: read.memoryGb ?? null, diskMilli: read.diskGb ?? null }
}

function assumptionsOf(values: Root, mirrored: boolean, critical: readonly CriticalService[]): Assumption[] {
  const { host, count = 0, assumed } = values.unspecified?.values ?? {}
  const hosts = [...(values.hosts ?? []), ...(values.offers ?? [])].flatMap(({ value }) =>
    value === undefined ? [] : [value.values],
  )
  return [
    ...(values.survive === undefined ? [{ code: 'survive', hosts: 1 } as const] : []),
    ...(hosts.some(({ reserved }) => reserved === undefined)
      ? [{ code: 'reserved', mib: usualReservedMib } as const]
      : []),
    ...(values.cpuOvercommit === undefined && hosts.some(({ cores }) => cores !== undefined)
      ? [{ code: 'cpu-overcommit', times: asNumber(usualCpuOvercommit) } as const]
      : []),
    ...(values.diskUsable === undefined && hosts.some(({ disk, disks }) => disk === undefined && disks !== undefined)
      ? [{ code: 'disk-usable', share: asNumber(usualDiskUsable) } as const]
      : []),
    ...(mirrored ? [{ code: 'mirrored' } as const] : []),
    ...(host === undefined || assumed === undefined || count === 0
      ? []
      : [
          {
            code: 'unspecified',
            host,
            count,
            cores: assumed.values.cores ?? 1,
            memoryMilli: assumed.values.memoryGb ?? 0,
            diskMilli: assumed.values.diskGb ?? 0,
          } as const,
        ]),
    ...critical.flatMap(({ service, users }): Assumption[] =>
      typeof users === 'string' ? [{ code: 'users-in-words', service, words: users }] : [],
    ),
  ]
}
