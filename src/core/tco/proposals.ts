import type { Proposals } from '../../model/plan/cost.ts'
import type { Money } from '../../model/plan/money.ts'
import { dividedBy, plus, type Ratio, ratio } from '../../model/plan/ratio.ts'
import { levers } from './levers.ts'
import { type ProposalCost, presentValue, proposalCost } from './proposal-cost.ts'

/** One proposal held against the baseline; the baseline itself has no saving. */
export interface ProposalResult extends ProposalCost {
  readonly against: {
    /** Over all years. */
    readonly saving: Money
    readonly savingShare: Ratio | null
    /** Of the differences of each year, in money of the start. */
    readonly netPresentValue: Money
    /** Saving for each unit of money spent at the start. Null: nothing is spent then. */
    readonly returnOnInvestment: Ratio | null
    /** Years until it has cost less than the baseline, as if each year's part came evenly; 0: from the start on. Null: not within the years. */
    readonly paybackYears: Ratio | null
    /** Inputs by how much they move the net present value, those that move it most first. */
    readonly sensitivity: readonly Sensitivity[]
  } | null
}

/** What the net present value is when one input is less, and when it is more. */
export interface Sensitivity {
  readonly input: string
  readonly less: Money
  readonly more: Money
  /** Between the two. */
  readonly swing: Money
}

export interface ProposalsResult {
  readonly kind: 'proposals'
  readonly currency: string
  readonly years: number
  readonly baseline: string
  /** Cheapest over all years (in money of the start) first. */
  readonly proposals: readonly ProposalResult[]
  readonly sensitivity: Ratio
}

/** What each proposal costs over the years, and what it saves. From the inputs alone, each year's part exact to the smallest unit. Pure. */
export function weigh(input: Proposals): ProposalsResult {
  const costs = new Map(input.proposals.map((one) => [one.name, proposalCost(input, one)]))
  const base = costs.get(input.baseline)!
  const proposals = [...costs.values()].map((cost): ProposalResult => {
    if (cost === base) return { ...cost, against: null }
    const saved = base.byYear.map((amount, year) => amount - cost.byYear[year]!)
    const saving = base.total - cost.total
    return {
      ...cost,
      against: {
        saving,
        savingShare: dividedBy(ratio(saving), ratio(base.total)),
        netPresentValue: presentValue(saved, input.discountRate),
        returnOnInvestment: dividedBy(ratio(saving), ratio(cost.byYear[0]!)),
        paybackYears: payback(saved),
        sensitivity: sensitivityOf(input, cost.name),
      },
    }
  })
  proposals.sort((a, b) => (a.presentValue < b.presentValue ? -1 : a.presentValue > b.presentValue ? 1 : 0))
  const { currency, years, baseline, sensitivity } = input
  return { kind: 'proposals', currency, years, baseline, proposals, sensitivity }
}

/** When the sum of what is saved stops being negative for good. */
function payback(saved: readonly Money[]): Ratio | null {
  let sum = 0n
  let found: Ratio | null = null
  for (const [year, amount] of saved.entries()) {
    const before = sum
    sum += amount
    if (sum < 0n) found = null
    else if (found === null) found = year === 0 ? ratio(0n) : plus(ratio(BigInt(year - 1)), ratio(-before, amount))
  }
  return found
}

function sensitivityOf(input: Proposals, name: string): Sensitivity[] {
  const worth = (changed: Proposals): Money => {
    const cost = proposalCost(changed, changed.proposals.find((one) => one.name === name)!)
    const base = proposalCost(changed, changed.proposals.find((one) => one.name === changed.baseline)!)
    return presentValue(
      base.byYear.map((amount, year) => amount - cost.byYear[year]!),
      changed.discountRate,
    )
  }
  const one = ratio(1n)
  const found = levers(input, [input.baseline, name]).map(({ input: label, changed }): Sensitivity => {
    const less = worth(changed(plus(one, { over: -input.sensitivity.over, under: input.sensitivity.under })))
    const more = worth(changed(plus(one, input.sensitivity)))
    return { input: label, less, more, swing: more > less ? more - less : less - more }
  })
  return found
    .filter(({ swing }) => swing > 0n)
    .sort((a, b) => (a.swing < b.swing ? 1 : a.swing > b.swing ? -1 : a.input < b.input ? -1 : 1))
}
