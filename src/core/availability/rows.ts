import { slaName } from '../../model/sla.ts'
import type { Budget } from './budget.ts'
import type { AvailabilityReport } from './report.ts'

/** A report as a table for programs; the first row names its columns. */
export function availabilityRows(
  report: AvailabilityReport,
  budgets: readonly Budget[],
): readonly (readonly (string | number | null)[])[] {
  const subjects = report.subjects.map(({ kind, name, own, perceived }) => [
    ...[kind, name, own?.availability ?? null, perceived?.availability ?? null],
    ...[own?.promisedMs ?? null, own?.upMs ?? null, own?.downMs ?? null, own?.plannedMs ?? null],
    ...[own?.notObservedMs ?? null, own?.failures ?? null, own?.mtbfMs ?? null, own?.mttrMs ?? null],
    ...[own?.nines ?? null, own?.class2009 ?? null, own?.class2016 ?? null],
  ])
  const promises = budgets.map(({ sla, promisedMs, spentMs, notObservedMs, state }) => [
    ...['promise', slaName(sla), sla.targetMillionths / 1_000_000, null, promisedMs, null, spentMs, null],
    ...[notObservedMs, null, null, null, null, state, null],
  ])
  return [
    [
      ...['kind', 'name', 'availability', 'perceived', 'promisedMs', 'upMs', 'downMs', 'plannedMs', 'notObservedMs'],
      ...['failures', 'mtbfMs', 'mttrMs', 'nines', 'class2009', 'class2016'],
    ],
    ...subjects,
    ...promises,
  ]
}
