import { memo, useMemo, useState } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { Link } from '../parts/link.tsx'
import { lookOf } from '../parts/look.ts'
import { guestWord, LookIcon } from '../parts/look-icon.tsx'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { useRoute } from '../state/navigation.ts'
import { keep, kept } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { type Grouping, groupings, groupsOf } from './inventory-groups.ts'

/** With more guests than this the groups are closed at first: nobody reads so long a list. */
const openAtMost = 60

export function Inventory() {
  const { t } = useWords()
  const status = useStore(live, (state) => state.status)
  const [grouping, setGrouping] = useState<Grouping>(groupings.find((name) => name === kept('grouping')) ?? 'host')
  const groups = useMemo(() => (status === null ? [] : groupsOf(status, grouping)), [status, grouping])
  const route = useRoute()
  const here = route.page === 'guest' || route.page === 'now' ? route.guest : null
  if (status === null) return null
  const choose = (next: Grouping): void => {
    keep('grouping', next)
    setGrouping(next)
  }
  return (
    <section className="v-inventory" aria-label={t('inventory')}>
      <label className="v-inventory-by">
        <span>{t('grouped-by')}</span>
        <select value={grouping} onChange={(event) => choose(event.target.value as Grouping)}>
          {groupings.map((name) => (
            <option key={name} value={name}>
              {t(`group-${name}`)}
            </option>
          ))}
        </select>
      </label>
      {groups.map(({ name, guests }) => (
        <Branch
          key={`${grouping} ${name}`}
          heading={headingOf(grouping, name)}
          guests={guests}
          here={here}
          isOpenAtFirst={status.guests.length <= openAtMost}
        />
      ))}
    </section>
  )
  function headingOf(by: Grouping, name: string | null): string {
    if (name === null) return by === 'tag' ? t('no-tag') : t('no-host')
    return by === 'wave' ? t('wave', { wave: name }) : name
  }
}

/** What is closed is not made: a change of one of five hundred guests is shown the sooner. */
function Branch(props: {
  readonly heading: string
  readonly guests: readonly GuestSummary[]
  readonly here: string | null
  readonly isOpenAtFirst: boolean
}) {
  const { heading, guests, here, isOpenAtFirst } = props
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span>{heading}</span> <span className="v-dim">{guests.length}</span>
      </summary>
      {isOpen && (
        <ul>
          {guests.map((guest) => (
            <Entry key={guest.id} guest={guest} isHere={guest.id === here} />
          ))}
        </ul>
      )}
    </details>
  )
}

const Entry = memo(function Entry({ guest, isHere }: { readonly guest: GuestSummary; readonly isHere: boolean }) {
  const words = useWords()
  return (
    <li>
      <Link to={{ page: 'guest', guest: guest.id, tab: 'overview' }} aria-current={isHere ? 'page' : undefined}>
        <LookIcon look={lookOf(guest)} />
        <span>{guest.id}</span>
        <span className="v-hidden">{guestWord(guest, words)}</span>
      </Link>
    </li>
  )
})
