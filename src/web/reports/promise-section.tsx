import type { AvailabilityView, PromiseView } from '../../contract/availability.ts'
import { burnText, percent, windowText } from '../../text/availability-text.ts'
import { type ReportWords, useReportWords } from '../state/report-words.tsx'
import { Bar } from './pictures.tsx'
import { ReportTable } from './report-table.tsx'

/** Promises of the cluster file: what their error budgets allow, what is spent, and how fast. */
export function PromiseSection({ view }: { readonly view: AvailabilityView }) {
  const words = useReportWords()
  const { r } = words
  return (
    <section aria-labelledby="promises">
      <h2 id="promises">{r('promises')}</h2>
      {view.promises.length === 0 ? (
        <p>{r('no-promises')}</p>
      ) : (
        <>
          <ReportTable
            caption={r('promises')}
            columns={[
              { key: 'name', heading: r('promise'), cell: (one: PromiseView) => nameOf(one, words) },
              { key: 'window', heading: r('window'), cell: (one: PromiseView) => windowText(words, one.span) },
              { key: 'spent-bar', heading: r('spent'), cell: (one) => <BudgetBar promise={one} /> },
              { key: 'budget', heading: r('budget'), isFigure: true, cell: (one) => words.duration(one.allowedMs) },
              {
                ...{ key: 'left', heading: r('budget-left'), isFigure: true },
                cell: (one) => (one.leftMs < 0 ? `−${words.duration(-one.leftMs)}` : words.duration(one.leftMs)),
              },
              {
                ...{ key: 'burns', heading: r('burns'), isFigure: true },
                cell: (one) => `${burnText(words, one.burnHour)}, ${burnText(words, one.burnSixHours)}`,
              },
              {
                ...{ key: 'by', heading: r('spent-by'), isFigure: true },
                cell: (one) => (one.exhaustedAt === null ? '' : words.time(one.exhaustedAt as never)),
              },
              {
                ...{ key: 'unseen', heading: r('not-observed'), isFigure: true },
                cell: (one) => (one.notObservedMs === 0 ? '' : words.duration(one.notObservedMs)),
              },
              {
                ...{ key: 'state', heading: r('promise-state') },
                cell: (one) => <strong className={`v-promise-${one.state}`}>{stateText(one, words)}</strong>,
              },
              { key: 'better', heading: r('better'), cell: (one) => betterText(one, words) },
            ]}
            rows={view.promises}
            rowKey={(one) => `${nameOf(one, words)} ${JSON.stringify(one.span)}`}
          />
          <p className="v-dim">{r('burn-about')}</p>
        </>
      )}
    </section>
  )
}

function nameOf({ name, targetMillionths, calendar }: PromiseView, words: ReportWords): string {
  return `${name} ${percent(words, targetMillionths / 1_000_000)}${calendar === null ? '' : ` (${calendar})`}`
}

function BudgetBar({ promise }: { readonly promise: PromiseView }) {
  const words = useReportWords()
  const share = promise.spentMillionths === null ? Number(promise.spentMs > 0) : promise.spentMillionths / 1_000_000
  const tone = promise.state === 'kept' ? 'good' : promise.state === 'warning' ? 'warning' : 'bad'
  return (
    <>
      {words.duration(promise.spentMs)}
      <Bar
        share={share}
        tone={tone}
        label={words.r('budget-label', { name: nameOf(promise, words), share: words.share(share) })}
      />
    </>
  )
}

function stateText({ state }: PromiseView, words: ReportWords): string {
  return words.cli(state === 'kept' ? 'sla-kept' : `sla-state-${state}`)
}

function betterText({ state, leftMs }: PromiseView, { r, duration }: ReportWords): string {
  if (state === 'broken') return r('better-budget-broken', { over: duration(-leftMs) })
  return r(state === 'warning' ? 'better-budget-warning' : 'better-budget-kept', { left: duration(leftMs) })
}
