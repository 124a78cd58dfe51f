import type { DrillSummary, DrillsView } from '../../contract/drills.ts'
import { wallTime } from '../../model/ids.ts'
import { duringText, endText, measureText } from '../../text/drill-text.ts'
import { Link } from '../parts/link.tsx'
import { ReportTable } from '../reports/report-table.tsx'
import { useDrillText } from './use-drill-text.ts'

/** What the cluster file plans, and when each may begin next. */
export function Schedules({ schedules }: { readonly schedules: DrillsView['schedules'] }) {
  const { r, time } = useDrillText()
  return (
    <section aria-labelledby="schedules">
      <h2 id="schedules">{r('drill-schedules')}</h2>
      {schedules.length === 0 ? (
        <p className="v-dim">{r('drill-no-schedules')}</p>
      ) : (
        <ReportTable
          caption={r('drill-schedules')}
          columns={[
            { key: 'name', heading: r('schedule-name'), cell: ({ name }) => name },
            { key: 'guest', heading: r('drill-guest'), cell: ({ guest }) => guest },
            { key: 'when', heading: r('schedule-when'), cell: ({ when }) => <code>{when}</code> },
            {
              ...{ key: 'next', heading: r('schedule-next') },
              cell: ({ opensAt }) => (opensAt === null ? r('schedule-never') : time(wallTime(opensAt))),
            },
          ]}
          rows={schedules}
          rowKey={({ name }) => name}
        />
      )}
    </section>
  )
}

/** Newest first; each leads to its report. */
export function Results({ results }: { readonly results: readonly DrillSummary[] }) {
  const words = useDrillText()
  const { r, cli } = words
  return (
    <section aria-labelledby="drills-done">
      <h2 id="drills-done">{r('drills-done')}</h2>
      {results.length === 0 ? (
        <p className="v-dim">{cli('drill-none')}</p>
      ) : (
        <ReportTable
          caption={r('drills-done')}
          columns={[
            {
              ...{ key: 'id', heading: r('drill-id') },
              cell: ({ id }) => (
                <Link className="v-drill-id" to={{ page: 'drill', drill: id }}>
                  {id}
                </Link>
              ),
            },
            { key: 'guest', heading: r('drill-guest'), cell: ({ plan }) => plan.guest },
            { key: 'at', heading: r('drill-began-at'), cell: ({ at }) => words.time(wallTime(at)) },
            { key: 'by', heading: r('drill-by'), cell: ({ by }) => by },
            {
              ...{ key: 'measured', heading: r('drill-measured') },
              cell: ({ plan }) => words.list(plan.measures.map((one) => measureText(words, one))),
            },
            {
              ...{ key: 'during', heading: r('drill-during') },
              cell: ({ plan }) => words.list(plan.during.map((one) => duringText(words, one))),
            },
            {
              ...{ key: 'runs', heading: r('drill-did-runs'), isFigure: true },
              cell: ({ runs }) => words.number(runs),
            },
            { key: 'end', heading: r('drill-ended'), cell: (one) => endText(words, one) },
          ]}
          rows={results}
          rowKey={({ id }) => id}
        />
      )}
    </section>
  )
}
