import { wallTime } from '../../model/ids.ts'
import { api } from '../api/api.ts'
import { Link } from '../parts/link.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { useStore } from '../state/store.ts'

const shown = 3

/** The newest events below the drawing: also what a screen reader is told of as it happens. */
export function Latest() {
  const { t, clock, event: said } = useWords()
  const fresh = useStore(live, (state) => state.events)
  const asked = useAsked(() => api.events({ newestFirst: '1', limit: String(shown) }), [])
  const old = (asked.value?.events ?? []).filter(
    ({ id, host }) => !fresh.some((one) => one.id === id && one.host === host),
  )
  const events = [...fresh, ...old]
  return (
    <section className="v-latest" aria-label={t('latest')}>
      <ul aria-live="polite">
        {events.slice(0, shown).map((event) => (
          <li key={`${event.host}-${event.id}`}>
            <time className="v-dim">{clock(wallTime(event.at))}</time> {said(event)}
          </li>
        ))}
      </ul>
      <Link to={{ page: 'events', guest: null, words: [] }}>{t('all-events')}</Link>
    </section>
  )
}
