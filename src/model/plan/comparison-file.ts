import type { FileNode } from '../file/node.ts'
import type { Reader } from '../file/reader.ts'
import { whole } from '../file/scalar-shape.ts'
import { field, listOf, type MapRead, mapOf, record, required, type Shape } from '../file/shape.ts'
import type { Comparison, NamedAmount, SanPorts, Stated } from './cost.ts'
import { amounts, count, currency, exact, money, mostOfAnything, remarkField } from './cost-shapes.ts'
import { currencyDigits, type Money } from './money.ts'
import { type Ratio, ratio, times } from './ratio.ts'

/** The table of the comparison's file; amounts are of the currency that the file names. */
function fieldsIn(code: string) {
  const amount = money(code)
  const watts = exact(0, mostOfAnything)
  return {
    currency: required(currency, 'Of all amounts, by its three letters (ISO 4217).'),
    servers: required(whole(1, mostOfAnything), 'Physical servers that are compared.'),
    hosts: field(
      whole(1, mostOfAnything),
      'Hosts that take their place; without it, as `ports.lan.serversToHosts` says.',
      1,
    ),
    perServer: required(
      mapOf(() => true, exact(0, Number.MAX_SAFE_INTEGER), ''),
      'What each machine costs, by names of your own; `watts` is what it draws.',
    ),
    physicalExtra: field(amounts(code), 'Bought once beside the servers.'),
    virtualExtra: field(amounts(code), 'Bought once beside the hosts.'),
    expected: field(
      record({
        physical: field(amount, 'The servers and what is beside them.'),
        virtual: field(amount, 'The hosts and what is beside them.'),
        saving: field(amount, 'The difference.'),
      }),
      'Sums as somebody else made them: compared with ours.',
    ),
    ports: field(
      record({
        lan: field(lan(amount), 'Ports of the network.'),
        san: field(san(amount), 'Ports of the storage network.'),
      }),
      'Ports that are saved.',
    ),
    backup: field(
      record({
        licence: required(amount, 'Of one machine.'),
        licences: required(count, 'Machines that have one.'),
        physical: field(amount, 'Compared with ours.'),
        virtual: field(amount, 'Compared with ours.'),
      }),
      'Licences of the backup.',
    ),
    power: field(
      record({
        servers: required(count, 'Machines that are looked at.'),
        physicalWatts: field(watts, 'Compared with ours.'),
        virtualWatts: field(watts, 'Compared with ours.'),
        claimedReduction: field(exact(0, 1), 'Compared with ours.'),
      }),
      'What the machines draw.',
    ),
    facts: remarkField,
  }
}

type ComparisonRead = MapRead<ReturnType<typeof fieldsIn>>

function lan(amount: Shape<Money>) {
  return record({
    low: required(amount, 'Cheapest port.'),
    high: required(amount, 'Dearest port.'),
    serversToHosts: required(listOf(whole(1, mostOfAnything), 2), 'Servers before, hosts after.'),
    savingAtLow: field(amount, 'Compared with ours.'),
  })
}

function san(amount: Shape<Money>) {
  return record({
    switch: required(amount, 'Price of a switch.'),
    switchPorts: required(whole(1, mostOfAnything), 'Ports it has.'),
    perPort: field(amount, 'Compared with ours.'),
    portsPerServer: required(count, 'Ports each machine takes.'),
    perServer: field(amount, 'Compared with ours.'),
    servers: required(count, 'Servers on the storage network.'),
    physical: field(amount, 'Compared with ours.'),
    virtual: field(amount, 'Compared with ours.'),
  })
}

/** Undefined once its problems are noted. */
export function readComparison(tree: FileNode, code: string, reader: Reader): Comparison | undefined {
  const read = record(fieldsIn(code)).read(tree, reader)
  if (read === undefined) return undefined
  const { values, places } = read
  const perServer: NamedAmount[] = []
  let watts: Ratio | null = null
  for (const { key, keyAt, value } of values.perServer ?? []) {
    if (value === undefined) continue
    if (key === 'watts') watts = value
    else {
      const amount = amountOf(value, code)
      if (amount !== null) perServer.push({ name: key, amount })
      else reader.error({ at: keyAt }, { code: 'bad-form', expected: 'money', got: key })
    }
  }
  const pair = values.ports?.values.lan?.values.serversToHosts
  if (pair !== undefined && pair.length !== 2) {
    reader.error(
      { at: values.ports?.values.lan?.places.serversToHosts ?? read.at },
      { code: 'wrong-type', expected: 'list', got: '[…]' },
    )
  }
  if (places.currency === undefined || values.servers === undefined) return undefined
  const hosts = values.hosts ?? pair?.[1]?.value ?? 1
  return {
    kind: 'comparison',
    currency: code,
    servers: values.servers,
    hosts,
    perServer,
    wattsPerServer: watts,
    physicalExtra: values.physicalExtra ?? [],
    virtualExtra: values.virtualExtra ?? [],
    ...parts(values, hosts, watts),
    stated: stated(values),
  }
}

function parts(
  values: ComparisonRead['values'],
  hosts: number,
  watts: Ratio | null,
): Pick<Comparison, 'lan' | 'san' | 'backup' | 'power'> {
  const lanRead = values.ports?.values.lan?.values
  const { licence, licences } = values.backup?.values ?? {}
  const servers = values.power?.values.servers
  return {
    lan:
      lanRead?.low === undefined || lanRead.high === undefined
        ? null
        : {
            low: lanRead.low,
            high: lanRead.high,
            servers: lanRead.serversToHosts?.[0]?.value ?? values.servers ?? 0,
            hosts: lanRead.serversToHosts?.[1]?.value ?? hosts,
          },
    san: sanOf(values.ports?.values.san?.values),
    backup: licence === undefined || licences === undefined ? null : { licence, licences },
    power: servers === undefined || watts === null ? null : { servers, watts },
  }
}

type SanRead = NonNullable<NonNullable<NonNullable<ComparisonRead['values']['ports']>['values']['san']>['values']>

function sanOf(read: SanRead | undefined): SanPorts | null {
  if (read?.switch === undefined || read.switchPorts === undefined) return null
  if (read.portsPerServer === undefined || read.servers === undefined) return null
  const { switchPorts, portsPerServer, servers } = read
  return { switchPrice: read.switch, switchPorts, portsPerServer, servers }
}

/** Every sum the file states, under its path. */
function stated(values: ComparisonRead['values']): Stated[] {
  const sums: Record<string, Money | undefined> = {
    ...under('expected', values.expected?.values),
    'ports.lan.savingAtLow': values.ports?.values.lan?.values.savingAtLow,
    ...under('ports.san', pick(values.ports?.values.san?.values)),
    ...under('backup', { physical: values.backup?.values.physical, virtual: values.backup?.values.virtual }),
  }
  const { physicalWatts, virtualWatts, claimedReduction } = values.power?.values ?? {}
  const measures: [string, 'watts' | 'share', Ratio | undefined][] = [
    ['power.physicalWatts', 'watts', physicalWatts],
    ['power.virtualWatts', 'watts', virtualWatts],
    ['power.claimedReduction', 'share', claimedReduction],
  ]
  return [
    ...Object.entries(sums).flatMap(([path, value]): Stated[] =>
      value === undefined ? [] : [{ path, unit: 'money', value }],
    ),
    ...measures.flatMap(([path, unit, value]): Stated[] => (value === undefined ? [] : [{ path, unit, value }])),
  ]
}

function pick(read: SanRead | undefined): Record<string, Money | undefined> {
  return { perPort: read?.perPort, perServer: read?.perServer, physical: read?.physical, virtual: read?.virtual }
}

function under(
  path: string,
  values: Readonly<Record<string, Money | undefined>> | undefined,
): Record<string, Money | undefined> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [`${path}.${key}`, value]))
}

/** Null: more digits than the currency has. */
function amountOf(value: Ratio, code: string): Money | null {
  const smallest = times(value, ratio(10n ** BigInt(currencyDigits(code))))
  return smallest.under === 1n ? smallest.over : null
}
