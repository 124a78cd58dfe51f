import { live } from '../state/live.ts'
import { useStore } from '../state/store.ts'
import { type DrillDraft, fieldsOf } from './drill-draft.ts'
import { DrillField } from './drill-field.tsx'
import { useDrillText } from './use-drill-text.ts'

interface MoreFieldsProps {
  readonly draft: DrillDraft
  readonly onChange: (next: Partial<DrillDraft>) => void
}

/** What else may be said of a drill, as far as it means something for what was chosen. */
export function MoreFields({ draft, onChange }: MoreFieldsProps) {
  const { r } = useDrillText()
  const shown = fieldsOf(draft)
  if (shown.length === 0) return null
  return (
    <details className="v-drill-more">
      <summary>{r('drill-more')}</summary>
      <div className="v-filters">
        {shown.map((field) =>
          field === 'to' || field === 'service' ? (
            <ChosenField key={field} field={field} draft={draft} onChange={onChange} />
          ) : field === 'runs' ? null : (
            <DrillField key={field} name={field} label={r(`field-${field}`)} draft={draft} onChange={onChange} />
          ),
        )}
      </div>
    </details>
  )
}

function ChosenField({ field, draft, onChange }: MoreFieldsProps & { readonly field: 'to' | 'service' }) {
  const { r } = useDrillText()
  const status = useStore(live, (state) => state.status)
  const guest = status?.guests.find(({ id }) => id === draft.guest)
  const options =
    field === 'to'
      ? (status?.hosts.map(({ id }) => id).filter((id) => id !== guest?.host) ?? [])
      : (guest?.services.map(({ key }) => key) ?? [])
  const value = draft.fields[field] ?? ''
  return (
    <label>
      <span>{r(`field-${field}`)}</span>
      <select
        value={options.some((one) => one === value) ? value : ''}
        onChange={(event) => onChange({ fields: { ...draft.fields, [field]: event.target.value } })}
      >
        <option value="">{r(field === 'to' ? 'field-to-any' : 'field-service-only')}</option>
        {options.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  )
}
