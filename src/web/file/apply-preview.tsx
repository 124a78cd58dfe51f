import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useState } from 'react'
import { RemoteFault } from '../../client/client.ts'
import type { ApplyRefusalView, ApplyResult } from '../../contract/apply.ts'
import type { Fault } from '../../model/fault.ts'
import type { Problem } from '../../model/file/problem.ts'
import { api } from '../api/api.ts'
import { faultOf } from '../api/ask.ts'
import { Command } from '../parts/command.tsx'
import { FaultNote } from '../parts/fault-note.tsx'
import { useWords, type Words } from '../state/language.tsx'
import { note } from '../state/notes.ts'
import { Diff } from './diff.tsx'

interface PreviewProps {
  readonly path: string
  readonly before: string
  readonly text: string
  readonly onApplied: () => void
  /** Called with the place of a problem that was chosen. */
  readonly onPlace?: (line: number, column: number) => void
}

type Verdict =
  | { readonly kind: 'good'; readonly result: ApplyResult }
  | { readonly kind: 'bad'; readonly fault: Fault; readonly problems: readonly Problem[] }

/** The file is checked by the daemon as it stands; it says what would change and what that would break, and only then is it applied. */
export function ApplyPreview({ path, before, text, onApplied, onPlace }: PreviewProps) {
  const words = useWords()
  const { t } = words
  const [verdict, setVerdict] = useState<{ readonly of: string; readonly verdict: Verdict } | null>(null)
  const [isBusy, setBusy] = useState(false)
  const say = async (request: { dryRun?: boolean; force?: boolean }): Promise<void> => {
    setBusy(true)
    try {
      const result = await api.apply({ path, text, ...request })
      if (request.dryRun) setVerdict({ of: text, verdict: { kind: 'good', result } })
      else {
        note('success', t('file-applied-now'))
        setVerdict(null)
        onApplied()
      }
    } catch (error) {
      const fault = faultOf(error)
      setVerdict({
        of: text,
        verdict: { kind: 'bad', fault, problems: fault instanceof RemoteFault ? fault.problems : [] },
      })
    }
    setBusy(false)
  }
  // What was said of an older text says nothing of this one.
  const said = verdict?.of === text ? verdict.verdict : null
  const refusals = said?.kind === 'good' ? said.result.refusals : []
  return (
    <div>
      <p className="v-tags">
        <Button variant="secondary" isAriaDisabled={isBusy} onClick={() => void say({ dryRun: true })}>
          {t('file-check')}
        </Button>
        {said?.kind === 'good' && refusals.length === 0 && text !== before && (
          <Button isAriaDisabled={isBusy} onClick={() => void say({})}>
            {t('file-apply')}
          </Button>
        )}
        {refusals.length > 0 && (
          <Button variant="danger" isAriaDisabled={isBusy} onClick={() => void say({ force: true })}>
            {t('file-apply-force')}
          </Button>
        )}
        <Command text={`vigia apply ${path}`} isQuiet />
      </p>
      <div aria-live="polite">
        {said?.kind === 'bad' && <FaultNote fault={said.fault} />}
        {said?.kind === 'bad' && <Problems problems={said.problems} words={words} onPlace={onPlace} />}
        {said?.kind === 'good' && (
          <>
            <Changes result={said.result} words={words} />
            <Problems problems={said.result.warnings} words={words} onPlace={onPlace} />
            <Refusals refusals={[...refusals, ...(said.result.risks ?? [])]} words={words} />
          </>
        )}
      </div>
      {text !== before && <Diff before={before} after={text} />}
    </div>
  )
}

function Problems(props: {
  readonly problems: readonly Problem[]
  readonly words: Words
  readonly onPlace: PreviewProps['onPlace']
}) {
  const { problems, words, onPlace } = props
  if (problems.length === 0) return null
  return (
    <section>
      <h3>{words.t('file-problems', { count: problems.length })}</h3>
      <ul className="v-problems">
        {problems.map((problem) => {
          const place = words.t('file-place', { line: problem.line, column: problem.column })
          return (
            <li key={`${problem.line}:${problem.column}:${problem.code}`}>
              {onPlace === undefined ? (
                place
              ) : (
                <button type="button" onClick={() => onPlace(problem.line, problem.column)}>
                  {place}
                </button>
              )}
              : {words.problem(problem)}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function Changes({ result, words }: { readonly result: ApplyResult; readonly words: Words }) {
  const { t, list } = words
  const { added, removed, changed, cluster } = result
  const count = added.length + removed.length + changed.length + cluster.length
  return (
    <section>
      <p>
        {t('file-good')} {count === 0 && t('file-same')}
      </p>
      <ul>
        {added.length > 0 && <li>{t('file-added', { guests: list(added) })}</li>}
        {removed.length > 0 && <li>{t('file-removed', { guests: list(removed) })}</li>}
        {changed.map(({ guest, fields, restart }) => (
          <li key={guest}>
            {t('file-changed', { guest, fields: list(fields) })}
            {restart && ` (${t('file-restart')})`}
          </li>
        ))}
        {cluster.length > 0 && <li>{t('file-cluster', { fields: list(cluster) })}</li>}
      </ul>
    </section>
  )
}

function Refusals({ refusals, words }: { readonly refusals: readonly ApplyRefusalView[]; readonly words: Words }) {
  if (refusals.length === 0) return null
  return (
    <section>
      <h3>{words.t('file-would-break')}</h3>
      <ul>
        {refusals.map((refusal) => (
          <li key={JSON.stringify(refusal)}>{refusalText(refusal, words)}</li>
        ))}
      </ul>
    </section>
  )
}

function refusalText(refusal: ApplyRefusalView, { t, list }: Words): string {
  const { guest = '', host = '', from = '', to = '', need = '', needing = [], guests = [] } = refusal
  const { hosts = [], count = 0, limit = 0, first = '' } = refusal
  switch (refusal.code) {
    case 'machine-changed-while-running':
      return t('would-machine-changed-while-running', { guest, from, to })
    case 'would-pause':
      return t('would-would-pause', { guest, need })
    case 'would-stop-needed':
      return t('would-would-stop-needed', { guest, needing: list(needing) })
    case 'would-stop-standby':
      return t('would-would-stop-standby', { guest, first })
    case 'host-dropped-with-guests':
      return t('would-host-dropped-with-guests', { host, guests: list(guests) })
    case 'would-not-survive':
      return t('would-would-not-survive', { hosts: list(hosts), guests: list(guests) })
    case 'too-many-losses':
      return t('would-too-many-losses', { count, limit })
  }
}
