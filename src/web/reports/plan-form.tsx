import { type ChangeEvent, type FormEvent, useState } from 'react'
import type { PlanRequest } from '../../contract/plan.ts'
import { go } from '../state/navigation.ts'
import { useReportWords } from '../state/report-words.tsx'
import { type PlanSource, planSources } from '../state/route.ts'

interface Sent {
  readonly path: string
  readonly text: string
  /** What the plan file names, by its name there. */
  readonly files: Readonly<Record<string, string>>
}

const nothing: Sent = { path: 'plan.yaml', text: '', files: {} }

/** What is to be planned: the cluster, or a file that is chosen or pasted. */
export function PlanForm(props: {
  readonly of: PlanSource
  readonly isBusy: boolean
  readonly onAsk: (request: PlanRequest) => void
}) {
  const { of, isBusy, onAsk } = props
  const { r, list } = useReportWords()
  const [sent, setSent] = useState<Sent>(nothing)
  const [survive, setSurvive] = useState('')
  const ask = (event: FormEvent): void => {
    event.preventDefault()
    const asked = survive === '' ? {} : { survive: Number(survive) }
    if (of === 'file') onAsk({ ...sent, ...asked })
    else onAsk({ live: true, use: of === 'measured' ? 'month' : 'given', ...asked })
  }
  const choose = async ({ target }: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const chosen = [...(target.files ?? [])]
    const texts = await Promise.all(chosen.map((file) => file.text()))
    setSent(
      sentOf(
        chosen.map(({ name }, place) => ({ name, text: texts[place] ?? '' })),
        sent,
      ),
    )
  }
  const names = Object.keys(sent.files)
  return (
    <form className="v-screen-only v-plan-form" onSubmit={ask}>
      <fieldset className="v-choices">
        <legend>{r('plan-of')}</legend>
        {planSources.map((source) => (
          <label key={source} className="v-check">
            <input
              type="radio"
              name="plan-of"
              checked={of === source}
              onChange={() => go({ page: 'plan', of: source }, { replace: true })}
            />{' '}
            {r(`plan-of-${source}`)}
          </label>
        ))}
      </fieldset>
      {of === 'file' && (
        <>
          <p>
            <label>
              {r('plan-upload')}{' '}
              <input
                type="file"
                multiple
                accept=".yaml,.yml,.csv,.json,.txt"
                aria-describedby="plan-upload-about"
                onChange={(event) => void choose(event)}
              />
            </label>{' '}
            <span id="plan-upload-about" className="v-dim">
              {r('plan-upload-about')}
            </span>
          </p>
          <label className="v-plan-text">
            <span>{r('plan-file')}</span>
            <textarea
              rows={12}
              spellCheck={false}
              value={sent.text}
              onChange={(event) => setSent({ ...sent, text: event.target.value })}
            />
          </label>
          {names.length > 0 && <p>{r('plan-files', { names: list(names) })}</p>}
        </>
      )}
      <div className="v-filters">
        <label>
          <span>{r('survive')}</span>
          <select value={survive} onChange={(event) => setSurvive(event.target.value)}>
            <option value="">{r('survive-usual')}</option>
            {[0, 1, 2, 3, 4].map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="v-button" disabled={isBusy || (of === 'file' && sent.text.trim() === '')}>
          {r('plan-run')}
        </button>
        {of === 'file' && sent.text.trim() === '' && <span className="v-dim">{r('plan-paste')}</span>}
      </div>
    </form>
  )
}

/** The first YAML is the plan; the others are what it names. Without one they go along with the text that is there. */
function sentOf(files: readonly { readonly name: string; readonly text: string }[], before: Sent): Sent {
  const plan = files.find(({ name }) => /\.ya?ml$/i.test(name))
  const others = Object.fromEntries(files.filter((file) => file !== plan).map(({ name, text }) => [name, text]))
  return plan === undefined
    ? { ...before, files: { ...before.files, ...others } }
    : { path: plan.name, text: plan.text, files: others }
}
