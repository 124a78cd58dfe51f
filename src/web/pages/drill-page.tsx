import '../style/reports.css'
import '../style/drills.css'
import { schemaVersion } from '../../contract/protocol.ts'
import { type DrillResult, type DrillRun, drillId } from '../../model/drill.ts'
import { type DrillReport, reportDrill } from '../../model/drills/report.ts'
import { besideThe2009Work } from '../../model/drills/work-of-2009.ts'
import { hostId, wallTime } from '../../model/ids.ts'
import { headLines } from '../../text/drill-text.ts'
import { api } from '../api/api.ts'
import { BesideSection } from '../drills/beside-section.tsx'
import { Downloads } from '../drills/downloads.tsx'
import { DrillNow } from '../drills/drill-now.tsx'
import { InShort } from '../drills/in-short.tsx'
import { MeasureSection } from '../drills/measure-section.tsx'
import { RunsSection } from '../drills/runs-section.tsx'
import { useDrillText } from '../drills/use-drill-text.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { Link } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { WithReportWords } from '../state/report-words.tsx'
import { useStore } from '../state/store.ts'

/** What one drill came to; to be read on a screen or on paper, and taken along as a file. */
export function DrillPage({ drill }: { readonly drill: string }) {
  const { t } = useWords()
  return (
    <>
      <PageHead title={`${t('drills')}: ${drill}`} />
      <WithReportWords>
        <Drill id={drill} />
      </WithReportWords>
    </>
  )
}

function Drill({ id }: { readonly id: string }) {
  const words = useDrillText()
  const { r, t } = words
  const running = useStore(live, ({ drill }) => (drill?.id === id ? drill : null))
  // Asked again when it ends; while it is under way there is no report yet.
  const { value: view, fault } = useAsked(async () => (running === null ? api.drill(id) : null), [id, running === null])
  return (
    <>
      <p className="v-screen-only">
        <Link to={{ page: 'drills', guest: null }}>{r('drills-all')}</Link>
      </p>
      {running !== null && (
        <>
          <DrillNow drill={running} />
          <p>{r('drill-still')}</p>
        </>
      )}
      {running === null && fault !== null && <FaultNote fault={fault} />}
      {running === null && view === null && fault === null && <p role="status">{t('loading')}</p>}
      {running === null && view !== null && <Report view={view} />}
    </>
  )
}

function Report({ view }: { readonly view: NonNullable<Awaited<ReturnType<typeof api.drill>>> }) {
  const words = useDrillText()
  const { drill, settings } = view
  // What travels has plain names.
  const result = { ...drill, id: drillId(drill.id), host: hostId(drill.host), at: wallTime(drill.at) } as DrillResult
  const report = reportDrill(result, settings)
  const [title, when, ...rest] = headLines(words, report)
  const isGood = report.stopped === null && report.restore.kind === 'restored'
  return (
    <div className="v-report v-drill-report">
      <p className="v-answer">{title}</p>
      <p>{when}</p>
      {rest.map((line) => (
        <p key={line} className={isGood ? 'v-dim' : 'v-drill-bad'}>
          {line}
        </p>
      ))}
      <Downloads report={report} data={dataOf(report, drill.runs)} />
      {report.groups.length > 0 && (
        <>
          <InShort groups={report.groups} />
          {report.plan.measures.map((measure) => (
            <MeasureSection key={measure} measure={measure} groups={report.groups} />
          ))}
          <BesideSection tables={besideThe2009Work(report.groups)} />
          <RunsSection plan={report.plan} runs={drill.runs} />
          <p className="v-dim">
            {words.cli('drill-page-explain')} {words.r('drill-ticks')}
          </p>
        </>
      )}
    </div>
  )
}

/** The same as `vigia drill report -o json`. */
function dataOf(report: DrillReport, runs: readonly DrillRun[]): object {
  return { schemaVersion, ...report, runs }
}
