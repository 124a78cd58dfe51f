import type { FigureUnit } from '../../model/drills/report.ts'
import { type ComparedTable, type OldFigure, oldTables } from '../../model/drills/work-of-2009.ts'
import { duringText, measureText, valueText } from '../../text/drill-text.ts'
import { ReportTable } from '../reports/report-table.tsx'
import { type DrillWords, useDrillText } from './use-drill-text.ts'

/** Tables of a work that measured the same by hand, with this drill's figures beside them. */
export function BesideSection({ tables }: { readonly tables: readonly ComparedTable[] }) {
  const words = useDrillText()
  const { r, cli } = words
  if (tables.length === 0) return null
  return (
    <section aria-labelledby="beside">
      <h2 id="beside">{r('drill-beside')}</h2>
      <p className="v-dim">{r('drill-beside-about')}</p>
      {tables.map(({ measure, rows }) => {
        const title = r('drill-beside-table', { number: oldTables[measure], measure: measureText(words, measure) })
        return (
          <div key={measure}>
            <h3>{title}</h3>
            <ReportTable
              caption={title}
              columns={[
                {
                  ...{ key: 'what', heading: r('drill-figure-name') },
                  cell: ({ during, figure }) => `${duringText(words, during)}: ${cli(`figure-${figure}`)}`,
                },
                {
                  ...{ key: 'theirs', heading: r('drill-theirs'), isFigure: true },
                  cell: ({ unit, theirs }) =>
                    theirs === null ? r('drill-theirs-none') : theirsText(words, unit, theirs),
                },
                {
                  ...{ key: 'ours', heading: r('drill-ours'), isFigure: true },
                  cell: ({ unit, ours }) => sureText(words, unit, ours),
                },
              ]}
              rows={rows}
              rowKey={({ during, figure }) => `${during} ${figure}`}
            />
          </div>
        )
      })}
    </section>
  )
}

/** With all the digits that the work prints. */
function theirsText(words: DrillWords, unit: FigureUnit, { mean, deviation }: OldFigure): string {
  const shown = (value: number): string => {
    if (unit === 'bytes-per-second') return valueText(words, unit, value)
    if (unit === 'percent') return `${words.number(value)} %`
    if (unit !== 'ms') return words.number(value)
    return value < 1_000 ? `${words.number(value)} ms` : `${words.number(value / 1_000)} s`
  }
  // A deviation of none is in the unit of its mean.
  const spread = deviation === null ? '' : deviation === 0 && unit === 'ms' ? `${words.number(0)} s` : shown(deviation)
  return words.r('drill-and-margin', { mean: shown(mean), deviation: spread })
}

interface Sure {
  readonly mean: number | null
  readonly deviation: number | null
  readonly margin: number | null
}

function sureText(words: DrillWords, unit: FigureUnit, { mean, deviation, margin }: Sure): string {
  const shown = (value: number | null): string => (value === null ? '' : valueText(words, unit, value))
  return words.r('drill-and-margin', {
    ...{ mean: valueText(words, unit, mean), deviation: shown(deviation), margin: shown(margin) },
  })
}
