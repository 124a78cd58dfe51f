import { useMemo } from 'react'
import type { HostSummary } from '../../contract/status.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { HostLink } from '../parts/link.tsx'
import { useWords, type Words } from '../state/language.tsx'
import { live } from '../state/live.ts'
import { useStore } from '../state/store.ts'

export function MembersSection() {
  const words = useWords()
  const { t } = words
  const hosts = useStore(live, (state) => state.status?.hosts ?? noHosts)
  const members = useMemo(() => hosts.filter(({ member }) => member !== undefined), [hosts])
  const columns = useMemo(() => columnsOf(words), [words])
  return (
    <>
      <DataTable
        name="members"
        caption={t('section-members')}
        columns={columns}
        rows={members}
        rowKey={({ id }) => id}
        empty={t('no-members')}
      />
      <p className="v-dim">
        {t('in-terminal')} <code>vigia cluster token</code> · <code>vigia cluster status</code>
      </p>
    </>
  )
}

const noHosts: readonly HostSummary[] = []

function columnsOf({ t, standing, proofLack }: Words): readonly Column<HostSummary>[] {
  return [
    { key: 'member', heading: t('member'), isFixed: true, cell: ({ id }) => <HostLink host={id} /> },
    {
      key: 'standing',
      heading: t('standing'),
      cell: ({ member }) => (
        <span className="v-tags">
          {standing(member!.standing)}
          {member!.leads && <span className="v-tag">{t('is-leader')}</span>}
          {member!.lacks !== null && <span className="v-dim">{proofLack(member!.lacks)}</span>}
        </span>
      ),
    },
    { key: 'watchdog', heading: t('watchdog'), cell: ({ member }) => t(`watchdog-${member!.watchdog}`) },
    { key: 'fence', heading: t('fence-devices'), cell: ({ member }) => member!.fence.join(', ') || '–' },
  ]
}
