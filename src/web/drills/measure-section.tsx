import type { DrillMeasure } from '../../model/drill.ts'
import type { DrillFigure, DrillGroup, FigureName } from '../../model/drills/report.ts'
import { drawnFigures } from '../../text/drill-page.ts'
import { adviceText, duringText, groupTitle, intervalText, measureText, valueText } from '../../text/drill-text.ts'
import { ReportTable } from '../reports/report-table.tsx'
import { DrillBar } from './drill-bar.tsx'
import { type DrillWords, useDrillText } from './use-drill-text.ts'

/** One measure: its figures drawn beside each other, then each disturbance with all its figures and what would make them better. */
export function MeasureSection({
  measure,
  groups,
}: {
  readonly measure: DrillMeasure
  readonly groups: readonly DrillGroup[]
}) {
  const words = useDrillText()
  const own = groups.filter((group) => group.measure === measure)
  if (own.length === 0) return null
  const name = measureText(words, measure)
  return (
    <section aria-labelledby={`measure-${measure}`}>
      <h2 id={`measure-${measure}`}>{name.charAt(0).toUpperCase() + name.slice(1)}</h2>
      <div className="v-drill-charts">
        {drawnFigures[measure].map((figure) => (
          <Chart key={figure} name={figure} groups={own} words={words} />
        ))}
      </div>
      {own.map((group) => (
        <Group key={group.during} group={group} />
      ))}
    </section>
  )
}

/** One bar for each disturbance, all to one scale from nothing. */
function Chart(props: {
  readonly name: FigureName
  readonly groups: readonly DrillGroup[]
  readonly words: DrillWords
}) {
  const { name, groups, words } = props
  const bars = groups.flatMap((group) => {
    const figure = group.figures.find((one) => one.name === name)
    return figure === undefined || figure.summary.mean === null ? [] : [{ group, figure, mean: figure.summary.mean }]
  })
  const most = Math.max(
    ...bars.map(({ figure, mean }) => Math.max(mean + (figure.summary.margin ?? 0), figure.summary.most ?? 0)),
  )
  if (bars.length === 0 || most <= 0) return null
  return (
    <figure className="v-figure-box">
      <figcaption>{words.cli(`figure-${name}`)}</figcaption>
      {bars.map(({ group, figure, mean }) => {
        const what = duringText(words, group.during)
        return (
          <div key={group.during} className="v-strip-row">
            <span className="v-strip-name">{what}</span>
            <DrillBar figure={figure} most={most} label={labelOf(words, what, figure)} />
            <span className="v-figure">{valueText(words, figure.unit, mean)}</span>
          </div>
        )
      })}
    </figure>
  )
}

/** More values than this are not read out. */
const spoken = 20

function labelOf(words: DrillWords, what: string, figure: DrillFigure): string {
  const { unit, summary, values } = figure
  return words.r('drill-bar', {
    ...{ what, mean: valueText(words, unit, summary.mean) },
    interval: summary.margin === null ? '' : intervalText(words, figure),
    values: words.list(
      values.map((value) => valueText(words, unit, value)),
      spoken,
    ),
  })
}

function Group({ group }: { readonly group: DrillGroup }) {
  const words = useDrillText()
  const { r, cli } = words
  const title = groupTitle(words, group)
  const figure = (key: 'least' | 'median' | 'p90' | 'most' | 'mean' | 'deviation') => ({
    ...{ key, heading: r(`drill-${key}-name`), isFigure: true },
    cell: ({ unit, summary }: DrillFigure) => valueText(words, unit, summary[key]),
  })
  return (
    <>
      <h3>{title}</h3>
      <ReportTable
        caption={title}
        columns={[
          { key: 'name', heading: r('drill-figure-name'), cell: ({ name }: DrillFigure) => cli(`figure-${name}`) },
          ...[figure('mean'), figure('deviation')],
          {
            ...{ key: 'interval', heading: r('drill-interval-name'), isFigure: true },
            cell: (one: DrillFigure) => intervalText(words, one),
          },
          ...[figure('least'), figure('median'), figure('p90'), figure('most')],
        ]}
        rows={group.figures}
        rowKey={({ name }) => name}
      />
      {group.ofBaseline !== null && <p>{cli('drill-of-baseline', { share: words.share(group.ofBaseline) })}</p>}
      <div className="v-drill-better">
        <h4>{r('better')}</h4>
        {group.advice.length === 0 ? (
          <p className="v-dim">{r('drill-nothing-better')}</p>
        ) : (
          <ul>
            {group.advice.map((one) => (
              <li key={one.code}>{adviceText(words, one)}</li>
            ))}
          </ul>
        )}
      </div>
    </>
  )
}
