import type { Disturbance, DrillMeasure } from '../drill.ts'
import { type DrillGroup, type FigureName, type FigureUnit, figureUnits } from './report.ts'
import type { Summary } from './statistics.ts'

/** Mean and standard deviation, in the unit of the figure. Null deviation: the work gives none. */
export interface OldFigure {
  readonly name: FigureName
  readonly mean: number
  readonly deviation: number | null
}

interface OldGroup {
  readonly measure: DrillMeasure
  readonly during: Disturbance
  readonly figures: readonly OldFigure[]
}

const is = (name: FigureName, mean: number, deviation: number | null = null): OldFigure => ({ name, mean, deviation })

/** `ab` counts 1024 bytes to a kilobyte. */
export const abKilobyte = 1_024

/**
 * What a work of 2009 measured by hand on a live-migration cluster of two hosts (Celeron 450, 100 Mbit/s), ten times each. Its reboot is
 * that of a physical machine; the slowest percentile of its load is compared with the time within which 99 % of ours are answered.
 */
const workOf2009: readonly OldGroup[] = [
  {
    ...{ measure: 'downtime', during: 'reboot' },
    figures: [
      ...[is('sent', 187.3), is('received', 124.56), is('lost', 62.74), is('lossPercent', 33.49)],
      is('downtimeMs', 51_700, 7_200),
    ],
  },
  {
    ...{ measure: 'downtime', during: 'cold-move' },
    figures: [
      ...[is('sent', 201.5), is('received', 163.2), is('lost', 38.3), is('lossPercent', 19)],
      is('downtimeMs', 38_700, 6_500),
    ],
  },
  {
    ...{ measure: 'downtime', during: 'live-migration' },
    figures: [
      ...[is('sent', 214.7), is('received', 213.3), is('lost', 1), is('lossPercent', 0.46)],
      is('downtimeMs', 1_000, 0),
    ],
  },
  {
    ...{ measure: 'transfer', during: 'nothing' },
    figures: [is('bytesPerSecond', 1_970_000, 120_000)],
  },
  {
    ...{ measure: 'transfer', during: 'live-migration' },
    figures: [is('bytesPerSecond', 840_000, 80_000), is('broken', 0)],
  },
  {
    ...{ measure: 'load', during: 'nothing' },
    figures: [
      ...[is('requestsPerSecond', 3_089.27), is('tookMs', 32_370), is('meanMs', 1.619)],
      ...[is('bytesPerSecond', 1_224.29 * abKilobyte), is('p99Ms', 4.7)],
    ],
  },
  {
    ...{ measure: 'load', during: 'live-migration' },
    figures: [
      ...[is('requestsPerSecond', 1_862.87), is('tookMs', 53_680), is('meanMs', 2.684)],
      ...[is('bytesPerSecond', 738.26 * abKilobyte), is('p99Ms', 18.6)],
    ],
  },
]

/** The number that the work gives its table. */
export const oldTables = { downtime: 5, transfer: 7, load: 9 } as const satisfies Record<DrillMeasure, number>

export interface ComparedRow {
  readonly during: Disturbance
  readonly figure: FigureName
  readonly unit: FigureUnit
  /** Null: the work could not measure it. */
  readonly theirs: OldFigure | null
  readonly ours: Summary
}

export interface ComparedTable {
  readonly measure: DrillMeasure
  readonly rows: readonly ComparedRow[]
}

/** What the work could not do ("not stable"), and what is told of it instead. */
const failover: readonly FigureName[] = ['lost', 'downtimeMs', 'longestSilenceMs']

/** Its tables beside a drill's figures, as far as the drill measured the same; tables without a row are left out. */
export function besideThe2009Work(groups: readonly Omit<DrillGroup, 'advice'>[]): readonly ComparedTable[] {
  return (Object.keys(oldTables) as DrillMeasure[]).flatMap((measure) => {
    const rows = groups.filter((group) => group.measure === measure).flatMap(rowsOf)
    return rows.length === 0 ? [] : [{ measure, rows }]
  })
}

function rowsOf({ measure, during, figures }: Omit<DrillGroup, 'advice'>): ComparedRow[] {
  const old = workOf2009.find((one) => one.measure === measure && one.during === during)
  const isFailover = measure === 'downtime' && during === 'power-cut'
  const names = old?.figures.map(({ name }) => name) ?? (isFailover ? failover : [])
  return names.flatMap((figure) => {
    const ours = figures.find(({ name }) => name === figure)?.summary
    const theirs = old?.figures.find(({ name }) => name === figure) ?? null
    return ours === undefined ? [] : [{ during, figure, unit: figureUnits[figure], theirs, ours }]
  })
}
