import '../style/reports.css'
import '../style/drills.css'
import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { useEffect, useState } from 'react'
import type { DrillsView } from '../../contract/drills.ts'
import { api } from '../api/api.ts'
import { session } from '../api/ask.ts'
import { DrillForm } from '../drills/drill-form.tsx'
import { Results, Schedules } from '../drills/drill-lists.tsx'
import { DrillNow } from '../drills/drill-now.tsx'
import { useDrillText } from '../drills/use-drill-text.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { Link } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { mayAdminister } from '../state/may.ts'
import { WithReportWords } from '../state/report-words.tsx'
import { useStore } from '../state/store.ts'

/** What was measured on purpose, what is under way, what is due; and the beginning of another one. */
export function DrillsPage({ guest }: { readonly guest: string | null }) {
  const { t } = useWords()
  return (
    <>
      <PageHead title={t('drills')} />
      <WithReportWords>
        <Drills guest={guest} />
      </WithReportWords>
    </>
  )
}

function Drills({ guest }: { readonly guest: string | null }) {
  const { r, t } = useDrillText()
  const who = useStore(session, (value) => value)
  const told = useStore(live, ({ drill }) => drill)
  const isLive = useStore(live, ({ link }) => link === 'live')
  // The list is another one when a drill begins or ends, and after a silence.
  const { value: view, fault, again } = useAsked(() => api.drills(), [told?.id, isLive])
  const running = told === undefined ? (view?.running ?? null) : told
  const [begun, setBegun] = useState<string | null>(null)
  const onBegun = (drill: string): void => {
    setBegun(drill)
    again()
  }
  const ended = useEnded(running?.id ?? null, view)
  return (
    <>
      <p>{r('drills-about')}</p>
      {fault !== null && <FaultNote fault={fault} />}
      {view === null && fault === null && <p role="status">{t('loading')}</p>}
      {ended !== null && (
        <div className="v-drill-over" role="status">
          <Alert variant="info" isInline title={r('drill-over', { drill: ended })} component="p">
            <Link to={{ page: 'drill', drill: ended }}>{r('drill-its-report')}</Link>
          </Alert>
        </div>
      )}
      {running !== null && <DrillNow drill={running} isBegunHere={running.id === begun} />}
      {view !== null && (
        <>
          <section aria-labelledby="new-drill">
            <h2 id="new-drill">{r('drill-new')}</h2>
            <p className="v-dim">
              {r(view.production ? 'drills-production' : 'drills-trial')}{' '}
              {view.client === null ? r('drills-no-client') : r('drills-client', { client: view.client })}
            </p>
            {mayAdminister(who) ? (
              <DrillForm guest={guest} onBegun={onBegun} />
            ) : (
              <p>{r('drill-only-administrators')}</p>
            )}
          </section>
          <Schedules schedules={view.schedules} />
          <Results results={view.results} />
        </>
      )}
    </>
  )
}

/** The drill that was seen under way here, once it is among those that are over. */
function useEnded(running: string | null, view: DrillsView | null): string | null {
  const [seen, setSeen] = useState<string | null>(null)
  useEffect(() => {
    if (running !== null) setSeen(running)
  }, [running])
  return running === null && seen !== null && view?.results.some(({ id }) => id === seen) ? seen : null
}
