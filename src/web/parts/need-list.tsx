import type { GuestSummary } from '../../contract/status.ts'
import { edgeLookOf } from '../now/graph-data.ts'
import { useWords } from '../state/language.tsx'
import { Link } from './link.tsx'

/** What a guest needs, whether it answers, and what becomes of the guest when it does not. */
export function NeedList({ guest }: { readonly guest: GuestSummary }) {
  const { t, onLoss } = useWords()
  if (guest.needs.length === 0) return <p className="v-dim">{t('needs-nothing')}</p>
  return (
    <ul className="v-needs">
      {guest.needs.map((need) => (
        <li key={need.text} className={`v-need v-need-${edgeLookOf(need)}`}>
          <span className="v-need-sign" aria-hidden="true">
            {{ answers: '✓', waiting: '…', paused: '⏸', broken: '✕' }[edgeLookOf(need)]}
          </span>
          <span>
            {need.guest === null ? (
              need.text
            ) : (
              <Link to={{ page: 'now', guest: need.guest, view: 'graph' }}>{need.text}</Link>
            )}
            {': '}
            {need.state === 'answers' ? t('need-answers') : t(`need-${need.state}`)}
            {'. '}
            <span className="v-dim">{t('on-loss', { guest: guest.id, does: onLoss(need.onLoss as 'pause') })}</span>
            {need.guest !== null && (
              <>
                {' '}
                <Link to={{ page: 'events', guest: need.guest, words: ['answers', 'lost'] }}>{t('probe-history')}</Link>
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}
