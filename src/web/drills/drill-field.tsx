import { useId } from 'react'
import { usualPlan } from '../../model/drill.ts'
import { type DraftField, type DrillDraft, numberFields } from './drill-draft.ts'
import { useDrillText } from './use-drill-text.ts'

/** A number or a path of a drill; left empty it is the usual one, which is said in it. */
export function DrillField(props: {
  readonly name: Exclude<DraftField, 'to' | 'service'>
  readonly label: string
  readonly draft: DrillDraft
  readonly onChange: (next: Partial<DrillDraft>) => void
}) {
  const { name, label, draft, onChange } = props
  const { r, number: shown } = useDrillText()
  const id = useId()
  const limits = numberFields[name]
  const usual = usualPlan[name]
  const change = (typed: string): void => onChange({ fields: { ...draft.fields, [name]: typed } })
  const value = typeof usual === 'number' ? shown(usual / (limits?.per ?? 1)) : usual
  const common = { id, value: draft.fields[name] ?? '', placeholder: r('drill-usual', { value }) }
  return (
    <div className="v-field">
      <label htmlFor={id}>
        <span>{label}</span>
      </label>
      {limits === undefined ? (
        <input type="text" pattern="/\S*" {...common} onChange={(event) => change(event.target.value)} />
      ) : (
        <input
          type="number"
          min={limits.least / limits.per}
          max={limits.most / limits.per}
          step={limits.step}
          {...common}
          onChange={(event) => change(event.target.value)}
        />
      )}
    </div>
  )
}
