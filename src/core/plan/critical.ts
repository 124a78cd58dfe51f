import type { CriticalService, Weights } from '../../model/plan/consolidation.ts'

/** Figures that a rank is made from. */
export const criteria = ['users', 'requests', 'volume'] as const

export type Criterion = (typeof criteria)[number]

export interface Ranked {
  /** From 1; equals share none: the file's own order decides between them. */
  readonly rank: number
  readonly service: string
  readonly guests: readonly string[]
  /** 0 to 1: the weighted mean of each figure's part of the largest. */
  readonly score: number
  readonly figures: Readonly<Record<Criterion, number | null>>
  /** Said in words, where no figure is given: `employees`. */
  readonly words: Readonly<Partial<Record<Criterion, string>>>
}

/**
 * Critical services, most critical first: each figure as a part of the largest there is, weighted. What has no figure counts as nothing; of those
 * that are equal, the one the file names first. Pure.
 */
export function rank(services: readonly CriticalService[], weights: Weights): readonly Ranked[] {
  const largest = (criterion: Criterion): number => Math.max(0, ...services.map((one) => numberOf(one[criterion]) ?? 0))
  const most = Object.fromEntries(criteria.map((one) => [one, largest(one)]))
  // A criterion that nobody has a figure of weighs nothing.
  const used = criteria.filter((one) => most[one]! > 0 && weights[one] > 0)
  const weight = used.reduce((sum, one) => sum + weights[one], 0)
  const scored = services.map((service, place) => {
    const sum = used.reduce((all, one) => all + (weights[one] * (numberOf(service[one]) ?? 0)) / most[one]!, 0)
    return { service, place, score: weight === 0 ? 0 : sum / weight }
  })
  scored.sort((a, b) => b.score - a.score || a.place - b.place)
  return scored.map(({ service, score }, index) => ({
    rank: index + 1,
    service: service.service,
    guests: service.guests,
    score,
    figures: {
      users: numberOf(service.users),
      requests: numberOf(service.requests),
      volume: numberOf(service.volume),
    },
    words: Object.fromEntries(
      criteria.flatMap((one) => (typeof service[one] === 'string' ? [[one, service[one]]] : [])),
    ),
  }))
}

const numberOf = (value: number | string | null): number | null => (typeof value === 'number' ? value : null)
