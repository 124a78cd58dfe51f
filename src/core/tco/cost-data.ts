import { exactNumber } from '../../model/plan/exact-number.ts'
import { type Money, moneyText } from '../../model/plan/money.ts'
import { asNumber, type Ratio } from '../../model/plan/ratio.ts'
import { type ComparisonResult, type CostLine, differences, type Sum } from './comparison.ts'
import type { ProposalResult, ProposalsResult } from './proposals.ts'

/** For programs: amounts are numbers with all digits of their currency. Sums lie where the file has them; those under `expected` are the result itself. */
export function comparisonData(file: string, result: ComparisonResult): object {
  const { currency } = result
  const data: Record<string, unknown> = {
    ...{ kind: result.kind, file, currency, servers: result.servers, hosts: result.hosts },
  }
  for (const sum of result.sums) {
    const steps = bare(sum.path).split('.')
    let at = data
    for (const step of steps.slice(0, -1)) {
      const next = (at[step] ?? {}) as Record<string, unknown>
      at[step] = next
      at = next
    }
    at[steps.at(-1)!] = sumValue(sum, sum.value, currency)
  }
  const amount = (one: Money): object => exactNumber(moneyText(one, currency))
  const line = ({ name, count, each, total }: CostLine): object => ({
    ...{ name, count, each: amount(each), total: amount(total) },
  })
  return {
    ...data,
    costs: { physical: result.physical.map(line), virtual: result.virtual.map(line) },
    sums: result.sums.map((sum) => ({
      ...{ path: bare(sum.path), unit: sum.unit, value: sumValue(sum, sum.value, currency) },
      stated: sum.stated === null ? null : sumValue(sum, sum.stated, currency),
    })),
    differences: differences(result).map((sum) => ({
      path: sum.path,
      stated: sumValue(sum, sum.stated!, currency),
      derived: sumValue(sum, sum.value, currency),
    })),
  }
}

export function proposalsData(file: string, result: ProposalsResult): object {
  const { kind, currency, years, baseline } = result
  return {
    ...{ kind, file, currency, years, baseline, sensitivity: asNumber(result.sensitivity) },
    proposals: result.proposals.map((one) => proposalData(one, currency)),
  }
}

function proposalData({ against, ...cost }: ProposalResult, currency: string): object {
  const amount = (one: Money): object => exactNumber(moneyText(one, currency))
  return {
    name: cost.name,
    machines: cost.machines,
    items: cost.items.map((item) => ({ ...item, total: amount(item.total) })),
    byYear: cost.byYear.map(amount),
    total: amount(cost.total),
    presentValue: amount(cost.presentValue),
    energyKwh: asNumber(cost.energyKwh, 3),
    against:
      against === null
        ? null
        : {
            saving: amount(against.saving),
            savingShare: numberOrNull(against.savingShare),
            netPresentValue: amount(against.netPresentValue),
            returnOnInvestment: numberOrNull(against.returnOnInvestment),
            paybackYears: numberOrNull(against.paybackYears, 3),
            sensitivity: against.sensitivity.map(({ input, less, more, swing }) => ({
              ...{ input, less: amount(less), more: amount(more), swing: amount(swing) },
            })),
          },
  }
}

/** Those under `expected` are the result itself. */
export const bare = (path: string): string => path.replace(/^expected\./, '')

export const numberOrNull = (value: Ratio | null, digits = 6): number | null =>
  value === null ? null : asNumber(value, digits)

function sumValue(sum: Sum, value: Ratio, currency: string): unknown {
  return sum.unit === 'money' && value.under === 1n ? exactNumber(moneyText(value.over, currency)) : asNumber(value)
}
