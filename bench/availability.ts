import { join } from 'node:path'
import { must } from '../lab/run.ts'
import { atMost, exactly, figure, type Measured } from './figures.ts'
import { root } from './machine.ts'
import type { RunOptions } from './run-options.ts'
import { largest, median, smallest } from './statistics.ts'

const LIMIT_MS = 300_000

const YEARS = 10
const FAILURES = 100_000

export interface LargeReport {
  readonly events: number
  readonly told: number
  readonly times: readonly number[]
  readonly cpuTimes: readonly number[]
}

/** In `scripts/`, because reports are reckoned in a room that the bench may not enter. */
export async function largeReport({ say }: RunOptions, runs: number): Promise<LargeReport> {
  const program = join(root, 'scripts', 'large-report.ts')
  const words = [program, String(YEARS), String(FAILURES), String(runs)]
  const report = JSON.parse(await must(process.execPath, words, { timeoutMs: LIMIT_MS })) as LargeReport
  say(`report of ${YEARS} years with ${report.told} failures: ${median(report.times).toFixed(0)} ms`)
  return report
}

export function largeReportFigures({ events, told, times, cpuTimes }: LargeReport): Measured {
  const what = `availability report of ${YEARS} years with ${FAILURES} failures of 20 guests (${events} events)`
  const notes = [
    'Every second report counts only the hours of a calendar. Reading the events from the daemon is not part of it.',
  ]
  return {
    figures: [
      figure({
        ...{ name: 'availability.report', what, unit: 'ms', value: median(times), n: times.length },
        ...{ least: smallest(times), most: largest(times), limit: atMost(2_000) },
      }),
      figure({
        name: 'availability.failures',
        what: 'failures it tells',
        unit: 'count',
        value: told,
        n: 1,
        limit: exactly(FAILURES),
      }),
    ],
    details: { events, told, times, cpuTimes },
    notes,
  }
}
