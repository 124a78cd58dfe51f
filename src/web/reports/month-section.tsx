import type { AvailabilitySubjectView, AvailabilityView } from '../../contract/availability.ts'
import { percent } from '../../text/availability-text.ts'
import { type ReportWords, useReportWords } from '../state/report-words.tsx'
import { Columns } from './pictures.tsx'
import { ReportTable } from './report-table.tsx'

type Month = AvailabilitySubjectView['months'][number]

/** Month by month, where the time has more than one: a picture of the cluster, and a table of the cluster, its groups and guests. */
export function MonthSection({ view }: { readonly view: AvailabilityView }) {
  const words = useReportWords()
  const shown = view.subjects.filter(({ kind, months }) => kind !== 'service' && kind !== 'host' && months.length > 0)
  const [first] = shown
  if (first === undefined) return null
  const values = first.months.map(availabilityOf)
  const lowest = Math.min(1, ...values.flatMap((value) => (value === null ? [] : [value])))
  const said = first.months.map((month) => `${monthName(month, words)} ${percent(words, availabilityOf(month))}`)
  return (
    <section aria-labelledby="months">
      <h2 id="months">{words.r('months')}</h2>
      <figure className="v-figure-box">
        <Columns
          columns={first.months.map((month) => ({
            ...{ key: String(month.fromMs), name: monthName(month, words), value: availabilityOf(month) },
          }))}
          // Whole tenths of what was lost: the difference between good months stays to be seen.
          lowest={Math.max(0, lowest - (1 - lowest) * 0.2 - 1e-6)}
          highest={1}
          label={words.r('months-label', { name: first.name, values: said.join(', ') })}
        />
        <figcaption className="v-dim">
          {first.name}: {percent(words, lowest)} – 100 %
        </figcaption>
      </figure>
      <ReportTable
        caption={words.r('months')}
        columns={[
          { key: 'month', heading: words.r('month'), cell: (place: number) => monthName(first.months[place]!, words) },
          ...shown.map(({ name, months }) => ({
            ...{ key: name, heading: name, isFigure: true },
            cell: (place: number) => percent(words, availabilityOf(months[place]!)),
          })),
        ]}
        rows={first.months.map((_, place) => place)}
        rowKey={String}
      />
    </section>
  )
}

function availabilityOf({ upMs, downMs }: Month): number | null {
  return upMs + downMs === 0 ? null : upMs / (upMs + downMs)
}

/** The middle lies in the month, whatever the zone. */
function monthName({ fromMs, untilMs }: Month, words: ReportWords): string {
  const tag = words.locale === 'en' ? 'en-GB' : words.locale
  return new Date((fromMs + untilMs) / 2).toLocaleDateString(tag, { month: 'short', year: 'numeric' })
}
