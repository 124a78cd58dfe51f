import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { dialog } from '../actions/dialogs.ts'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { useRoute } from '../state/navigation.ts'
import { useStore } from '../state/store.ts'
import { HealthStrip } from './health-strip.tsx'
import { Masthead } from './masthead.tsx'
import { Messages } from './messages.tsx'
import { SideBar } from './side-bar.tsx'
import { TaskDrawer } from './task-drawer.tsx'

const Dialogs = lazy(async () => ({ default: (await import('../dialogs/dialogs.tsx')).Dialogs }))

export function Shell({ children }: { readonly children: ReactNode }) {
  const { t } = useWords()
  const route = useRoute()
  const [isOpen, setOpen] = useState(false)
  const isAsked = useStore(dialog, (value) => value !== null)
  const stale = useStore(live, ({ link }) => link === 'lost')
  // On a phone the list is in the way of the page that was chosen from it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new place closes it
  useEffect(() => setOpen(false), [route])
  const main = useRef<HTMLElement>(null)
  const shown = useRef(route.page)
  useEffect(() => {
    if (shown.current === route.page) return
    shown.current = route.page
    // What was pressed is gone with its page: whoever goes on by keyboard, or is read to, begins with the new one.
    if (document.activeElement === document.body) main.current?.focus()
  }, [route.page])
  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setOpen(false)
    }
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [])
  return (
    <div className={`v-shell${isOpen ? ' v-shell-open' : ''}${stale ? ' v-stale' : ''}`}>
      <a className="v-skip" href="#main">
        {t('skip-to-content')}
      </a>
      <Masthead isOpen={isOpen} onToggle={() => setOpen(!isOpen)} />
      <HealthStrip />
      <SideBar />
      {isOpen && <button type="button" className="v-curtain" aria-label={t('close')} onClick={() => setOpen(false)} />}
      <main ref={main} id="main" className="v-main" tabIndex={-1}>
        {children}
      </main>
      <TaskDrawer />
      <Messages />
      <Suspense>{isAsked && <Dialogs />}</Suspense>
    </div>
  )
}
