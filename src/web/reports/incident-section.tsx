import type { AvailabilityView } from '../../contract/availability.ts'
import { causeText } from '../../text/availability-text.ts'
import { useReportWords } from '../state/report-words.tsx'
import { Bar } from './pictures.tsx'
import { ReportTable } from './report-table.tsx'

/** What the downtime of guests came from, and every failure with its cause and how long it took. */
export function IncidentSection({ view }: { readonly view: AvailabilityView }) {
  const words = useReportWords()
  const { r } = words
  const sums = causeSums(view)
  const most = Math.max(1, ...sums.map(({ downMs }) => downMs))
  return (
    <>
      {sums.length > 0 && (
        <section aria-labelledby="causes">
          <h2 id="causes">{r('causes-title')}</h2>
          <div className="v-strips">
            {sums.map(({ cause, downMs, count }) => {
              const said = { cause: causeText(words, cause), down: words.duration(downMs), count }
              return (
                <div key={cause} className="v-strip-row">
                  <span className="v-strip-name">{said.cause}</span>
                  <Bar share={downMs / most} tone="bad" label={r('causes-label', said)} />
                  <span className="v-figure">{said.down}</span>
                </div>
              )
            })}
          </div>
        </section>
      )}
      <section aria-labelledby="incidents">
        <h2 id="incidents">{r('incidents')}</h2>
        {view.incidents.length === 0 ? (
          <p>{r('no-incidents')}</p>
        ) : (
          <ReportTable
            caption={r('incidents')}
            columns={[
              { key: 'name', heading: r('incident-subject'), cell: ({ name }) => name },
              { key: 'began', heading: r('began'), cell: ({ openedAt }) => words.time(openedAt as never) },
              {
                ...{ key: 'repaired', heading: r('repaired') },
                cell: ({ openedAt, closedAt }) =>
                  closedAt === null ? r('goes-on') : words.duration(closedAt - openedAt),
              },
              { key: 'cause', heading: r('cause'), cell: ({ cause }) => causeText(words, cause) },
            ]}
            rows={view.incidents}
            rowKey={({ name, openedAt }) => `${name} ${openedAt}`}
          />
        )}
        {view.incidentsLeftOut > 0 && <p>{r('incidents-left-out', { count: view.incidentsLeftOut })}</p>}
      </section>
    </>
  )
}

type Cause = AvailabilityView['incidents'][number]['cause']

/** Of guests: a service's failure is its guest's. */
function causeSums({ subjects }: AvailabilityView): { cause: Cause; downMs: number; count: number }[] {
  const sums = new Map<Cause, { cause: Cause; downMs: number; count: number }>()
  for (const { kind, own } of subjects) {
    if (kind !== 'guest') continue
    for (const { cause, downMs, incidents } of own?.causes ?? []) {
      const sum = sums.get(cause) ?? { cause, downMs: 0, count: 0 }
      sums.set(cause, { cause, downMs: sum.downMs + downMs, count: sum.count + incidents })
    }
  }
  return [...sums.values()].sort((a, b) => b.downMs - a.downMs)
}
