import { encodeFigure, unknownCode } from '../../model/figure-code.ts'
import type { WallTime } from '../../model/ids.ts'
import { type Sample, type Subject, seriesOf, type TierPlace, tiers } from '../../model/metric.ts'
import type { Metrics } from '../../ports/metrics.ts'

type Figures = Map<string, readonly (number | null)[]>

/** The pretend figures of one host, kept as long as real ones. They outlive daemons. */
export class FakeMetrics implements Metrics {
  /** Of the finest tier, by step. */
  readonly #measured = new Map<number, Figures>()
  /** Of the coarser ones: those that are over. */
  readonly #sums = [new Map<number, Figures>(), new Map<number, Figures>()] as const
  /** The step of each coarser tier that is under way; null: nothing was recorded yet. */
  readonly #underWay: [number | null, number | null] = [null, null]

  record(at: WallTime, samples: readonly Sample[]): void {
    this.#sumUp(1, at)
    this.#sumUp(2, at)
    const step = stepOf(0, at)
    const figures = this.#measured.get(step) ?? new Map<string, readonly (number | null)[]>()
    for (const sample of samples) figures.set(keyOf(sample), sample.values)
    keep(this.#measured, 0, step, figures)
  }

  async read(subject: Subject, tier: TierPlace, from: number, count: number): Promise<Uint16Array> {
    const series = seriesOf[subject.kind].length
    const codes = new Uint16Array(count * series).fill(unknownCode)
    const steps = this.#stepsOf(tier)
    for (let place = 0; place < count; place += 1) {
      const values = steps.get(from + place)?.get(keyOf(subject)) ?? []
      codes.set(values.map(encodeFigure), place * series)
    }
    return codes
  }

  async close(): Promise<void> {}

  #stepsOf(tier: TierPlace): Map<number, Figures> {
    return tier === 0 ? this.#measured : this.#sums[tier - 1]!
  }

  #sumUp(tier: 1 | 2, at: WallTime): void {
    const now = stepOf(tier, at)
    const last = this.#underWay[tier - 1]!
    this.#underWay[tier - 1] = now
    if (last === null || last === now) return
    const finer = (tier - 1) as TierPlace
    const each = tiers[tier].stepMs / tiers[finer].stepMs
    const steps = this.#stepsOf(finer)
    const parts = Array.from({ length: each }, (_, place) => steps.get(last * each + place)).filter(
      (part) => part !== undefined,
    )
    const keys = new Set(parts.flatMap((part) => [...part.keys()]))
    keep(
      this.#sums[tier - 1]!,
      tier,
      last,
      new Map([...keys].map((key) => [key, means(parts.map((part) => part.get(key) ?? []))])),
    )
  }
}

function means(rows: readonly (readonly (number | null)[])[]): (number | null)[] {
  const longest = Math.max(...rows.map(({ length }) => length))
  return Array.from({ length: longest }, (_, place) => {
    const known = rows.map((row) => row[place] ?? null).filter((value) => value !== null)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}

function keep(steps: Map<number, Figures>, tier: TierPlace, step: number, figures: Figures): void {
  steps.delete(step)
  steps.set(step, figures)
  const [oldest] = steps.keys()
  if (steps.size > tiers[tier].length && oldest !== undefined) steps.delete(oldest)
}

function stepOf(tier: TierPlace, at: WallTime): number {
  return Math.floor(at / tiers[tier].stepMs)
}

function keyOf({ kind, name }: Subject): string {
  return `${kind}:${name}`
}
