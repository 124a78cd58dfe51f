import { Row } from '../actions/action-list.tsx'
import { hostCommand, maintenanceCommand } from '../actions/commands.ts'
import { dialog } from '../actions/dialogs.ts'
import { session } from '../api/ask.ts'
import { Chart } from '../parts/chart-section.tsx'
import { GuestTable } from '../parts/guest-table.tsx'
import { Link } from '../parts/link.tsx'
import { hostLookOf } from '../parts/look.ts'
import { HostState } from '../parts/look-icon.tsx'
import { MemoryBar } from '../parts/memory-bar.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useWords } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { mayAdminister } from '../state/may.ts'
import { useStore } from '../state/store.ts'

export function HostPage({ host: id }: { readonly host: string }) {
  const words = useWords()
  const { t } = words
  const status = useStore(live, (state) => state.status)
  const administers = mayAdminister(useStore(session, (value) => value))
  if (status === null) return <p role="status">{t('daemon-awaited')}</p>
  const host = status.hosts.find((one) => one.id === id)
  if (host === undefined) return <h1>{t('no-such-host', { host: id })}</h1>
  const { member } = host
  const inMaintenance = member?.maintenance ?? false
  const isLost = member !== undefined && ['silent', 'expired', 'lost'].includes(member.standing)
  const here = status.guests.filter((guest) => guest.host === id)
  return (
    <>
      <PageHead title={id}>
        <HostState host={host} />
        {member?.leads && <span className="v-tag">{t('is-leader')}</span>}
      </PageHead>
      {member?.lacks != null && <p>{t('host-lacks', { host: id, lacks: words.proofLack(member.lacks) })}</p>}
      {member?.proof != null && <p>{t('host-proof', { host: id, proof: words.proof(member.proof) })}</p>}
      <MemoryBar host={host} />
      {member !== undefined && administers && (
        <section>
          <h2>{t('actions')}</h2>
          <ul className="v-actions">
            <Row
              title={inMaintenance ? t('do-maintenance-off') : t('do-maintenance-on')}
              command={maintenanceCommand(id, !inMaintenance, false)}
              onAct={() => dialog.set({ kind: 'maintenance', host: id })}
            />
            {hostLookOf(host) !== 'left' && (
              <Row
                title={t('do-fence')}
                command={hostCommand('fence', id)}
                isDangerous
                onAct={() => dialog.set({ kind: 'fence', host: id })}
              />
            )}
            {isLost && (
              <Row
                title={t('do-swear-dead')}
                command={hostCommand('swear-dead', id)}
                isDangerous
                onAct={() => dialog.set({ kind: 'swear-dead', host: id })}
              />
            )}
          </ul>
          <p>
            <Link to={{ page: 'what-if', lose: [id] }}>{t('what-if-lost', { host: id })}</Link>
          </p>
        </section>
      )}
      <h2>{t('guests-here')}</h2>
      <GuestTable guests={here} />
      <h2>{t('graphs')}</h2>
      <Chart subject={`host:${id}`} />
    </>
  )
}
