import type { Budget } from '../core/availability/budget.ts'
import type { AvailabilityReport, SubjectAvailability } from '../core/availability/report.ts'
import { wallTime } from '../model/ids.ts'
import { slaName } from '../model/sla.ts'
import { burnText, causeText, percent, windowText } from '../text/availability-text.ts'
import type { Text } from '../text/text.ts'
import type { Paint } from './paint.ts'
import { table } from './table.ts'

/** Failures shown in the table; the other formats have all. */
const shownIncidents = 20

export function availabilityLines(
  { text, paint }: { readonly text: Text; readonly paint: Paint },
  report: AvailabilityReport,
  budgets: readonly Budget[],
  width: number | null,
): string[] {
  const headings = [
    ...(['report-subject', 'report-availability', 'report-for-users', 'report-up', 'report-down'] as const),
    ...(['report-planned', 'report-not-observed', 'report-failures', 'report-mtbf', 'report-mttr'] as const),
    ...(['report-nines', 'report-class'] as const),
  ]
  const known = report.subjects.filter(({ own }) => own !== null && own.promisedMs > own.notObservedMs)
  const lines = headLines(text, report)
  if (known.length === 0) return [...lines, '', text.cli('report-no-history')]
  const columns = headings.map((key) => ({ heading: text.cli(key) }))
  lines.push(
    '',
    ...table(
      columns,
      known.map((subject) => subjectCells(text, subject)),
      paint,
      width,
    ),
  )
  const incidents = incidentCells(text, report)
  if (incidents.length > 0) {
    const incidentColumns = [...(['report-subject', 'report-opened', 'report-repaired', 'report-cause'] as const)].map(
      (key) => ({ heading: text.cli(key) }),
    )
    lines.push('', paint.strong(text.cli('report-incidents')))
    lines.push(...table(incidentColumns, incidents.slice(0, shownIncidents), paint, width))
    if (incidents.length > shownIncidents) {
      lines.push(text.cli('report-more', { count: incidents.length - shownIncidents }))
    }
  }
  if (budgets.length > 0)
    lines.push('', paint.strong(text.cli('report-slas')), ...budgetLines(text, paint, budgets, width))
  return lines
}

export function headLines(text: Text, report: AvailabilityReport): string[] {
  const promised = text.duration(report.subjects.find(({ own }) => own !== null)?.own?.promisedMs ?? 0)
  return [
    text.cli('report-title', { cluster: report.cluster }),
    text.cli('report-span', { from: text.time(wallTime(report.fromMs)), until: text.time(wallTime(report.untilMs)) }),
    report.promised === null
      ? text.cli('report-always', { promised })
      : text.cli('report-promised', { name: report.promised.name, zone: report.promised.timeZone, promised }),
  ]
}

export function subjectCells(text: Text, subject: SubjectAvailability): string[] {
  const own = subject.own!
  const duration = (ms: number | null): string => (ms === null || ms === 0 ? '' : text.duration(ms))
  return [
    subject.name,
    percent(text, own.availability),
    subject.perceived === null ? '' : percent(text, subject.perceived.availability),
    ...[own.upMs, own.downMs, own.plannedMs, own.notObservedMs].map(duration),
    text.number(own.failures),
    duration(own.mtbfMs),
    duration(own.mttrMs),
    own.nines === null ? '' : text.number(own.nines),
    own.class2009 === null ? '' : text.cli(`class-${own.class2009}`),
  ]
}

/** Newest first; of guests and hosts: a service's failures are those of its guest, or stand beside them. */
export function incidentCells(text: Text, { subjects }: AvailabilityReport): string[][] {
  return subjects
    .filter(({ kind }) => kind === 'host' || kind === 'guest' || kind === 'service')
    .flatMap(({ name, own }) => (own?.incidents ?? []).map((incident) => ({ name, ...incident })))
    .sort((a, b) => b.openedAt - a.openedAt)
    .map(({ name, openedAt, closedAt, cause }) => [
      name,
      text.time(wallTime(openedAt)),
      closedAt === null ? text.cli('report-open') : text.duration(closedAt - openedAt),
      causeText(text, cause),
    ])
}

export const budgetHeadings = [
  ...(['report-sla', 'report-window', 'report-allowed', 'report-spent', 'report-burn'] as const),
  ...(['report-exhausted', 'report-state'] as const),
]

export function budgetCells(text: Text, budget: Budget): string[] {
  const { sla, allowedMs, spentMs, burnHour, burnSixHours, exhaustedAt, state } = budget
  return [
    `${slaName(sla)} ${percent(text, sla.targetMillionths / 1_000_000)}${sla.promised === null ? '' : ` (${sla.promised.name})`}`,
    windowText(text, sla.window),
    text.duration(allowedMs),
    text.duration(spentMs),
    `${burnText(text, burnHour)}, ${burnText(text, burnSixHours)}`,
    exhaustedAt === null ? '' : text.time(wallTime(exhaustedAt)),
    text.cli(state === 'kept' ? 'sla-kept' : `sla-state-${state}`),
  ]
}

function budgetLines(text: Text, paint: Paint, budgets: readonly Budget[], width: number | null): string[] {
  const columns = budgetHeadings.map((key) => ({ heading: text.cli(key) }))
  return table(
    columns,
    budgets.map((budget) => budgetCells(text, budget)),
    paint,
    width,
  )
}
