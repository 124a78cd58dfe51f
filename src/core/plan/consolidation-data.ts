import type { ConsolidationFile, Weights } from '../../model/plan/consolidation.ts'
import { exactNumber } from '../../model/plan/exact-number.ts'
import { moneyText } from '../../model/plan/money.ts'
import { dateOf } from '../availability/promised.ts'
import { type Asking, type Consolidation, consolidate } from './consolidate.ts'
import { growthsOf, questionOf, totalDifferences, totalsOf } from './consolidation-question.ts'
import { type Ranked, rank } from './critical.ts'
import { type PlanReport, reported } from './report.ts'

export interface ShownConsolidation {
  readonly file: string
  readonly asked: ConsolidationFile
  readonly ranking: readonly Ranked[]
  readonly result: Consolidation
  /** Null: there is no plan. */
  readonly report: PlanReport | null
  /** Milliseconds since 1970. */
  readonly today: number
}

const dayMs = 86_400_000

export interface ConsolidationWish {
  /** Null: as the file says. */
  readonly survive: number | null
  readonly weights: Weights | null
  readonly limitMs: number
  /** Milliseconds since 1970. */
  readonly today: number
}

/** The whole answer to a file: who asks has the solver. */
export function* planned(file: string, given: ConsolidationFile, wish: ConsolidationWish): Asking<ShownConsolidation> {
  const survive = wish.survive ?? given.survive
  const weights = wish.weights ?? given.weights
  // Copies of disks serve the loss of one host: with more at once, or none, they lie where all hosts reach them.
  const asked: ConsolidationFile = { ...given, survive, weights, mirrored: given.mirrored && survive === 1 }
  const question = questionOf(asked)
  const result = yield* consolidate(question, wish.limitMs)
  const report = result.kind === 'found' ? reported(question, result.prepared, result.plan, growthsOf(asked)) : null
  return { file, asked, ranking: rank(asked.critical, weights), result, report, today: wish.today }
}

/** Somebody needs more each day. */
export function grows({ guests }: ConsolidationFile): boolean {
  return guests.some(({ growth, daily }) => growth > 0 || daily.memory > 0 || daily.cpu > 0 || daily.disk > 0)
}

/** For programs: sizes in MiB, those of the file's own totals in GB, processors in thousandths of a core. */
export function consolidationData({ file, asked, ranking, result, report, today }: ShownConsolidation): object {
  const totals = totalsOf(asked)
  const whole = {
    ...{ kind: 'consolidation', file, survive: asked.survive, outcome: result.kind },
    ...{ guests: asked.guests.length, present: asked.hosts.filter(({ present }) => present).length },
  }
  const critical = {
    weights: asked.weights,
    ranking,
    totals: { cores: totals.cores, memoryGb: totals.memoryMilli / 1_000, diskGb: totals.diskMilli / 1_000 },
    differences: totalDifferences(asked).map(({ list, what, stated, derived }) => {
      const [key, part] = what === 'cores' ? ['cores', 1] : [what.replace('Milli', 'Gb'), 1_000]
      return { list, what: key, stated: stated / part, derived: derived / part }
    }),
  }
  const start = {
    ...whole,
    critical,
    assumptions: asked.assumptions,
    bareMetal: asked.bareMetal.map(({ name }) => name),
  }
  if (result.kind === 'impossible') return { ...start, because: result.because }
  if (result.kind !== 'found' || report === null) return start
  const { plan, prepared } = result
  const names = prepared.resources.map(({ name }) => name)
  const amounts = (of: readonly number[]): object => Object.fromEntries(names.map((name, r) => [name, of[r] ?? null]))
  const price = (amount: number): object | number =>
    asked.currency === null ? amount : exactNumber(moneyText(BigInt(amount), asked.currency))
  return {
    ...start,
    kept: report.kept,
    freed: report.freed,
    bought: report.bought,
    price: {
      currency: asked.currency,
      total: price(plan.price),
      bound: price(plan.priceBound),
      gap: gapOf(plan.price, plan.priceBound),
      proven: plan.price === plan.priceBound,
    },
    whyNotLess: plan.whyNotLess,
    placement: Object.fromEntries(report.placement.map(({ guest, to }) => [guest, to])),
    hosts: report.hosts.map((host) => ({ ...host, held: amounts(host.held), capacity: amounts(host.capacity) })),
    survives: true,
    losses: report.losses,
    moves: { count: plan.moves, bound: plan.movesBound, proven: plan.moves === plan.movesBound, ...report.order },
    headroom: {
      ...report.headroom,
      grows: grows(asked),
      date: report.headroom.days === null ? null : dateOf(Math.floor(today / dayMs + report.headroom.days)),
    },
  }
}

/** How much more than the bound the plan may cost, as a part of the bound; 0: nothing cheaper exists. */
export function gapOf(price: number, bound: number): number {
  return bound === 0 ? Number(price > 0) : Number(((price - bound) / bound).toFixed(6))
}
