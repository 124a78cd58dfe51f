import type { GuestSummary } from '../../contract/status.ts'
import { useWords } from '../state/language.tsx'
import type { Draft } from './create-draft.ts'

interface StepProps {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
}

export function CreateMachine({ draft, onChange, problem }: StepProps & { readonly problem: 'name' | 'taken' | null }) {
  const { t } = useWords()
  const field = (name: 'name' | 'domain' | 'memory' | 'cpus' | 'disk' | 'bridge', label: string, type = 'text') => (
    <label>
      <span>{label}</span>
      <input type={type} value={draft[name]} onChange={(event) => onChange({ ...draft, [name]: event.target.value })} />
    </label>
  )
  return (
    <>
      <div className="v-filters">{field('name', t('create-name'))}</div>
      <p className={problem === 'taken' ? '' : 'v-dim'} role={problem === 'taken' ? 'alert' : undefined}>
        {problem === 'taken' ? t('create-name-taken', { name: draft.name }) : t('create-name-hint')}
      </p>
      <fieldset className="v-choices">
        <legend>{t('create-kind')}</legend>
        {(['domain', 'machine'] as const).map((kind) => (
          <label key={kind}>
            <input
              type="radio"
              name="kind"
              checked={draft.kind === kind}
              onChange={() => onChange({ ...draft, kind })}
            />{' '}
            {t(`create-kind-${kind}`)}
          </label>
        ))}
      </fieldset>
      <div className="v-filters">
        {draft.kind === 'domain' ? (
          field('domain', t('create-domain'))
        ) : (
          <>
            {field('memory', t('create-memory'))}
            {field('cpus', t('create-cpus'), 'number')}
            {field('disk', t('create-disk'))}
            {field('bridge', t('create-network'))}
          </>
        )}
      </div>
    </>
  )
}

export function CreateServices({ draft, onChange, guests }: StepProps & { readonly guests: readonly GuestSummary[] }) {
  const { t } = useWords()
  const offered = guests.flatMap(({ id, services }) => [id, ...services.map(({ key }) => `${id}:${key}`)])
  const toggle = (need: string): void =>
    onChange({
      ...draft,
      needs: draft.needs.includes(need) ? draft.needs.filter((one) => one !== need) : [...draft.needs, need],
    })
  return (
    <>
      <div className="v-filters">
        <label>
          <span>{t('create-services')}</span>
          <textarea
            rows={4}
            value={draft.services}
            onChange={(event) => onChange({ ...draft, services: event.target.value })}
          />
        </label>
        <label>
          <span>{t('create-tags')}</span>
          <input value={draft.tags} onChange={(event) => onChange({ ...draft, tags: event.target.value })} />
        </label>
      </div>
      <fieldset className="v-choices v-choices-many">
        <legend>{t('create-needs')}</legend>
        {offered.map((need) => (
          <label key={need}>
            <input type="checkbox" checked={draft.needs.includes(need)} onChange={() => toggle(need)} /> {need}
          </label>
        ))}
      </fieldset>
    </>
  )
}
