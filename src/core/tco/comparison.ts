import type { Comparison, NamedAmount, Stated } from '../../model/plan/cost.ts'
import type { Money } from '../../model/plan/money.ts'
import { dividedBy, minus, one, type Ratio, ratio, rounded, times } from '../../model/plan/ratio.ts'

/** One sum, made from what the file gives; `stated` is what the file itself says it is. */
export interface Sum {
  readonly path: string
  readonly unit: 'money' | 'watts' | 'share'
  /** Money in its smallest unit, as a whole number. */
  readonly value: Ratio
  /** Null: the file says nothing of it. */
  readonly stated: Ratio | null
}

export interface CostLine {
  readonly name: string
  readonly count: number
  readonly each: Money
  readonly total: Money
}

export interface ComparisonResult {
  readonly kind: 'comparison'
  readonly currency: string
  readonly servers: number
  readonly hosts: number
  readonly physical: readonly CostLine[]
  readonly virtual: readonly CostLine[]
  /** Every sum there is, `expected.…` first. */
  readonly sums: readonly Sum[]
}

/** What many servers cost, what few hosts cost that take their place, and the difference: from the inputs alone, to the smallest unit. Pure. */
export function compare(input: Comparison): ComparisonResult {
  const physical = [...perMachine(input.perServer, input.servers), ...once(input.physicalExtra)]
  const virtual = [...perMachine(input.perServer, input.hosts), ...once(input.virtualExtra)]
  const stated = new Map(input.stated.map((sum) => [sum.path, sum]))
  const sums = [
    ...totals(physical, virtual),
    ...(input.lan === null ? [] : lanSums(input.lan)),
    ...(input.san === null ? [] : sanSums(input.san, input.hosts)),
    ...(input.backup === null ? [] : backupSums(input.backup, input.hosts)),
    ...(input.power === null ? [] : powerSums(input.power, input.hosts)),
  ].map((sum) => ({ ...sum, stated: statedValue(stated.get(sum.path)) }))
  const { currency, servers, hosts } = input
  return { kind: 'comparison', currency, servers, hosts, physical, virtual, sums }
}

/** Sums that the file states otherwise than its own figures give. */
export function differences(result: ComparisonResult): readonly Sum[] {
  return result.sums.filter(({ value, stated }) => stated !== null && minus(value, stated).over !== 0n)
}

type Derived = Omit<Sum, 'stated'>

function totals(physical: readonly CostLine[], virtual: readonly CostLine[]): Derived[] {
  const [before, after] = [totalOf(physical), totalOf(virtual)]
  const share = dividedBy(ratio(before - after), ratio(before))
  return [
    moneySum('expected.physical', before),
    moneySum('expected.virtual', after),
    moneySum('expected.saving', before - after),
    ...(share === null ? [] : [{ path: 'expected.savingShare', unit: 'share', value: share } as const]),
  ]
}

function lanSums({ low, high, servers, hosts }: NonNullable<Comparison['lan']>): Derived[] {
  const fewer = BigInt(servers - hosts)
  return [moneySum('ports.lan.savingAtLow', low * fewer), moneySum('ports.lan.savingAtHigh', high * fewer)]
}

/** A port costs its part of the switch, to the smallest unit. */
function sanSums(san: NonNullable<Comparison['san']>, hosts: number): Derived[] {
  const port = ratio(san.switchPrice, BigInt(san.switchPorts))
  const machine = times(port, ratio(BigInt(san.portsPerServer)))
  const of = (machines: number): bigint => rounded(times(machine, ratio(BigInt(machines))))
  return [
    moneySum('ports.san.perPort', rounded(port)),
    moneySum('ports.san.perServer', rounded(machine)),
    moneySum('ports.san.physical', of(san.servers)),
    moneySum('ports.san.virtual', of(hosts)),
    moneySum('ports.san.saving', of(san.servers) - of(hosts)),
  ]
}

function backupSums({ licence, licences }: NonNullable<Comparison['backup']>, hosts: number): Derived[] {
  const [before, after] = [licence * BigInt(licences), licence * BigInt(hosts)]
  return [
    moneySum('backup.physical', before),
    moneySum('backup.virtual', after),
    moneySum('backup.saving', before - after),
  ]
}

function powerSums({ servers, watts }: NonNullable<Comparison['power']>, hosts: number): Derived[] {
  const [before, after] = [times(watts, ratio(BigInt(servers))), times(watts, ratio(BigInt(hosts)))]
  const left = dividedBy(after, before)
  return [
    { path: 'power.physicalWatts', unit: 'watts', value: before },
    { path: 'power.virtualWatts', unit: 'watts', value: after },
    ...(left === null ? [] : [{ path: 'power.claimedReduction', unit: 'share', value: minus(one, left) } as const]),
  ]
}

const moneySum = (path: string, amount: Money): Derived => ({ path, unit: 'money', value: ratio(amount) })

function statedValue(sum: Stated | undefined): Ratio | null {
  if (sum === undefined) return null
  return sum.unit === 'money' ? ratio(sum.value) : sum.value
}

function perMachine(amounts: readonly NamedAmount[], machines: number): CostLine[] {
  return amounts.map(({ name, amount }) => line(name, machines, amount))
}

const once = (amounts: readonly NamedAmount[]): CostLine[] => amounts.map(({ name, amount }) => line(name, 1, amount))

const line = (name: string, count: number, each: Money): CostLine => ({
  name,
  count,
  each,
  total: each * BigInt(count),
})

export const totalOf = (lines: readonly CostLine[]): Money => lines.reduce((sum, { total }) => sum + total, 0n)
