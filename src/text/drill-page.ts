import type { DrillMeasure } from '../model/drill.ts'
import type { DrillFigure, DrillGroup, DrillReport, FigureName } from '../model/drills/report.ts'
import {
  adviceText,
  type DrillText,
  duringText,
  figureCells,
  figureHeadings,
  groupTitle,
  headLines,
  measureText,
  valueText,
} from './drill-text.ts'

/** The figures that are drawn, of each measure. */
export const drawnFigures: Readonly<Record<DrillMeasure, readonly FigureName[]>> = {
  downtime: ['downtimeMs', 'longestSilenceMs'],
  transfer: ['bytesPerSecond', 'longestSilenceMs'],
  load: ['requestsPerSecond', 'meanMs', 'p99Ms'],
}

/** Of a picture, in its own units; on paper it is as wide as its column. */
const width = 1000
const barHeight = 26

const style = `
:root { color-scheme: light; }
body { font: 10.5pt/1.45 system-ui, sans-serif; color: #1b1d1f; background: #fff; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; break-after: avoid; }
h3 { font-size: .95rem; margin: 1rem 0 .3rem; break-after: avoid; } p { margin: .2rem 0; } .quiet { color: #5c6166; }
table { border-collapse: collapse; width: 100%; font-size: .84em; font-variant-numeric: tabular-nums; }
th { text-align: right; border-bottom: 1.5px solid #1b1d1f; padding: .2rem 0 .2rem .6rem; font-size: .8em; vertical-align: bottom; }
td { text-align: right; border-bottom: 1px solid #dcdfe2; padding: .2rem 0 .2rem .6rem; vertical-align: top; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; }
tr, .row, section { break-inside: avoid; } thead { display: table-header-group; }
.row { display: grid; grid-template-columns: 13rem 1fr 11rem; gap: .6rem; align-items: center; margin: .15rem 0; }
.row span:last-child { text-align: right; font-variant-numeric: tabular-nums; font-size: .9em; }
svg { display: block; width: 100%; height: 1.3rem; } .better { border-left: 3px solid #2f6f9f; padding-left: .6rem; margin: .3rem 0; }
.bad { color: #a11; font-weight: 600; }
@page { size: A4; margin: 14mm; }
@media print { body { margin: 0; max-width: none; font-size: 9pt; padding: 0; } .row { grid-template-columns: 10rem 1fr 9rem; } }
`

/** A page that stands alone: no script, nothing is fetched. `made`: what made it, and when. */
export function drillPage(text: DrillText, made: string, report: DrillReport): string {
  const [title, when, ...rest] = headLines(text, report)
  const good = report.stopped === null && report.restore.kind === 'restored'
  return `<!doctype html>
<html lang="${text.locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title!)}</title><style>${style}</style></head><body>
<h1>${escaped(title!)}</h1><p>${escaped(when!)}</p>
${rest.map((line) => `<p${good ? ' class="quiet"' : ' class="bad"'}>${escaped(line)}</p>`).join('\n')}
${report.plan.measures.map((measure) => chapter(text, measure, report.groups)).join('\n')}
<p class="quiet">${escaped(text.cli('drill-page-explain'))}</p>
<p class="quiet">${escaped(made)}</p>
</body></html>
`
}

function chapter(text: DrillText, measure: DrillMeasure, all: readonly DrillGroup[]): string {
  const groups = all.filter((group) => group.measure === measure)
  if (groups.length === 0) return ''
  const name = measureText(text, measure)
  const title = name.charAt(0).toUpperCase() + name.slice(1)
  return `<h2>${escaped(title)}</h2>
${drawnFigures[measure].map((figure) => chart(text, figure, groups)).join('\n')}
${groups.map((group) => details(text, group)).join('\n')}`
}

/** One bar for each disturbance, all to one scale from nothing. */
function chart(text: DrillText, name: FigureName, groups: readonly DrillGroup[]): string {
  const bars = groups.flatMap((group) => {
    const figure = group.figures.find((one) => one.name === name)
    return figure === undefined || figure.summary.mean === null ? [] : [{ group, figure, mean: figure.summary.mean }]
  })
  const most = Math.max(...bars.map(({ figure, mean }) => mean + (figure.summary.margin ?? 0)))
  if (bars.length === 0 || most <= 0) return ''
  const rows = bars.map(({ group, figure, mean }) => {
    const label = duringText(text, group.during)
    const value = valueText(text, figure.unit, mean)
    return `<div class="row"><span>${escaped(label)}</span>${bar(`${label}: ${value}`, figure, mean, most)}<span>${escaped(value)}</span></div>`
  })
  return `<section><h3>${escaped(text.cli(`figure-${name}`))}</h3>${rows.join('\n')}</section>`
}

function bar(label: string, { summary }: DrillFigure, mean: number, most: number): string {
  const at = (value: number): number => Math.round((Math.max(0, value) / most) * (width - 4) * 10) / 10
  const margin = summary.margin ?? 0
  const [low, high, middle] = [at(mean - margin), at(mean + margin), barHeight / 2]
  const line =
    margin === 0
      ? ''
      : `<path d="M${low} ${middle}H${high}M${low} 6V${barHeight - 6}M${high} 6V${barHeight - 6}" stroke="#1b1d1f" stroke-width="2" vector-effect="non-scaling-stroke" fill="none"/>`
  const runs = summary.least === null || summary.most === null ? '' : ` (${summary.least} … ${summary.most})`
  return `<svg role="img" aria-label="${escaped(label)}" viewBox="0 0 ${width} ${barHeight}" preserveAspectRatio="none"><title>${escaped(label + runs)}</title><rect width="${Math.max(1, at(mean))}" y="3" height="${barHeight - 6}" fill="#6a9fd8"/>${line}</svg>`
}

function details(text: DrillText, group: DrillGroup): string {
  const head = figureHeadings.map((key) => `<th scope="col">${escaped(text.cli(key))}</th>`).join('')
  const rows = group.figures.map((figure) => {
    const cells = figureCells(text, figure)
    return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`
  })
  const share =
    group.ofBaseline === null
      ? ''
      : `<p>${escaped(text.cli('drill-of-baseline', { share: text.share(group.ofBaseline) }))}</p>`
  const advice = group.advice.map(
    (one) => `<p class="better">${escaped(text.cli('drill-better', { advice: adviceText(text, one) }))}</p>`,
  )
  return `<section><h3>${escaped(groupTitle(text, group))}</h3>
<table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>${share}${advice.join('')}</section>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
