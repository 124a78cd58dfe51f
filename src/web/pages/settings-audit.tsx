import { useMemo } from 'react'
import type { AuditEntryView } from '../../contract/access.ts'
import { wallTime } from '../../model/ids.ts'
import { api } from '../api/api.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { FaultNote } from '../parts/fault-note.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { useWords, type Words } from '../state/language.tsx'

/** Every wish: who, from where, when, what. */
export function AuditSection() {
  const words = useWords()
  const { t } = words
  const asked = useAsked(api.audit, [])
  const columns = useMemo(() => columnsOf(words), [words])
  return (
    <>
      {asked.fault !== null && <FaultNote fault={asked.fault} />}
      <DataTable
        name="audit"
        caption={t('section-audit')}
        columns={columns}
        rows={asked.value?.entries ?? []}
        rowKey={({ number }) => String(number)}
        empty={asked.value === null ? t('loading') : t('no-audit')}
      />
      <p className="v-dim">
        {t('in-terminal')} <code>vigia audit</code>
      </p>
    </>
  )
}

function columnsOf({ t, time }: Words): readonly Column<AuditEntryView>[] {
  return [
    {
      key: 'what',
      heading: t('what-happened'),
      isFixed: true,
      cell: ({ what, details }) => (
        <>
          {what}
          {details !== null && <div className="v-dim">{readable(details)}</div>}
        </>
      ),
    },
    { key: 'time', heading: t('time'), cell: ({ at }) => time(wallTime(at)), order: ({ at }) => at },
    {
      key: 'who',
      heading: t('user'),
      cell: ({ who, by }) => (who === '' ? by : by === 'token' ? `${who} (${by})` : who),
      order: ({ who }) => who,
    },
    { key: 'from', heading: t('from-where'), cell: ({ from }) => from, order: ({ from }) => from },
    {
      key: 'outcome',
      heading: t('outcome'),
      cell: ({ outcome }) => (outcome === 'done' ? t('task-done') : outcome),
      order: ({ outcome }) => outcome,
    },
  ]
}

/** What came with the wish, as `name: ana, role: viewer`; as it is where it is no object. */
function readable(details: string): string {
  try {
    const said: unknown = JSON.parse(details)
    if (typeof said !== 'object' || said === null || Array.isArray(said)) return details
    const parts = Object.entries(said).filter(([, value]) => value !== null)
    return parts
      .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', ')
  } catch {
    // Cut off where it was too long.
    return details
  }
}
