import type { NamedAmount, Proposal, Proposals } from '../../model/plan/cost.ts'
import type { Money } from '../../model/plan/money.ts'
import { type Ratio, ratio, rounded, times } from '../../model/plan/ratio.ts'

/** One input of the file that can be turned, by its path there. */
export interface Lever {
  readonly input: string
  readonly changed: (factor: Ratio) => Proposals
}

/** Every input that is not zero and not a count of whole things. */
export function levers(input: Proposals, names: readonly string[]): readonly Lever[] {
  return [...rates(input), ...prices(input), ...names.flatMap((name) => proposalLevers(input, name))]
}

function rates(input: Proposals): Lever[] {
  const whole = (['discountRate', 'inflation', 'growth'] as const).flatMap((key): Lever[] =>
    input[key].over === 0n
      ? []
      : [{ input: key, changed: (factor) => ({ ...input, [key]: times(input[key], factor) }) }],
  )
  const energy = (['tariff', 'pue', 'hoursAYear', 'inflation'] as const).flatMap((key): Lever[] => {
    const value = input.energy[key]
    const isOwn = key !== 'inflation' || value.over * input.inflation.under !== input.inflation.over * value.under
    if (value.over === 0n || input.energy.tariff.over === 0n || !isOwn) return []
    return [
      {
        input: `energy.${key}`,
        changed: (factor) => ({ ...input, energy: { ...input.energy, [key]: times(value, factor) } }),
      },
    ]
  })
  return [...whole, ...energy]
}

function prices(input: Proposals): Lever[] {
  return (['lanPort', 'sanPort', 'backupLicence', 'workHour'] as const).flatMap((key): Lever[] =>
    input.prices[key] === 0n
      ? []
      : [
          {
            input: `prices.${key}`,
            changed: (factor) => ({ ...input, prices: { ...input.prices, [key]: scaled(input.prices[key], factor) } }),
          },
        ],
  )
}

function proposalLevers(input: Proposals, name: string): Lever[] {
  const proposal = input.proposals.find((one) => one.name === name)!
  const path = (key: string): string => `proposals.${name}.${key}`
  const withChange = (change: Partial<Proposal>): Proposals => ({
    ...input,
    proposals: input.proposals.map((one) => (one === proposal ? { ...one, ...change } : one)),
  })
  const measures = (['watts', 'setupHours', 'yearlyHours'] as const).flatMap((key): Lever[] =>
    proposal[key].over === 0n
      ? []
      : [{ input: path(key), changed: (factor) => withChange({ [key]: times(proposal[key], factor) }) }],
  )
  const amounts = (['each', 'eachYearly', 'once', 'yearly'] as const).flatMap((key) =>
    proposal[key].map(
      (one): Lever => ({
        input: path(`${key}.${one.name}`),
        changed: (factor) =>
          withChange({ [key]: proposal[key].map((other) => (other === one ? dearer(one, factor) : other)) }),
      }),
    ),
  )
  return [...measures, ...amounts]
}

const dearer = ({ name, amount }: NamedAmount, factor: Ratio): NamedAmount => ({ name, amount: scaled(amount, factor) })

const scaled = (amount: Money, factor: Ratio): Money => rounded(times(ratio(amount), factor))
