import type { Proposal, Proposals } from '../../model/plan/cost.ts'
import { currencyDigits, type Money } from '../../model/plan/money.ts'
import { one, plus, power, type Ratio, ratio, rounded, roundedUp, times } from '../../model/plan/ratio.ts'

/** What is paid under one name, over all years; each year's part is rounded to the smallest unit by itself. */
export interface CostItem {
  /** A word of ours (`energy`, `lanPorts`, `sanPorts`, `backupLicences`, `work`), or a name of the file. */
  readonly name: string
  readonly when: 'bought' | 'yearly'
  readonly total: Money
}

export interface ProposalCost {
  readonly name: string
  /** Machines in place at the start and in each year. */
  readonly machines: readonly number[]
  readonly items: readonly CostItem[]
  /** Paid at the start, then at the end of each year. */
  readonly byYear: readonly Money[]
  readonly total: Money
  /** The same, each year's part as much less worth as the discount rate says. */
  readonly presentValue: Money
  /** kWh in all years, cooling included. */
  readonly energyKwh: Ratio
}

/** What one proposal costs over the years. Pure. */
export function proposalCost(input: Proposals, proposal: Proposal): ProposalCost {
  const machines = Array.from({ length: input.years + 1 }, (_, year) => machinesIn(input, proposal, year))
  const sums = new Map<string, CostItem>()
  const byYear = machines.map(() => 0n)
  const pay = (name: string, when: CostItem['when'], year: number, amount: Ratio): void => {
    const money = rounded(amount)
    const before = sums.get(`${when} ${name}`)
    sums.set(`${when} ${name}`, { name, when, total: (before?.total ?? 0n) + money })
    byYear[year] = byYear[year]! + money
  }
  for (const [year, bought] of purchases(machines, proposal, input.years).entries()) {
    const dearer = year === 0 ? one : power(plus(one, input.inflation), year)
    buy(input, proposal, bought, (name, amount) => pay(name, 'bought', year, times(amount, dearer)))
  }
  for (const { name, amount } of proposal.once) pay(name, 'bought', 0, ratio(amount))
  for (let year = 1; year <= input.years; year++) {
    run(input, proposal, machines[year]!, year, (name, amount) => pay(name, 'yearly', year, amount))
  }
  return {
    name: proposal.name,
    machines,
    items: [...sums.values()].filter(({ total }) => total !== 0n),
    byYear,
    total: byYear.reduce((sum, amount) => sum + amount, 0n),
    presentValue: presentValue(byYear, input.discountRate),
    energyKwh: machines.slice(1).reduce((sum, count) => plus(sum, kwhAYear(input, proposal, count)), ratio(0n)),
  }
}

/** Amounts at the start and at the end of each year, in money of the start. */
export function presentValue(byYear: readonly Money[], rate: Ratio): Money {
  const factor = plus(one, rate)
  let sum = ratio(0n)
  for (const [year, amount] of byYear.entries()) {
    const { over, under } = power(factor, year)
    sum = plus(sum, ratio(amount * under, over))
  }
  return rounded(sum)
}

function machinesIn(input: Proposals, proposal: Proposal, year: number): number {
  if (proposal.carries === null || input.workloads === null) return proposal.machines + proposal.spare
  // The work of a year is that of its end: who waits with buying until then is late.
  const work = roundedUp(times(ratio(BigInt(input.workloads)), power(plus(one, input.growth), year)))
  const carrying = Math.ceil(Number(work) / proposal.carries)
  return Math.max(proposal.machines, carrying + proposal.spare)
}

/** Machines bought at the start and at the end of each year: more of them, or in place of worn ones. None in the last year, which ends then. */
function purchases(machines: readonly number[], { lifeYears }: Proposal, years: number): readonly number[] {
  const bought = machines.map((count, year) => Math.max(0, count - (machines[year - 1] ?? 0)))
  // What the last year needs had to be there when it began.
  if (years > 0) {
    bought[years - 1] = bought[years - 1]! + bought[years]!
    bought[years] = 0
  }
  if (lifeYears === null) return bought
  const all = [...bought]
  for (let year = 0; year < years; year++) {
    if (year + lifeYears < years) all[year + lifeYears] = all[year + lifeYears]! + all[year]!
  }
  return all
}

type Pay = (name: string, amount: Ratio) => void

function buy(input: Proposals, proposal: Proposal, machines: number, pay: Pay): void {
  if (machines === 0) return
  const count = ratio(BigInt(machines))
  const { prices } = input
  for (const { name, amount } of proposal.each) pay(name, times(ratio(amount), count))
  const ports: readonly [string, number, Money][] = [
    ['lanPorts', proposal.lanPorts, prices.lanPort],
    ['sanPorts', proposal.sanPorts, prices.sanPort],
    ['backupLicences', proposal.backupLicences, prices.backupLicence],
  ]
  for (const [name, each, price] of ports) pay(name, times(ratio(price * BigInt(each)), count))
  pay('work', times(times(proposal.setupHours, ratio(prices.workHour)), count))
}

function run(input: Proposals, proposal: Proposal, machines: number, year: number, pay: Pay): void {
  const count = ratio(BigInt(machines))
  // Prices of the first year are those of the start.
  const dearer = power(plus(one, input.inflation), year - 1)
  for (const { name, amount } of proposal.eachYearly) pay(name, times(times(ratio(amount), count), dearer))
  for (const { name, amount } of proposal.yearly) pay(name, times(ratio(amount), dearer))
  pay('work', times(times(times(proposal.yearlyHours, ratio(input.prices.workHour)), count), dearer))
  const smallest = ratio(10n ** BigInt(currencyDigits(input.currency)))
  const tariff = times(input.energy.tariff, power(plus(one, input.energy.inflation), year - 1))
  pay('energy', times(times(kwhAYear(input, proposal, machines), tariff), smallest))
}

function kwhAYear({ energy }: Proposals, { watts }: Proposal, machines: number): Ratio {
  const kilowatts = times(times(watts, ratio(BigInt(machines))), ratio(1n, 1_000n))
  return times(times(kilowatts, energy.pue), energy.hoursAYear)
}
