import '../style/reports.css'
import { paths } from '../../contract/protocol.ts'
import { percent } from '../../text/availability-text.ts'
import { api } from '../api/api.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { IncidentSection } from '../reports/incident-section.tsx'
import { MonthSection } from '../reports/month-section.tsx'
import { OutlookSection } from '../reports/outlook-section.tsx'
import { ownZone, type Period, periods, spanOf } from '../reports/period.ts'
import { Hatchings } from '../reports/pictures.tsx'
import { PromiseSection } from '../reports/promise-section.tsx'
import { SubjectSection } from '../reports/subject-section.tsx'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { go } from '../state/navigation.ts'
import { useReportWords, WithReportWords } from '../state/report-words.tsx'
import type { Route } from '../state/route.ts'
import { useStore } from '../state/store.ts'

type Place = Extract<Route, { page: 'availability' }>

/** How available everything was, what was promised, and what is to be expected; to be read on a screen or on paper. */
export function AvailabilityPage({ route }: { readonly route: Place }) {
  const { t } = useWords()
  return (
    <>
      <PageHead title={t('availability')} />
      <WithReportWords>
        <Report route={route} />
      </WithReportWords>
    </>
  )
}

const kinds = ['cluster', 'group', 'host', 'guest', 'service'] as const

function Report({ route }: { readonly route: Place }) {
  const words = useReportWords()
  const { r } = words
  const query = queryOf(route, Date.now())
  const about = [route.period, route.from, route.to, route.group, route.promised]
  const { value: view, fault } = useAsked(() => api.availability(queryOf(route, Date.now())), about)
  const csv = `${paths.availability}?${new URLSearchParams({ ...query, format: 'csv' }).toString()}`
  return (
    <>
      <p>{r('report-about')}</p>
      <Chooser route={route} calendars={view?.calendars ?? []} />
      <p className="v-screen-only">
        <button type="button" className="v-button" onClick={() => print()}>
          {r('print-page')}
        </button>{' '}
        <a className="v-button" href={csv} download="availability.csv">
          {r('as-csv')}
        </a>
      </p>
      {fault !== null && <FaultNote fault={fault} />}
      {view === null && fault === null && <p role="status">{r('reckoning')}</p>}
      {view !== null && (
        <div className="v-report">
          <Hatchings />
          <p className="v-answer">
            {view.cluster}: {percent(words, view.subjects[0]?.own?.availability ?? null)}
          </p>
          <p>
            {words.cli('report-span', {
              from: words.time(view.fromMs as never),
              until: words.time(view.untilMs as never),
            })}
          </p>
          <p className="v-dim">{hoursText(view, words)}</p>
          <p className="v-dim v-report-legend">
            {(['up', 'down', 'planned', 'not-observed'] as const).map((condition) => (
              <span key={condition}>
                <svg aria-hidden="true" viewBox="0 0 16 10" className="v-legend-mark">
                  <rect width="16" height="10" className={`v-strip-${condition}`} />
                </svg>{' '}
                {r(`kind-${condition}`)}
              </span>
            ))}
            <span>{r('strip-legend')}</span>
          </p>
          {kinds.map((kind) => (
            <SubjectSection key={kind} kind={kind} view={view} />
          ))}
          <MonthSection view={view} />
          <PromiseSection view={view} />
          <IncidentSection view={view} />
          <OutlookSection />
          <p className="v-dim">{words.cli('report-explain')}</p>
        </div>
      )}
    </>
  )
}

function hoursText(
  view: NonNullable<Awaited<ReturnType<typeof api.availability>>>,
  words: ReturnType<typeof useReportWords>,
): string {
  const promised = words.duration(view.subjects.find(({ own }) => own !== null)?.own?.promisedMs ?? 0)
  if (view.promised === null) return words.cli('report-always', { promised })
  const { name, timeZone: zone } = view.promised
  return words.cli('report-promised', { name, zone, promised })
}

function queryOf({ period, from, to, group, promised }: Place, nowMs: number): Record<string, string> {
  const { fromMs, untilMs } = spanOf(period, from, to, nowMs)
  return {
    ...{ from: String(fromMs), zone: ownZone() },
    // Until now is until the daemon's now: its clock and this one may differ.
    ...(untilMs < nowMs && { to: String(untilMs) }),
    ...(group !== null && { group }),
    ...(promised !== null && { promised }),
  }
}

function Chooser({ route, calendars }: { readonly route: Place; readonly calendars: readonly string[] }) {
  const { r } = useReportWords()
  const guests = useStore(live, ({ status }) => status?.guests)
  const groups = [...new Set((guests ?? []).flatMap(({ tags }) => tags))].sort()
  const change = (next: Partial<Place>): void => go({ ...route, ...next }, { replace: true })
  return (
    <div className="v-filters v-screen-only">
      <label>
        <span>{r('period')}</span>
        <select value={route.period} onChange={(event) => change({ period: event.target.value as Period })}>
          {periods.map((period) => (
            <option key={period} value={period}>
              {r(`period-${period}`)}
            </option>
          ))}
        </select>
      </label>
      {route.period === 'own' && (
        <>
          <label>
            <span>{r('from-day')}</span>
            <input
              type="date"
              value={route.from ?? ''}
              onChange={(event) => change({ from: event.target.value || null })}
            />
          </label>
          <label>
            <span>{r('to-day')}</span>
            <input
              type="date"
              value={route.to ?? ''}
              onChange={(event) => change({ to: event.target.value || null })}
            />
          </label>
        </>
      )}
      {groups.length > 0 && (
        <label>
          <span>{r('only-group')}</span>
          <select value={route.group ?? ''} onChange={(event) => change({ group: event.target.value || null })}>
            <option value="">{r('all-guests')}</option>
            {groups.map((group) => (
              <option key={group} value={group}>
                {group}
              </option>
            ))}
          </select>
        </label>
      )}
      {calendars.length > 0 && (
        <label>
          <span>{r('hours-that-count')}</span>
          <select value={route.promised ?? ''} onChange={(event) => change({ promised: event.target.value || null })}>
            <option value="">{r('all-hours')}</option>
            {calendars.map((calendar) => (
              <option key={calendar} value={calendar}>
                {calendar}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  )
}
