import type { ConsolidationView } from '../../contract/plan.ts'
import { useReportWords } from '../state/report-words.tsx'
import { ReportTable } from './report-table.tsx'

const whats = { cores: 'plan-what-cores', memoryGb: 'plan-what-memoryMilli', diskGb: 'plan-what-diskMilli' } as const

/** Services that must not be lost, most critical first, and what they need together. */
export function CriticalSection({ critical }: { readonly critical: ConsolidationView['critical'] }) {
  const words = useReportWords()
  const { r, cli } = words
  if (critical.ranking.length === 0) return null
  const { cores, memoryGb: memory, diskGb: disk } = critical.totals
  return (
    <section aria-labelledby="plan-critical">
      <h2 id="plan-critical">{r('plan-critical-title')}</h2>
      <ReportTable
        caption={r('plan-critical-title')}
        columns={[
          { key: 'service', heading: r('service'), cell: ({ service }) => service },
          { key: 'rank', heading: r('rank'), isFigure: true, cell: ({ rank }) => words.number(rank) },
          { key: 'guests', heading: r('guests'), cell: ({ guests }) => guests.join(', ') },
          {
            ...{ key: 'users', heading: r('users'), isFigure: true },
            cell: ({ words: said, figures }) =>
              said.users ?? (figures.users === null ? '' : words.number(figures.users)),
          },
          {
            ...{ key: 'score', heading: r('score'), isFigure: true },
            cell: ({ score }) => words.number(Math.round(score * 1_000) / 1_000),
          },
        ]}
        rows={critical.ranking}
        rowKey={({ rank }) => String(rank)}
      />
      <p>{cli('plan-critical-total', { cores, memory, disk })}</p>
      {critical.differences.map(({ list, what, stated, derived }) => (
        <p key={`${list} ${what}`} role="note">
          {cli('plan-total-differs', { list, what: cli(whats[what]), stated, derived })}
        </p>
      ))}
    </section>
  )
}
