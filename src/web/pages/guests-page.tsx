import { useMemo, useState } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { ActionList } from '../actions/action-list.tsx'
import { GuestTable } from '../parts/guest-table.tsx'
import { Link } from '../parts/link.tsx'
import { type Look, lookOf, looks } from '../parts/look.ts'
import { PageHead } from '../parts/page-head.tsx'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { useStore } from '../state/store.ts'

/** All guests: found by text, tag, host and state; steered one or many at a time. */
export function GuestsPage() {
  const { t } = useWords()
  const status = useStore(live, (state) => state.status)
  const [text, setText] = useState('')
  const [tag, setTag] = useState('')
  const [look, setLook] = useState<Look | ''>('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const guests = status?.guests ?? noGuests
  const tags = useMemo(() => [...new Set(guests.flatMap((guest) => guest.tags))].sort(), [guests])
  const shown = useMemo(
    () =>
      guests.filter(
        (guest) =>
          (tag === '' || guest.tags.includes(tag)) && (look === '' || lookOf(guest) === look) && matches(guest, text),
      ),
    [guests, text, tag, look],
  )
  const steered = shown.filter(({ id }) => chosen.has(id))
  return (
    <>
      <PageHead title={t('guests')}>
        <Link to={{ page: 'create' }} className="v-button">
          {t('create-guest')}
        </Link>
      </PageHead>
      <div className="v-filters">
        <label>
          <span>{t('filter')}</span>
          <input type="search" value={text} onChange={(event) => setText(event.target.value)} />
        </label>
        <label>
          <span>{t('tag')}</span>
          <select value={tag} onChange={(event) => setTag(event.target.value)}>
            <option value="">{t('any')}</option>
            {tags.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          <span>{t('state')}</span>
          <select value={look} onChange={(event) => setLook(event.target.value as Look)}>
            <option value="">{t('any')}</option>
            {looks.map((name) => (
              <option key={name} value={name}>
                {t(`look-${name}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {steered.length > 0 && (
        <section className="v-bulk" aria-label={t('bulk')}>
          <h2>{t('chosen-guests', { count: steered.length })}</h2>
          <ActionList guests={steered} />
        </section>
      )}
      <GuestTable guests={shown} chosen={chosen} onChoose={setChosen} />
    </>
  )
}

const noGuests: readonly GuestSummary[] = []

function matches(guest: GuestSummary, text: string): boolean {
  const asked = text.trim().toLowerCase()
  return [guest.id, guest.host, guest.address, ...guest.tags, ...guest.services.map(({ key }) => key)].some((part) =>
    part?.toLowerCase().includes(asked),
  )
}
