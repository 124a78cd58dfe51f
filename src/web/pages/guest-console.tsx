import { lazy, Suspense, useCallback, useRef, useState } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { quoted } from '../actions/commands.ts'
import { session } from '../api/ask.ts'
import { Command } from '../parts/command.tsx'
import { useWords } from '../state/language.tsx'
import { maySteer } from '../state/may.ts'
import { useStore } from '../state/store.ts'

const Serial = lazy(async () => ({ default: (await import('../console/serial.tsx')).Serial }))
const Screen = lazy(async () => ({ default: (await import('../console/screen.tsx')).Screen }))

export function GuestConsole({ guest }: { readonly guest: GuestSummary }) {
  const { t } = useWords()
  const [kind, setKind] = useState<'serial' | 'vnc' | null>(null)
  const kinds = useRef<HTMLDivElement>(null)
  const leave = useCallback(() => kinds.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus(), [])
  const may = maySteer(
    useStore(session, (value) => value),
    guest,
  )
  if (!may) return <p className="v-dim">{t('may-not-steer')}</p>
  const isUp = guest.run === 'running' || guest.run === 'paused'
  return (
    <section>
      <div ref={kinds} className="v-toggle" role="group" aria-label={t('console-kind')}>
        {(['serial', 'vnc'] as const).map((name) => (
          <button key={name} type="button" disabled={!isUp} aria-pressed={kind === name} onClick={() => setKind(name)}>
            {t(`console-${name}`)}
          </button>
        ))}
      </div>
      <p className="v-dim">
        {t('in-terminal')} <Command text={`vigia console ${quoted(guest.id)}`} />
      </p>
      {!isUp && <p>{t('console-needs-running', { guest: guest.id })}</p>}
      <Suspense fallback={<p role="status">{t('loading')}</p>}>
        {isUp && kind === 'serial' && <Serial guest={guest.id} onLeave={leave} />}
        {isUp && kind === 'vnc' && <Screen guest={guest.id} onLeave={leave} />}
      </Suspense>
    </section>
  )
}
