import { CheckCircleIcon } from '@patternfly/react-icons/dist/esm/icons/check-circle-icon'
import { ExclamationCircleIcon } from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon'
import { ExclamationTriangleIcon } from '@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon'
import { InProgressIcon } from '@patternfly/react-icons/dist/esm/icons/in-progress-icon'
import { useEffect, useMemo, useState } from 'react'
import { wallTime } from '../../model/ids.ts'
import { looks } from '../parts/look.ts'
import { type Health, healthOf } from '../state/health.ts'
import { useWords, type Words } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { useStore } from '../state/store.ts'

const icons = {
  good: CheckCircleIcon,
  busy: InProgressIcon,
  warning: ExclamationTriangleIcon,
  danger: ExclamationCircleIcon,
}

/** The cluster in one line: what is up, what is not, who leads, whether it would take a host's place. */
export function HealthStrip() {
  const words = useWords()
  const status = useStore(live, (state) => state.status)
  const health = useMemo(() => (status === null ? null : healthOf(status)), [status])
  const Icon = health === null ? InProgressIcon : icons[health.level]
  return (
    <section className={`v-strip v-strip-${health?.level ?? 'busy'}`} aria-label={words.t('health')}>
      <StaleNote />
      <span className="v-strip-icon" aria-hidden="true">
        <Icon />
      </span>
      <p className="v-strip-text" role="status">
        {health === null ? words.t('daemon-awaited') : sentences(health, words).join(' · ')}
      </p>
    </section>
  )
}

function sentences(health: Health, { t, list }: Words): string[] {
  const counted = looks
    .filter((look) => (health.looks.get(look) ?? 0) > 0)
    .map((look) => t(`count-${look}`, { count: health.looks.get(look)! }))
  return [
    t(`health-${health.level}`),
    ...(counted.length === 0 ? [t('no-guests')] : counted),
    ...(health.away.length > 0 ? [t('hosts-away', { hosts: list(health.away), count: health.away.length })] : []),
    ...(health.armed !== null && health.leader === null ? [t('no-leader')] : []),
    ...(health.leader !== null ? [t('leads', { host: health.leader })] : []),
    ...(health.armed === null ? [] : [health.armed ? t('armed') : t('disarmed')]),
    ...(health.survives === false ? [t('would-not-survive')] : []),
    ...(health.fenced.length > 0 ? [t('fenced-hosts', { hosts: list(health.fenced) })] : []),
  ]
}

/** While nothing comes from the daemon: since when what is shown is old. */
function StaleNote() {
  const { t, clock, duration } = useWords()
  const link = useStore(live, (state) => state.link)
  const heardAt = useStore(live, (state) => (state.link === 'lost' ? state.heardAt : null))
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (link !== 'lost') return
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [link])
  if (link !== 'lost') return null
  const ago = Math.max(0, Math.round((now - (heardAt ?? now)) / 1_000)) * 1_000
  return (
    <p className="v-stale-note" role="alert">
      {heardAt === null ? t('stale-never') : t('stale', { time: clock(wallTime(heardAt)), ago: duration(ago) })}
    </p>
  )
}
