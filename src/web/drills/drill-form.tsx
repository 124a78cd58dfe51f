import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { type FormEvent, useState } from 'react'
import type { DrillBegun, DrillRequest } from '../../contract/drills.ts'
import { disturbances, drillMeasures } from '../../model/drill.ts'
import type { Fault } from '../../model/fault.ts'
import { duringText, measureText, refusalText } from '../../text/drill-text.ts'
import { api } from '../api/api.ts'
import { faultOf } from '../api/ask.ts'
import { Command } from '../parts/command.tsx'
import { FaultNote } from '../parts/fault-note.tsx'
import { live } from '../state/live.ts'
import { useStore } from '../state/store.ts'
import { drillCommand } from './drill-command.ts'
import { type DrillDraft, drillRequest, firstDraft } from './drill-draft.ts'
import { DrillField } from './drill-field.tsx'
import { MoreFields } from './drill-more.tsx'
import { DrillSure } from './drill-sure.tsx'
import { useDrillText } from './use-drill-text.ts'

type Answer = { readonly kind: 'refused'; readonly refusals: DrillBegun['refusals'] } | { readonly kind: 'might' }

/** A drill is put together, checked, and begun; on a cluster that people use only after its consequences were read. */
export function DrillForm({
  guest,
  onBegun,
}: {
  readonly guest: string | null
  readonly onBegun: (drill: string) => void
}) {
  const words = useDrillText()
  const { r, cli, t } = words
  const guests = useStore(live, ({ status }) => status?.guests) ?? []
  const [draft, setDraft] = useState<DrillDraft>({ ...firstDraft, guest: guest ?? '' })
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [fault, setFault] = useState<Fault | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [asked, setAsked] = useState<DrillRequest | null>(null)
  const request = drillRequest(draft)
  const change = (next: Partial<DrillDraft>): void => {
    setDraft({ ...draft, ...next })
    setAnswer(null)
  }
  // Where it goes and what fails are the guest's own.
  const changeGuest = (name: string): void => change({ guest: name, fields: { ...draft.fields, to: '', service: '' } })
  const toggle = <Word extends string>(among: readonly Word[], word: Word): readonly Word[] =>
    among.includes(word) ? among.filter((one) => one !== word) : [...among, word]
  const say = ({ refusals }: DrillBegun): void => {
    setAnswer(refusals.length > 0 ? { kind: 'refused', refusals } : { kind: 'might' })
  }
  const doing = async (deed: () => Promise<void>): Promise<void> => {
    setBusy(true)
    setFault(null)
    setAnswer(null)
    await deed().catch((error: unknown) => setFault(faultOf(error)))
    setBusy(false)
  }
  const begin = async (wish: DrillRequest, confirmed: boolean): Promise<void> => {
    const begun = await api.beginDrill({ ...wish, confirmed })
    if (begun.begun === null) say(begun)
    else onBegun(begun.begun)
  }
  const check = (): void => {
    if (request !== null)
      void doing(async () => say(await api.beginDrill({ ...request, confirmed: true, dryRun: true })))
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (request === null) return
    void doing(async () => {
      const found = await api.beginDrill({ ...request, confirmed: false, dryRun: true })
      if (found.refusals.length === 1 && found.refusals[0]!.code === 'production') setAsked(request)
      else if (found.refusals.length > 0) say(found)
      else await begin(request, false)
    })
  }
  return (
    <form className="v-screen-only v-drill-form" onSubmit={submit}>
      <div className="v-filters">
        <label>
          <span>{r('drill-guest')}</span>
          <select value={draft.guest} onChange={(event) => changeGuest(event.target.value)}>
            <option value="">{r('drill-choose')}</option>
            {/* One that a link named may not be there: the daemon says so. */}
            {(draft.guest === '' || guests.some(({ id }) => id === draft.guest)
              ? guests.map(({ id }) => id)
              : [draft.guest, ...guests.map(({ id }) => id)]
            ).map((id) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
        <DrillField name="runs" label={r('drill-runs-each')} draft={draft} onChange={change} />
      </div>
      <div className="v-drill-choices">
        <fieldset className="v-choices">
          <legend>{r('drill-what')}</legend>
          {drillMeasures.map((measure) => (
            <label key={measure}>
              <input
                type="checkbox"
                checked={draft.measures.includes(measure)}
                onChange={() => change({ measures: toggle(draft.measures, measure) })}
              />{' '}
              <strong>{measureText(words, measure)}</strong>: <span className="v-dim">{r(`about-${measure}`)}</span>
            </label>
          ))}
        </fieldset>
        <fieldset className="v-choices">
          <legend>{r('drill-meanwhile')}</legend>
          {disturbances.map((during) => (
            <label key={during}>
              <input
                type="checkbox"
                checked={draft.during.includes(during)}
                onChange={() => change({ during: toggle(draft.during, during) })}
              />{' '}
              <strong>{duringText(words, during)}</strong>: <span className="v-dim">{r(`about-${during}`)}</span>
            </label>
          ))}
        </fieldset>
      </div>
      <MoreFields draft={draft} onChange={change} />
      <p className="v-run">
        <Button type="submit" isDisabled={request === null} isAriaDisabled={isBusy} isLoading={isBusy}>
          {r('drill-begin')}
        </Button>
        <Button variant="secondary" isDisabled={request === null} isAriaDisabled={isBusy} onClick={check}>
          {r('drill-check')}
        </Button>
        {request === null ? (
          <span className="v-dim">{r('drill-incomplete')}</span>
        ) : (
          <span>
            {t('in-terminal')} <Command text={drillCommand(request)} isQuiet />
          </span>
        )}
      </p>
      <div role="status">
        {fault !== null && <FaultNote fault={fault} />}
        {answer?.kind === 'might' && <Alert variant="success" isInline title={r('drill-might')} component="p" />}
        {answer?.kind === 'refused' && (
          <Alert variant="warning" isInline title={cli('drill-refused').replace(/:$/, '')} component="p">
            <ul className="v-drill-reasons">
              {answer.refusals.map((refusal) => (
                <li key={JSON.stringify(refusal)}>{refusalText(words, refusal)}</li>
              ))}
            </ul>
          </Alert>
        )}
      </div>
      {asked !== null && (
        <DrillSure request={asked} onBegin={() => begin(asked, true)} onClose={() => setAsked(null)} />
      )}
    </form>
  )
}
