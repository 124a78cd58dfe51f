import { SearchIcon } from '@patternfly/react-icons/dist/esm/icons/search-icon'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useWords, type Words } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { go } from '../state/navigation.ts'
import { useStore } from '../state/store.ts'
import { type Found, search } from './search-results.ts'

/** Ctrl+K from anywhere. A combo box, as the ARIA practices describe it. */
export function Search() {
  const words = useWords()
  const { t } = words
  const status = useStore(live, (state) => state.status)
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const pages = useMemo(() => pagesOf(words), [words])
  const found = search(status, pages, typed)
  useEffect(() => {
    const focus = (event: globalThis.KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return
      event.preventDefault()
      input.current?.focus()
      input.current?.select()
    }
    addEventListener('keydown', focus)
    return () => removeEventListener('keydown', focus)
  }, [])
  const choose = (one: Found | undefined): void => {
    if (one === undefined) return
    setTyped('')
    input.current?.blur()
    go(one.to)
  }
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0))
    else if (event.key === 'Enter') choose(found[at])
    else if (event.key === 'Escape') setTyped('')
    else return
    event.preventDefault()
  }
  const isOpen = typed.trim() !== ''
  return (
    <div className="v-search" role="search">
      <span className="v-search-icon" aria-hidden="true">
        <SearchIcon />
      </span>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={t('search')}
        aria-expanded={isOpen}
        aria-controls="found"
        aria-autocomplete="list"
        aria-activedescendant={isOpen && found[at] ? `found-${at}` : undefined}
        placeholder={t('search-placeholder')}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onKeyDown={key}
        onBlur={() => setTimeout(() => setTyped(''), 150)}
      />
      <div id="found" role="listbox" aria-label={t('search')} className="v-found" hidden={!isOpen}>
        {found.map((one, index) => (
          <div
            key={`${one.kind}-${one.name}`}
            id={`found-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onMouseDown={(event) => {
              event.preventDefault()
              choose(one)
            }}
          >
            <span>{one.name}</span>
            <span className="v-dim">{one.by ?? t(`kind-${one.kind}`)}</span>
          </div>
        ))}
        {isOpen && found.length === 0 && (
          <div role="option" tabIndex={-1} aria-selected={false} aria-disabled="true" className="v-dim">
            {t('nothing-found')}
          </div>
        )}
      </div>
    </div>
  )
}

function pagesOf({ t }: Words): readonly Found[] {
  const page = (name: string, to: Found['to']): Found => ({ kind: 'page', name, by: null, to })
  return [
    page(t('now'), { page: 'now', guest: null, view: 'graph' }),
    page(t('hosts'), { page: 'hosts' }),
    page(t('guests'), { page: 'guests' }),
    page(t('create-guest'), { page: 'create' }),
    page(t('tasks'), { page: 'tasks' }),
    page(t('events'), { page: 'events', guest: null, words: [] }),
    page(t('what-if'), { page: 'what-if', lose: [] }),
    page(t('availability'), {
      ...{ page: 'availability', period: '30d', from: null, to: null, group: null, promised: null },
    }),
    page(t('drills'), { page: 'drills', guest: null }),
    page(t('plan'), { page: 'plan', of: 'live' }),
    page(t('settings'), { page: 'settings', section: 'file' }),
    page(t('users'), { page: 'settings', section: 'users' }),
    page(t('audit'), { page: 'settings', section: 'audit' }),
  ]
}
