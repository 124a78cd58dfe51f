import type { GuestSummary } from '../../contract/status.ts'
import type { StoredEvent } from '../../model/event.ts'
import { EventList } from '../parts/event-list.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { go } from '../state/navigation.ts'
import { useStore } from '../state/store.ts'

/** What one looks for, in groups: a list of forty words is not read. */
const kinds: Readonly<
  Record<'any' | 'failures' | 'services' | 'moves' | 'people' | 'daemon', readonly StoredEvent['word'][]>
> = {
  any: [],
  failures: [
    'failed',
    'crashed',
    'silent',
    'lost',
    'fault',
    'replaced',
    'hypervisor-lost',
    'fenced',
    'proven',
    'recover',
  ],
  services: ['answers', 'lost', 'pause', 'resume'],
  moves: ['migrate', 'moved', 'move-limit', 'move-failed', 'move-cancelled', 'move-refused', 'recover'],
  people: ['wish', 'applied'],
  daemon: ['daemon-started', 'daemon-stopped', 'leading', 'hypervisor-lost', 'hypervisor-back'],
}

export function EventsPage({ guest, chosen }: { readonly guest: string | null; readonly chosen: readonly string[] }) {
  const { t } = useWords()
  const guests = useStore(live, (state) => state.status?.guests ?? noGuests)
  const kind = (Object.keys(kinds) as (keyof typeof kinds)[]).find((name) => kinds[name].join() === chosen.join())
  return (
    <>
      <PageHead title={t('events')} />
      <div className="v-filters">
        <label>
          <span>{t('guest')}</span>
          <select
            value={guest ?? ''}
            onChange={(event) => go({ page: 'events', guest: event.target.value || null, words: chosen })}
          >
            <option value="">{t('any')}</option>
            {guests.map(({ id }) => (
              <option key={id}>{id}</option>
            ))}
          </select>
        </label>
        <label>
          <span>{t('kind')}</span>
          <select
            value={kind ?? ''}
            onChange={(event) => go({ page: 'events', guest, words: kinds[event.target.value as keyof typeof kinds] })}
          >
            {kind === undefined && <option value="">{chosen.join(', ')}</option>}
            {Object.keys(kinds).map((name) => (
              <option key={name} value={name}>
                {t(`events-${name as keyof typeof kinds}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <EventList guest={guest} words={chosen} />
    </>
  )
}

const noGuests: readonly GuestSummary[] = []
