import { useMemo, useState } from 'react'
import type { EventsView } from '../../contract/events.ts'
import type { StoredEvent } from '../../model/event.ts'
import { wallTime } from '../../model/ids.ts'
import { api } from '../api/api.ts'
import { useWords, type Words } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { useStore } from '../state/store.ts'
import { type Column, DataTable } from './data-table.tsx'
import { FaultNote } from './fault-note.tsx'
import { GuestLink, HostLink } from './link.tsx'
import { useAsked } from './use-asked.ts'

const askedAtOnce = 200

/** History, newest first: what was asked for once, and above it what happens meanwhile. */
export function EventList({
  guest,
  words: chosen,
}: {
  readonly guest: string | null
  readonly words: readonly string[]
}) {
  const words = useWords()
  const { t } = words
  const [limit, setLimit] = useState(askedAtOnce)
  const wanted = chosen.join(',')
  const asked = useAsked<EventsView>(
    () =>
      api.events({
        ...(guest !== null && { guest }),
        ...(wanted !== '' && { words: wanted }),
        newestFirst: '1',
        limit: String(limit),
      }),
    [guest, wanted, limit],
  )
  const fresh = useStore(live, (state) => state.events)
  const events = useMemo(() => {
    const old = asked.value?.events ?? []
    const seen = new Set(old.map(keyOf))
    const news = fresh.filter(
      (event) =>
        !seen.has(keyOf(event)) &&
        (guest === null || event.guest === guest) &&
        (chosen.length === 0 || chosen.includes(event.word)),
    )
    return [...news, ...old].sort((a, b) => b.at - a.at || b.id - a.id)
  }, [asked.value, fresh, guest, chosen])
  const columns = useMemo(() => columnsOf(words), [words])
  return (
    <>
      {asked.fault !== null && <FaultNote fault={asked.fault} />}
      <DataTable
        name="events"
        caption={t('events')}
        columns={columns}
        rows={events}
        rowKey={keyOf}
        empty={asked.value === null ? t('loading') : t('no-events')}
      />
      {(asked.value?.events.length ?? 0) >= limit && (
        <button type="button" className="v-button" onClick={() => setLimit(limit * 2)}>
          {t('older')}
        </button>
      )}
    </>
  )
}

/** Each host counts its own events. */
function keyOf({ host, id }: StoredEvent): string {
  return `${host} ${id}`
}

function columnsOf({ t, time, event: said, eventWord, actor }: Words): readonly Column<StoredEvent>[] {
  return [
    { key: 'what', heading: t('what-happened'), isFixed: true, cell: (event) => said(event) },
    { key: 'time', heading: t('time'), cell: ({ at }) => <time>{time(wallTime(at))}</time> },
    { key: 'word', heading: t('word'), cell: ({ word }) => eventWord(word) ?? word },
    { key: 'guest', heading: t('guest'), cell: ({ guest }) => (guest === null ? '–' : <GuestLink guest={guest} />) },
    { key: 'host', heading: t('host'), cell: ({ host }) => <HostLink host={host} /> },
    { key: 'actor', heading: t('actor'), isHidden: true, cell: (event) => actor(event.actor) },
  ]
}
