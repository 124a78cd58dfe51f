import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { type FormEvent, useMemo, useState } from 'react'
import type { UserView } from '../../contract/access.ts'
import type { Role } from '../../model/access.ts'
import { sayFault, told } from '../actions/run.ts'
import { api } from '../api/api.ts'
import { Command } from '../parts/command.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { FaultNote } from '../parts/fault-note.tsx'
import { Tags } from '../parts/guest-table.tsx'
import { RoleChoice } from '../parts/role-choice.tsx'
import { SureButton } from '../parts/sure-button.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { useWords, type Words } from '../state/language.tsx'
import { note } from '../state/notes.ts'

export function UsersSection() {
  const words = useWords()
  const { t } = words
  const asked = useAsked(api.users, [])
  const { again } = asked
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` is another function each time and does the same
  const columns = useMemo(() => columnsOf(words, again), [words])
  return (
    <>
      {asked.fault !== null && <FaultNote fault={asked.fault} />}
      <DataTable
        name="users"
        caption={t('users')}
        columns={columns}
        rows={asked.value?.users ?? []}
        rowKey={({ name }) => name}
        empty={asked.value === null ? t('loading') : t('no-users')}
      />
      <AddUser onAdded={again} />
    </>
  )
}

function columnsOf(words: Words, again: () => void): readonly Column<UserView>[] {
  const { t } = words
  // One after the other: by keyboard a list is gone through choice by choice, and the last one counts.
  let last: Promise<void> = Promise.resolve()
  const inTurn = (work: () => Promise<void>): void => {
    last = last.then(work)
  }
  const remove = async (name: string): Promise<void> => {
    const done = await told(words, t('remove'), async () => {
      await api.removeUser(name)
      return true
    })
    if (done) note('success', t('user-removed', { name }))
    again()
  }
  const change = async (name: string, role: Role): Promise<void> => {
    await told(words, t('role'), () => api.changeUser(name, { role }))
    again()
  }
  return [
    { key: 'user', heading: t('user'), isFixed: true, cell: ({ name }) => name, order: ({ name }) => name },
    {
      key: 'role',
      heading: t('role'),
      cell: ({ name, role }) => (
        <RoleChoice label={`${t('role')}: ${name}`} role={role} onChoose={(next) => inTurn(() => change(name, next))} />
      ),
      order: ({ role }) => role,
    },
    {
      key: 'tags',
      heading: t('tags'),
      cell: ({ tags }) => (tags === null || tags.length === 0 ? '–' : <Tags tags={tags} />),
    },
    { key: 'totp', heading: t('second-factor-short'), cell: ({ totp }) => t(`totp-${totp}`) },
    { key: 'sessions', heading: t('sessions'), cell: ({ sessions }) => sessions, order: ({ sessions }) => sessions },
    {
      key: 'remove',
      heading: t('remove'),
      cell: ({ name }) => <SureButton name={name} onSure={() => inTurn(() => remove(name))} />,
    },
  ]
}

function AddUser({ onAdded }: { readonly onAdded: () => void }) {
  const words = useWords()
  const { t } = words
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [role, setRole] = useState<Role>('operator')
  const [tags, setTags] = useState('')
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const list = tags
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean)
    try {
      await api.addUser({ name, password, role, ...(list.length > 0 && { tags: list }) })
      note('success', t('user-added', { name }))
      setName('')
      setPassword('')
      onAdded()
    } catch (error) {
      sayFault(words, t('add-user'), error)
    }
  }
  return (
    <form onSubmit={(event) => void add(event)}>
      <h2>{t('add-user')}</h2>
      <div className="v-filters">
        <label>
          <span>{t('user-name')}</span>
          <input value={name} autoComplete="off" required onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          <span>{t('new-password')}</span>
          <input
            type="password"
            value={password}
            autoComplete="new-password"
            required
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        <div className="v-field">
          <span aria-hidden="true">{t('role')}</span>
          <RoleChoice label={t('role')} role={role} onChoose={setRole} />
        </div>
        <label>
          <span>{t('user-tags')}</span>
          <input value={tags} onChange={(event) => setTags(event.target.value)} />
        </label>
        <Button type="submit">{t('add-user')}</Button>
      </div>
      <p className="v-dim">
        {t('in-terminal')} <Command text={`vigia user add ${name || 'NAME'} --role ${role}`} />
      </p>
    </form>
  )
}
