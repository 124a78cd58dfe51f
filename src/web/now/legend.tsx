import type { Look } from '../parts/look.ts'
import { LookIcon } from '../parts/look-icon.tsx'
import { useWords } from '../state/language.tsx'

const shown: readonly Look[] = [
  'ready',
  'starting',
  'waiting',
  'paused',
  'silent',
  'stopping',
  'failed',
  'stopped',
  'moving',
]
const edges = ['answers', 'waiting', 'paused', 'broken'] as const

export function Legend() {
  const { t } = useWords()
  return (
    <details className="v-legend">
      <summary>{t('legend')}</summary>
      <ul>
        {shown.map((look) => (
          <li key={look}>
            <LookIcon look={look} /> {t(`look-${look}`)}
          </li>
        ))}
        {edges.map((look) => (
          <li key={look}>
            <svg width="28" height="10" aria-hidden="true" className={`v-edge v-edge-${look}`}>
              <path className="v-edge-line" d="M0 5h28" />
            </svg>{' '}
            {t(`edge-${look}`)}
          </li>
        ))}
      </ul>
    </details>
  )
}
