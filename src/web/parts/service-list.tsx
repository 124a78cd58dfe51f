import type { GuestSummary } from '../../contract/status.ts'
import { useWords } from '../state/language.tsx'

export function ServiceList({ guest }: { readonly guest: GuestSummary }) {
  const { t, verdict } = useWords()
  if (guest.services.length === 0) return <p className="v-dim">{t('no-services')}</p>
  return (
    <ul className="v-needs">
      {guest.services.map(({ key, verdict: found }) => (
        <li
          key={key}
          className={`v-need v-need-${found === 'answering' ? 'answers' : found === 'unknown' ? 'waiting' : 'broken'}`}
        >
          <span className="v-need-sign" aria-hidden="true">
            {found === 'answering' ? '✓' : found === 'unknown' ? '…' : '✕'}
          </span>
          <span>
            {key}: {verdict(found)}
          </span>
        </li>
      ))}
    </ul>
  )
}
