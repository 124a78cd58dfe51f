import type { ComparisonView } from '../../contract/plan.ts'
import { costItemText } from '../../text/plan-text.ts'
import { type ReportWords, useReportWords } from '../state/report-words.tsx'
import { moneyOf } from './money.ts'
import { Bar } from './pictures.tsx'
import { ReportTable } from './report-table.tsx'

/** Many servers against few hosts: every cost, every sum, and what is saved. */
export function ComparisonOutcome({ plan }: { readonly plan: ComparisonView }) {
  const words = useReportWords()
  const { r, cli } = words
  const money = (amount: number): string => moneyOf(words, amount, plan.currency)
  const sum = (path: string): number => plan.sums.find((one) => one.path === path)?.value ?? 0
  const { physical, virtual } = plan.costs
  const names = [...new Set([...physical, ...virtual].map(({ name }) => name))]
  const totalOf = (lines: typeof physical, name: string): string => {
    const found = lines.find((line) => line.name === name)
    return found === undefined ? '' : money(found.total)
  }
  const largest = virtual.length === 0 ? null : virtual.reduce((a, b) => (b.total > a.total ? b : a))
  const most = Math.max(1, sum('physical'), sum('virtual'))
  return (
    <>
      <section aria-labelledby="plan-answer">
        <h2 id="plan-answer">{r('plan-answer')}</h2>
        <p>{cli('plan-comparison', { file: plan.file, servers: plan.servers, hosts: plan.hosts })}</p>
        <p className="v-answer">
          {cli('plan-saving', { saving: money(sum('saving')), share: words.share(sum('savingShare')) })}
        </p>
        <div className="v-strips">
          {(['physical', 'virtual'] as const).map((side) => (
            <div key={side} className="v-strip-row">
              <span className="v-strip-name">{r(side)}</span>
              <Bar
                share={sum(side) / most}
                tone={side === 'virtual' ? 'good' : 'plain'}
                label={`${r(side)}: ${money(sum(side))}`}
              />
              <span className="v-figure">{money(sum(side))}</span>
            </div>
          ))}
        </div>
        {largest !== null && (
          <p className="v-better">
            <strong>{r('better')}:</strong>{' '}
            {r('better-comparison', { name: costItemText(words, largest.name), amount: money(largest.total) })}
          </p>
        )}
      </section>
      <section aria-labelledby="costs">
        <h2 id="costs">{r('costs')}</h2>
        <ReportTable
          caption={r('costs')}
          columns={[
            {
              key: 'name',
              heading: r('cost'),
              cell: (name: string) => (name === '' ? r('total') : costItemText(words, name)),
            },
            {
              ...{ key: 'physical', heading: r('physical'), isFigure: true },
              cell: (name) => (name === '' ? money(sum('physical')) : totalOf(physical, name)),
            },
            {
              ...{ key: 'virtual', heading: r('virtual'), isFigure: true },
              cell: (name) => (name === '' ? money(sum('virtual')) : totalOf(virtual, name)),
            },
          ]}
          rows={[...names, '']}
          rowKey={(name) => name}
        />
      </section>
      <section aria-labelledby="sums">
        <h2 id="sums">{r('sum')}</h2>
        <ReportTable
          caption={r('sum')}
          columns={[
            { key: 'path', heading: r('sum'), cell: ({ path }) => path },
            { key: 'value', heading: r('value'), isFigure: true, cell: (one) => said(one, one.value, money, words) },
            {
              ...{ key: 'stated', heading: r('stated'), isFigure: true },
              cell: (one) => (one.stated === null ? '' : said(one, one.stated, money, words)),
            },
          ]}
          rows={plan.sums}
          rowKey={({ path }) => path}
        />
        {plan.differences.map(({ path, stated, derived }) => (
          <p key={path} role="alert">
            {r('sum-differs', { path, stated: words.number(stated), derived: words.number(derived) })}
          </p>
        ))}
      </section>
    </>
  )
}

function said(
  { unit }: ComparisonView['sums'][number],
  value: number,
  money: (amount: number) => string,
  words: ReportWords,
): string {
  if (unit === 'money') return money(value)
  return unit === 'share' ? words.share(value) : `${words.number(value)} W`
}
