import '../style/reports.css'
import { useState } from 'react'
import { RemoteFault } from '../../client/client.ts'
import type { PlanRequest, PlanView } from '../../contract/plan.ts'
import type { Fault } from '../../model/fault.ts'
import { api } from '../api/api.ts'
import { faultOf } from '../api/ask.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ComparisonOutcome } from '../reports/comparison-outcome.tsx'
import { ConsolidationOutcome } from '../reports/consolidation-outcome.tsx'
import { PlanForm } from '../reports/plan-form.tsx'
import { ProposalsOutcome } from '../reports/proposals-outcome.tsx'
import { useWords } from '../state/language.tsx'
import { useReportWords, WithReportWords } from '../state/report-words.tsx'
import type { PlanSource } from '../state/route.ts'

/** Which hosts are needed and what they cost: of the cluster as it is, or of a plan file; to be read on a screen or on paper. */
export function PlanPage({ of }: { readonly of: PlanSource }) {
  const { t } = useWords()
  return (
    <>
      <PageHead title={t('plan')} />
      <WithReportWords>
        <Plan of={of} />
      </WithReportWords>
    </>
  )
}

function Plan({ of }: { readonly of: PlanSource }) {
  const { r } = useReportWords()
  const { problemLine } = useWords()
  const [answer, setAnswer] = useState<PlanView | null>(null)
  const [fault, setFault] = useState<Fault | null>(null)
  const [isBusy, setBusy] = useState(false)
  const ask = async (request: PlanRequest): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      setAnswer(await api.plan(request))
    } catch (error) {
      setAnswer(null)
      setFault(faultOf(error))
    }
    setBusy(false)
  }
  const problems = fault instanceof RemoteFault ? fault.problems : (answer?.problems ?? [])
  return (
    <>
      <p>{r('plan-about')}</p>
      <PlanForm of={of} isBusy={isBusy} onAsk={(request) => void ask(request)} />
      {isBusy && <p role="status">{r('reckoning')}</p>}
      {fault !== null && <FaultNote fault={fault} />}
      {problems.length > 0 && (
        <ul className="v-problems" aria-label={r(fault === null ? 'plan-warnings' : 'plan-problems')}>
          {problems.map((problem) => {
            const line = problemLine(problem)
            return <li key={line}>{line}</li>
          })}
        </ul>
      )}
      {answer !== null && !isBusy && (
        <div className="v-report" aria-live="polite">
          <p className="v-screen-only">
            <button type="button" className="v-button" onClick={() => print()}>
              {r('print-page')}
            </button>
          </p>
          <Outcome plan={answer.plan} />
        </div>
      )}
    </>
  )
}

function Outcome({ plan }: { readonly plan: PlanView['plan'] }) {
  switch (plan.kind) {
    case 'consolidation':
      return <ConsolidationOutcome plan={plan} />
    case 'comparison':
      return <ComparisonOutcome plan={plan} />
    case 'proposals':
      return <ProposalsOutcome plan={plan} />
  }
}
