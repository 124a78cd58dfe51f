import type { HostSummary } from '../../contract/status.ts'
import { useWords } from '../state/language.tsx'

/** Of a host: what guests, others and the host itself hold, of all it has. */
export function MemoryBar({ host }: { readonly host: HostSummary }) {
  const { t, size } = useWords()
  const { totalMib, reservedMib, guestsMib, othersMib } = host.memory
  if (totalMib === null) return <span>–</span>
  const held = reservedMib + guestsMib + othersMib
  const free = Math.max(0, totalMib - held)
  return (
    <span className="v-memory">
      <meter min={0} max={totalMib} value={Math.min(held, totalMib)} aria-label={t('memory-of', { host: host.id })} />
      <span>{t('memory-free', { free: size(free, totalMib), total: size(totalMib) })}</span>
    </span>
  )
}
