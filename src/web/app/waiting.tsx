import { useWords } from '../state/language.tsx'

/** While no daemon has answered yet. */
export function Waiting() {
  const { t } = useWords()
  return (
    <main className="v-door">
      <p role="status">{t('daemon-awaited')}</p>
    </main>
  )
}
