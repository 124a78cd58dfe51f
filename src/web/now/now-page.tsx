import { useCallback, useEffect } from 'react'
import { GuestTable } from '../parts/guest-table.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { go } from '../state/navigation.ts'
import { useStore } from '../state/store.ts'
import { EmptyNow } from './empty-now.tsx'
import { Graph } from './graph.tsx'
import { Latest } from './latest.tsx'
import { Legend } from './legend.tsx'
import { NowPanel } from './now-panel.tsx'

/** What is up, what is not and why: the dependency graph, live. */
export function NowPage({ guest, view }: { readonly guest: string | null; readonly view: 'graph' | 'table' }) {
  const { t } = useWords()
  const status = useStore(live, (state) => state.status)
  const select = useCallback((next: string | null) => go({ page: 'now', guest: next, view }, { replace: true }), [view])
  const edge = useCallback((of: string) => go({ page: 'now', guest: of, view }, { replace: true }), [view])
  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && guest !== null && event.target === document.body) select(null)
    }
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [guest, select])
  const close = useCallback(() => {
    select(null)
    // Back to where one came from.
    if (guest !== null) document.querySelector<HTMLElement>(`[data-node="${CSS.escape(guest)}"]`)?.focus()
  }, [guest, select])
  if (status === null) return <p role="status">{t('daemon-awaited')}</p>
  const selected = status.guests.find(({ id }) => id === guest)
  return (
    <div className="v-now">
      <PageHead title={t('now')}>
        <div className="v-toggle" role="group" aria-label={t('show-as')}>
          {(['graph', 'table'] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={view === name}
              onClick={() => go({ page: 'now', guest, view: name }, { replace: true })}
            >
              {t(`as-${name}`)}
            </button>
          ))}
        </div>
      </PageHead>
      {status.guests.length === 0 ? (
        <EmptyNow hasCluster={status.cluster !== null} />
      ) : (
        <div className={`v-now-body${selected === undefined ? '' : ' v-now-split'}`}>
          {view === 'graph' ? (
            <div className="v-now-graph">
              <Graph guests={status.guests} selected={guest} onSelect={select} onEdge={edge} />
              <Legend />
            </div>
          ) : (
            <GuestTable guests={status.guests} />
          )}
          {selected !== undefined && <NowPanel guest={selected} onClose={close} />}
        </div>
      )}
      <Latest />
    </div>
  )
}
