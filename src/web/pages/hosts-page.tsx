import { useMemo } from 'react'
import type { HostSummary } from '../../contract/status.ts'
import { ClusterActions } from '../actions/cluster-actions.tsx'
import { session } from '../api/ask.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { HostLink } from '../parts/link.tsx'
import { hostLookOf } from '../parts/look.ts'
import { HostState } from '../parts/look-icon.tsx'
import { MemoryBar } from '../parts/memory-bar.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useWords, type Words } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { mayAdminister } from '../state/may.ts'
import { useStore } from '../state/store.ts'

export function HostsPage() {
  const words = useWords()
  const { t } = words
  const status = useStore(live, (state) => state.status)
  const administers = mayAdminister(useStore(session, (value) => value))
  const columns = useMemo(() => columnsOf(words), [words])
  if (status === null) return <p role="status">{t('daemon-awaited')}</p>
  return (
    <>
      <PageHead title={t('hosts')} />
      <DataTable
        name="hosts"
        caption={t('hosts')}
        columns={columns}
        rows={status.hosts}
        rowKey={({ id }) => id}
        empty={t('no-hosts')}
      />
      {status.members !== undefined && administers && <ClusterActions members={status.members} />}
    </>
  )
}

function columnsOf({ t, number }: Words): readonly Column<HostSummary>[] {
  return [
    { key: 'host', heading: t('host'), isFixed: true, cell: ({ id }) => <HostLink host={id} />, order: ({ id }) => id },
    {
      key: 'state',
      heading: t('state'),
      cell: (host) => (
        <span className="v-tags">
          <HostState host={host} />
          {host.member?.leads && <span className="v-tag">{t('is-leader')}</span>}
        </span>
      ),
      order: hostLookOf,
    },
    {
      key: 'guests',
      heading: t('guests'),
      cell: ({ guests = 0 }) => number(guests),
      order: ({ guests = 0 }) => guests,
    },
    { key: 'memory', heading: t('memory'), cell: (host) => <MemoryBar host={host} /> },
    {
      key: 'cpus',
      heading: t('cpus'),
      cell: ({ cpus }) => (cpus === null ? '–' : number(cpus)),
      order: ({ cpus }) => cpus ?? 0,
    },
    {
      key: 'watchdog',
      heading: t('watchdog'),
      cell: ({ member }) => (member === undefined ? '–' : t(`watchdog-${member.watchdog}`)),
    },
    {
      key: 'fence',
      heading: t('fence-devices'),
      cell: ({ member }) => (member === undefined || member.fence.length === 0 ? '–' : member.fence.join(', ')),
    },
  ]
}
