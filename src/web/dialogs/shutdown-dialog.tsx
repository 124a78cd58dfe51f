import { useState } from 'react'
import { shutdownCommand } from '../actions/commands.ts'
import { sayWishes } from '../actions/run.ts'
import { api } from '../api/api.ts'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { useStore } from '../state/store.ts'
import { consequencesOf } from './consequences.ts'
import { Frame } from './frame.tsx'

/** Says what else breaks before it breaks. */
export function ShutdownDialog({
  guests,
  onClose,
}: {
  readonly guests: readonly string[]
  readonly onClose: () => void
}) {
  const words = useWords()
  const { t, list, onLoss } = words
  const all = useStore(live, (state) => state.status?.guests)
  const [way, setWay] = useState<'dependents' | 'force'>('dependents')
  const hit = consequencesOf(all ?? [], guests)
  const act = async (): Promise<void> => {
    const more = hit.length === 0 ? {} : way === 'dependents' ? { dependents: true } : { force: true }
    sayWishes(words, t('do-shutdown'), [await api.shutdown({ guests: [...guests], ...more })])
  }
  return (
    <Frame
      title={t('shutdown-title', { guests: list(guests) })}
      action={t('do-shutdown')}
      command={shutdownCommand(guests, hit.length === 0 ? null : way)}
      isDangerous
      onAct={act}
      onClose={onClose}
    >
      {hit.length === 0 ? (
        <p>{t('shutdown-hits-nobody', { of: guests.length })}</p>
      ) : (
        <>
          <p>{t('shutdown-hits', { count: hit.length, of: guests.length })}</p>
          <ul>
            {hit.map(({ guest, need, does }) => (
              <li key={guest}>
                <strong>{guest}</strong> {t('hit-by', { need, does: onLoss(does) })}
              </li>
            ))}
          </ul>
          <fieldset className="v-choices">
            <legend>{t('shutdown-how')}</legend>
            {(['dependents', 'force'] as const).map((name) => (
              <label key={name}>
                <input type="radio" name="way" checked={way === name} onChange={() => setWay(name)} />{' '}
                {t(`shutdown-${name}`)}
              </label>
            ))}
          </fieldset>
        </>
      )}
    </Frame>
  )
}
