import type { GuestSummary } from '../../contract/status.ts'
import { useWords } from '../state/language.tsx'

/** The leader's sentence; of one that no host can take, a line for each host. */
export function Why({ guest }: { readonly guest: GuestSummary }) {
  const words = useWords()
  const { because } = guest
  const hosts = because.code === 'no-place' ? because.hosts : []
  return (
    <div className="v-why">
      <p>
        <strong>{guest.id}</strong>: {hosts.length > 0 ? words.reason({ code: 'no-host' }) : words.reason(because)}.
      </p>
      {hosts.length > 0 && (
        <ul>
          {hosts.map(({ host, why }) => (
            <li key={host}>{words.hostRefusal(host, why)}</li>
          ))}
        </ul>
      )}
      {guest.retryInMs !== null && <p>{words.t('retry-in', { wait: words.duration(guest.retryInMs) })}</p>}
    </div>
  )
}
