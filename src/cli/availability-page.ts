import type { Budget } from '../core/availability/budget.ts'
import type { AvailabilityReport, SubjectAvailability } from '../core/availability/report.ts'
import { stripColumns, stripOf } from '../core/availability/strip.ts'
import type { Timeline } from '../core/availability/timeline.ts'
import { wallTime } from '../model/ids.ts'
import { causeText, percent } from '../text/availability-text.ts'
import type { Text } from '../text/text.ts'
import { budgetCells, budgetHeadings, headLines, incidentCells, subjectCells } from './availability-lines.ts'
import type { CliContext } from './context.ts'

const kinds = ['cluster', 'group', 'host', 'guest', 'service'] as const

/** Failures on one page: more are a file of their own (`-o csv`). */
const shownIncidents = 500

/** Cells so short are not broken into lines: `28 d 14 h`. */
const keptTogether = 16

/** Colours that are told apart in grey and by most who confuse red and green; planned and unobserved are hatched besides. */
const style = `
:root { color-scheme: light; }
body { font: 10.5pt/1.45 system-ui, sans-serif; color: #1b1d1f; background: #fff; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; break-after: avoid; }
p { margin: .2rem 0; } .quiet { color: #5c6166; }
table { border-collapse: collapse; width: 100%; font-size: .86em; font-variant-numeric: tabular-nums; }
th { text-align: left; border-bottom: 1.5px solid #1b1d1f; padding: .2rem .5rem .2rem 0; font-size: .8em; vertical-align: bottom; }
td { border-bottom: 1px solid #dcdfe2; padding: .2rem .5rem .2rem 0; vertical-align: top; overflow-wrap: anywhere; }
.k { white-space: nowrap; } tr { break-inside: avoid; } thead { display: table-header-group; }
svg { display: block; width: 100%; height: 1.1rem; } .scale { display: flex; justify-content: space-between; font-size: .8em; }
.row { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr 7rem; gap: .6rem; align-items: center; margin: .15rem 0; break-inside: avoid; }
.row b { overflow-wrap: anywhere; font-weight: 600; } .row small { font-weight: 400; } .row span { text-align: right; font-variant-numeric: tabular-nums; }
.broken { color: #a11; font-weight: 600; } .warning { color: #8a5300; font-weight: 600; }
@page { size: A4 landscape; margin: 14mm; }
@media print { body { margin: 0; max-width: none; font-size: 9pt; padding: 0; } }
`

/** A page that stands alone: no script, nothing is fetched. */
export function availabilityPage(
  { text, version, wall }: Pick<CliContext, 'text' | 'version' | 'wall'>,
  report: AvailabilityReport,
  budgets: readonly Budget[],
): string {
  const [title, span, promised] = headLines(text, report)
  const made = text.cli('report-made', { version, time: text.time(wallTime(Math.floor(wall()))) })
  return `<!doctype html>
<html lang="${text.locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title!)}</title><style>${style}</style></head><body>
<h1>${escaped(title!)}</h1><p>${escaped(span!)}</p><p class="quiet">${escaped(promised!)}</p>
${patterns}
${kinds.map((kind) => section(text, kind, report)).join('\n')}
${promises(text, budgets)}
${causes(text, report)}
${incidents(text, report)}
<p class="quiet">${escaped(text.cli('report-explain'))}</p>
<p class="quiet">${escaped(text.cli('report-picture'))}</p>
<p class="quiet">${escaped(made)}</p>
</body></html>
`
}

const patterns = `<svg aria-hidden="true" style="position:absolute;width:0;height:0"><defs>
<pattern id="p" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" fill="#6a9fd8"/><rect width="3" height="8" fill="#2b6cb0"/></pattern>
<pattern id="n" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="8" height="8" fill="#e4e6e8"/><rect width="2" height="8" fill="#b6babd"/></pattern>
</defs></svg>`

const fills = { up: '#2f9e63', down: '#c92a2a', planned: 'url(#p)', 'not-observed': 'url(#n)' } as const

function section(text: Text, kind: (typeof kinds)[number], report: AvailabilityReport): string {
  const subjects = report.subjects.filter((one) => one.kind === kind && one.own !== null)
  if (subjects.length === 0) return ''
  const headings = [
    ...(['report-subject', 'report-availability', 'report-for-users', 'report-up', 'report-down'] as const),
    ...(['report-planned', 'report-not-observed', 'report-failures', 'report-mtbf', 'report-mttr'] as const),
    ...(['report-nines', 'report-class', 'report-class-2016'] as const),
  ].map((key) => text.cli(key))
  const rows = subjects.map((subject) => {
    const { class2016 } = subject.own!
    return [...subjectCells(text, subject), class2016 === null ? '' : text.cli(`class-${class2016}`)]
  })
  return `<h2>${escaped(text.cli(`kind-${kind}`))}</h2>
${subjects.map((subject) => picture(text, subject, report)).join('\n')}
${scale(text, report)}
${htmlTable(headings, rows)}`
}

function picture(
  text: Text,
  { name, own, needs, mean, timeline }: SubjectAvailability,
  report: AvailabilityReport,
): string {
  const share = percent(text, own?.availability ?? null)
  const more = [
    ...(needs.length === 0 ? [] : [text.cli('report-needs', { needs: text.list(needs) })]),
    ...(mean === null ? [] : [text.cli('report-mean', { mean: percent(text, mean) })]),
  ]
  const label = `${name}: ${share}`
  const title = more.length === 0 ? '' : `<br><small class="quiet">${escaped(more.join('; '))}</small>`
  return `<div class="row"><b>${escaped(name)}${title}</b>${strip(label, timeline, report)}<span>${escaped(share)}</span></div>`
}

function strip(label: string, timeline: Timeline, report: AvailabilityReport): string {
  let shapes = ''
  let begin = 0
  for (const { condition, columns: width } of stripOf(timeline, report)) {
    shapes += `<rect x="${begin}" width="${width}" height="20" fill="${fills[condition]}"/>`
    begin += width
  }
  return `<svg role="img" aria-label="${escaped(label)}" viewBox="0 0 ${stripColumns} 20" preserveAspectRatio="none">${shapes}</svg>`
}

function scale(text: Text, { fromMs, untilMs }: AvailabilityReport): string {
  const marks = [0, 0.5, 1].map((part) => text.time(wallTime(Math.round(fromMs + (untilMs - fromMs) * part))))
  const inner = marks.map((mark) => `<span>${escaped(mark)}</span>`).join('')
  return `<div class="row"><b></b><div class="scale quiet">${inner}</div><span></span></div>`
}

function promises(text: Text, budgets: readonly Budget[]): string {
  if (budgets.length === 0) return ''
  const headings = budgetHeadings.map((key) => text.cli(key))
  const rows = budgets.map((budget) => budgetCells(text, budget))
  const marks = budgets.map(({ state }) => state)
  return `<h2>${escaped(text.cli('report-slas'))}</h2>${htmlTable(headings, rows, marks)}`
}

function causes(text: Text, { subjects }: AvailabilityReport): string {
  const guests = subjects.filter(({ kind }) => kind === 'guest')
  const sums = new Map<string, number>()
  for (const { own } of guests) {
    for (const { cause, downMs } of own?.causes ?? []) {
      const name = causeText(text, cause)
      sums.set(name, (sums.get(name) ?? 0) + downMs)
    }
  }
  if (sums.size === 0) return ''
  const sorted = [...sums].sort((a, b) => b[1] - a[1])
  const most = sorted[0]![1]
  const bars = sorted.map(([name, downMs]) => {
    const width = Math.max(1, Math.round((downMs / most) * stripColumns))
    const bar = `<svg role="img" aria-label="${escaped(name)}" viewBox="0 0 ${stripColumns} 20" preserveAspectRatio="none"><rect width="${width}" height="20" fill="#c92a2a"/></svg>`
    return `<div class="row"><b>${escaped(name)}</b>${bar}<span>${escaped(text.duration(downMs))}</span></div>`
  })
  return `<h2>${escaped(text.cli('report-causes'))}</h2>${bars.join('')}`
}

function incidents(text: Text, report: AvailabilityReport): string {
  const all = incidentCells(text, report)
  if (all.length === 0) return ''
  const headings = (['report-subject', 'report-opened', 'report-repaired', 'report-cause'] as const).map((key) =>
    text.cli(key),
  )
  const rest = all.length - shownIncidents
  const more = rest > 0 ? `<p>${escaped(text.cli('report-more', { count: rest }))}</p>` : ''
  return `<h2>${escaped(text.cli('report-incidents'))}</h2>${htmlTable(headings, all.slice(0, shownIncidents))}${more}`
}

/** Columns that are empty in every row are left out. `marks`: a class for the last cell of each row. */
function htmlTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  marks: readonly string[] = [],
): string {
  const shown = headings.map((_, place) => place).filter((place) => rows.some((row) => row[place] !== ''))
  const head = shown.map((place) => `<th scope="col">${escaped(headings[place]!)}</th>`).join('')
  const body = rows.map((row, index) => {
    const cells = shown.map((place, at) => {
      const cell = row[place] ?? ''
      const mark = at === shown.length - 1 ? marks[index] : undefined
      const kept = cell.length <= keptTogether ? 'k' : undefined
      return `<td class="${[mark, kept].filter((one) => one !== undefined).join(' ')}">${escaped(cell)}</td>`
    })
    return `<tr>${cells.join('')}</tr>`
  })
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
