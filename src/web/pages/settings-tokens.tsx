import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { type FormEvent, useMemo, useState } from 'react'
import type { TokenView } from '../../contract/access.ts'
import type { Role } from '../../model/access.ts'
import { wallTime } from '../../model/ids.ts'
import { sayFault, told } from '../actions/run.ts'
import { api } from '../api/api.ts'
import { Command } from '../parts/command.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { FaultNote } from '../parts/fault-note.tsx'
import { RoleChoice } from '../parts/role-choice.tsx'
import { SureButton } from '../parts/sure-button.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { useWords, type Words } from '../state/language.tsx'

export function TokensSection() {
  const words = useWords()
  const { t } = words
  const asked = useAsked(api.tokens, [])
  const { again } = asked
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` is another function each time and does the same
  const columns = useMemo(() => columnsOf(words, again), [words])
  return (
    <>
      {asked.fault !== null && <FaultNote fault={asked.fault} />}
      <DataTable
        name="tokens"
        caption={t('section-tokens')}
        columns={columns}
        rows={asked.value?.tokens ?? []}
        rowKey={({ id }) => id}
        empty={asked.value === null ? t('loading') : t('no-tokens')}
      />
      <AddToken onAdded={again} />
    </>
  )
}

function columnsOf(words: Words, again: () => void): readonly Column<TokenView>[] {
  const { t, time } = words
  const remove = async (id: string): Promise<void> => {
    await told(words, t('remove'), () => api.removeToken(id))
    again()
  }
  return [
    { key: 'name', heading: t('token-name'), isFixed: true, cell: ({ name }) => name },
    { key: 'role', heading: t('role'), cell: ({ role }) => t(`role-${role}`) },
    { key: 'by', heading: t('by'), cell: ({ createdBy }) => createdBy },
    {
      key: 'expires',
      heading: t('expires'),
      cell: ({ expiresAt }) => time(wallTime(expiresAt)),
      order: ({ expiresAt }) => expiresAt,
    },
    {
      key: 'remove',
      heading: t('remove'),
      cell: ({ id, name }) => <SureButton name={name} onSure={() => void remove(id)} />,
    },
  ]
}

const dayMs = 86_400_000

function AddToken({ onAdded }: { readonly onAdded: () => void }) {
  const words = useWords()
  const { t } = words
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [days, setDays] = useState('90')
  const [secret, setSecret] = useState<string | null>(null)
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    try {
      const made = await api.addToken({ name, role, forMs: Number(days) * dayMs })
      setSecret(made.secret)
      setName('')
      onAdded()
    } catch (error) {
      sayFault(words, t('add-token'), error)
    }
  }
  return (
    <form onSubmit={(event) => void add(event)}>
      <h2>{t('add-token')}</h2>
      <div className="v-filters">
        <label>
          <span>{t('token-name')}</span>
          <input value={name} required onChange={(event) => setName(event.target.value)} />
        </label>
        <div className="v-field">
          <span aria-hidden="true">{t('role')}</span>
          <RoleChoice label={t('role')} role={role} onChoose={setRole} />
        </div>
        <label>
          <span>{t('expires-days')}</span>
          <input type="number" min={1} max={3650} value={days} onChange={(event) => setDays(event.target.value)} />
        </label>
        <Button type="submit">{t('add-token')}</Button>
      </div>
      {secret !== null && (
        <div role="status">
          <p>{t('token-made')}</p>
          <pre className="v-code v-secret">{secret}</pre>
        </div>
      )}
      <p className="v-dim">
        {t('in-terminal')} <Command text={`vigia token create ${name || 'NAME'} --role ${role}`} />
      </p>
    </form>
  )
}
