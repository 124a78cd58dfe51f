import type { Disturbance, DrillMeasure, DrillResult, DrillRun, MeasuredOutcome } from '../drill.ts'
import { type Advice, type AdviceSettings, advise } from './advice.ts'
import { type Summary, summarize } from './statistics.ts'

export type FigureUnit = 'count' | 'percent' | 'ms' | 'per-second' | 'bytes-per-second'

/** In the order in which they are shown. */
export const figureUnits = {
  sent: 'count',
  received: 'count',
  lost: 'count',
  lossPercent: 'percent',
  downtimeMs: 'ms',
  longestSilenceMs: 'ms',
  duplicated: 'count',
  bytesPerSecond: 'bytes-per-second',
  requestsPerSecond: 'per-second',
  downloadMs: 'ms',
  tookMs: 'ms',
  meanMs: 'ms',
  p50Ms: 'ms',
  p90Ms: 'ms',
  p99Ms: 'ms',
  slowestMs: 'ms',
  broken: 'count',
  downloads: 'count',
  actMs: 'ms',
} as const satisfies Readonly<Record<string, FigureUnit>>

export type FigureName = keyof typeof figureUnits

export interface DrillFigure {
  readonly name: FigureName
  readonly unit: FigureUnit
  readonly summary: Summary
  /** In the order of the runs. */
  readonly values: readonly number[]
}

/** All runs of one measure during one disturbance. */
export interface DrillGroup {
  readonly measure: DrillMeasure
  readonly during: Disturbance
  readonly runs: number
  readonly figures: readonly DrillFigure[]
  /** Of what the guest carries while nothing happens. Null: nothing to compare with. */
  readonly ofBaseline: number | null
  /** Runs that were over before the disturbance was. */
  readonly uncovered: number
  readonly advice: readonly Advice[]
}

export interface DrillReport extends Omit<DrillResult, 'runs'> {
  readonly groups: readonly DrillGroup[]
}

/** What a drill came to: each figure with how sure it is, and what would make it better. Pure. */
export function reportDrill({ runs, ...rest }: DrillResult, settings: AdviceSettings): DrillReport {
  const { measures, during } = rest.plan
  const bare = measures.flatMap((measure) => during.flatMap((one) => groupOf(measure, one, runs) ?? []))
  const groups = bare.map((group) => {
    const ofBaseline = shareOfBaseline(group, bare)
    return { ...group, ofBaseline, advice: advise({ ...group, ofBaseline }, settings) }
  })
  return { ...rest, groups }
}

type BareGroup = Omit<DrillGroup, 'ofBaseline' | 'advice'>

function groupOf(measure: DrillMeasure, during: Disturbance, all: readonly DrillRun[]): BareGroup | null {
  const runs = all.filter((run) => run.measure === measure && run.during === during)
  if (runs.length === 0) return null
  const rows = runs.map(figuresOf)
  const figures = (Object.keys(figureUnits) as FigureName[]).flatMap((name) => {
    const values = rows.flatMap((row) => row[name] ?? [])
    return values.length === 0 ? [] : [{ name, unit: figureUnits[name], summary: summarize(values), values }]
  })
  const uncovered = runs.filter(({ covered }) => !covered).length
  return { measure, during, runs: runs.length, figures, uncovered }
}

/** The figures of one run, in the order in which they are shown. */
export function runFigures(
  run: DrillRun,
): readonly { readonly name: FigureName; readonly unit: FigureUnit; readonly value: number }[] {
  const figures = figuresOf(run)
  return (Object.keys(figureUnits) as FigureName[]).flatMap((name) => {
    const value = figures[name]
    return value === undefined ? [] : [{ name, unit: figureUnits[name], value }]
  })
}

function figuresOf({ outcome, actMs }: DrillRun): Partial<Readonly<Record<FigureName, number>>> {
  return { ...measured(outcome), ...(actMs !== null && { actMs }) }
}

function measured(outcome: MeasuredOutcome): Partial<Readonly<Record<FigureName, number>>> {
  switch (outcome.kind) {
    case 'downtime': {
      const { sent, received, lost, duplicated, longestSilenceMs, intervalMs } = outcome
      const lossPercent = sent === 0 ? 0 : (100 * lost) / sent
      // Each ping stands for the interval that it was sent in, as in the tables that are compared with.
      return { sent, received, lost, lossPercent, downtimeMs: lost * intervalMs, longestSilenceMs, duplicated }
    }
    case 'transfer': {
      const { downloads, bytesPerSecond, longestSilenceMs, broken } = outcome
      const downloadMs = outcome.tookMs / downloads
      return { bytesPerSecond, downloadMs, longestSilenceMs, broken: broken ? 1 : 0, downloads }
    }
    case 'load': {
      const { requestsPerSecond, bytesPerSecond, tookMs, meanMs, p50Ms, p90Ms, p99Ms, slowestMs } = outcome
      const { lost, duplicated, broken, longestSilenceMs } = outcome
      return {
        ...{ requestsPerSecond, bytesPerSecond, tookMs, meanMs, p50Ms, p90Ms, p99Ms, slowestMs },
        ...{ lost, duplicated, broken, longestSilenceMs },
      }
    }
  }
}

/** Of a download its rate, of a load its requests a second. */
function shareOfBaseline(group: BareGroup, all: readonly BareGroup[]): number | null {
  if (group.during === 'nothing' || group.measure === 'downtime') return null
  const name = group.measure === 'transfer' ? 'bytesPerSecond' : 'requestsPerSecond'
  const baseline = all.find(({ measure, during }) => measure === group.measure && during === 'nothing')
  const [is, was] = [group, baseline].map((one) => one?.figures.find((figure) => figure.name === name)?.summary.mean)
  return is == null || was == null || was === 0 ? null : is / was
}
