import { useCallback, useMemo } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { Graph } from '../now/graph.tsx'
import { kinOf } from '../now/graph-data.ts'
import { GuestLink } from '../parts/link.tsx'
import { NeedList } from '../parts/need-list.tsx'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { go } from '../state/navigation.ts'
import { useStore } from '../state/store.ts'

/** The guest among all that it needs and all that needs it. */
export function GuestNeeds({ guest }: { readonly guest: GuestSummary }) {
  const { t } = useWords()
  const all = useStore(live, (state) => state.status?.guests ?? noGuests)
  const kin = useMemo(() => {
    const ids = kinOf(all, guest.id)
    return all.filter(({ id }) => ids.has(id))
  }, [all, guest.id])
  const select = useCallback((id: string | null) => {
    if (id !== null) go({ page: 'guest', guest: id, tab: 'needs' })
  }, [])
  const neededBy = all.filter(({ needs }) => needs.some((need) => need.guest === guest.id))
  return (
    <>
      <div className="v-needs-graph">
        <Graph guests={kin} selected={guest.id} onSelect={select} />
      </div>
      <div className="v-two">
        <section>
          <h2>{t('needs')}</h2>
          <NeedList guest={guest} />
        </section>
        <section>
          <h2>{t('needed-by')}</h2>
          {neededBy.length === 0 && <p className="v-dim">{t('needed-by-none')}</p>}
          <ul>
            {neededBy.map(({ id }) => (
              <li key={id}>
                <GuestLink guest={id} />
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  )
}

const noGuests: readonly GuestSummary[] = []
