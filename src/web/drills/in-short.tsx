import type { DrillGroup, FigureName } from '../../model/drills/report.ts'
import { duringText, measureText, valueText } from '../../text/drill-text.ts'
import { ReportTable } from '../reports/report-table.tsx'
import { useDrillText } from './use-drill-text.ts'

/** What a reader asks first: how long it was silent, and what was lost, duplicated or broken in all runs. */
export function InShort({ groups }: { readonly groups: readonly DrillGroup[] }) {
  const words = useDrillText()
  const { r } = words
  const totals = [
    { name: 'lost', heading: r('drill-lost') },
    { name: 'duplicated', heading: r('drill-duplicated') },
    { name: 'broken', heading: r('drill-broken') },
  ] as const
  return (
    <section aria-labelledby="in-short">
      <h2 id="in-short">{r('drill-in-short')}</h2>
      <ReportTable
        caption={r('drill-in-short')}
        columns={[
          { key: 'during', heading: r('drill-during'), cell: ({ during }) => duringText(words, during) },
          { key: 'measure', heading: r('drill-measured'), cell: ({ measure }) => measureText(words, measure) },
          { key: 'runs', heading: r('drill-did-runs'), isFigure: true, cell: ({ runs }) => words.number(runs) },
          {
            ...{ key: 'silence', heading: r('drill-silence'), isFigure: true },
            cell: (group) => {
              const summary = figureOf(group, 'longestSilenceMs')?.summary
              return summary === undefined ? '' : valueText(words, 'ms', summary.most)
            },
          },
          ...totals.map(({ name, heading }) => ({
            ...{ key: name, heading, isFigure: true },
            cell: (group: DrillGroup) => {
              const values = figureOf(group, name)?.values
              return values === undefined ? '' : words.number(values.reduce((sum, value) => sum + value, 0))
            },
          })),
          {
            ...{ key: 'share', heading: r('drill-share'), isFigure: true },
            cell: ({ ofBaseline }) => (ofBaseline === null ? '' : words.share(ofBaseline)),
          },
        ]}
        rows={groups}
        rowKey={({ measure, during }) => `${measure} ${during}`}
      />
    </section>
  )
}

function figureOf({ figures }: DrillGroup, name: FigureName) {
  return figures.find((figure) => figure.name === name)
}
