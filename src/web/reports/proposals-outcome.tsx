import type { ProposalsView } from '../../contract/plan.ts'
import { costItemText, paybackText } from '../../text/plan-text.ts'
import { type ReportWords, useReportWords } from '../state/report-words.tsx'
import { moneyOf } from './money.ts'
import { type ReportColumn, ReportTable } from './report-table.tsx'

type Proposal = ProposalsView['proposals'][number]

/** Inputs that matter less are not read. */
const shownInputs = 8

/** What proposals cost over the years, what each saves, when it has paid for itself, and what that hangs on. */
export function ProposalsOutcome({ plan }: { readonly plan: ProposalsView }) {
  const words = useReportWords()
  const { r, cli } = words
  const money = (amount: number): string => moneyOf(words, amount, plan.currency)
  const names = [...new Set(plan.proposals.flatMap(({ items }) => items.map(({ name }) => name)))]
  const rows: readonly Row[] = [
    { key: 'machines', name: r('machines'), cell: ({ machines }) => spanOf(machines, words) },
    ...names.map((name) => ({
      ...{ key: `item ${name}`, name: costItemText(words, name) },
      cell: ({ items }: Proposal) => {
        const found = items.filter((item) => item.name === name)
        return found.length === 0 ? '' : money(found.reduce((sum, { total }) => sum + total, 0))
      },
    })),
    { key: 'energy', name: r('energy'), cell: ({ energyKwh }) => words.number(Math.round(energyKwh)) },
    { key: 'start', name: r('at-start'), cell: ({ byYear }) => money(byYear[0] ?? 0) },
    { key: 'total', name: r('over-years', { count: plan.years }), cell: ({ total }) => money(total) },
    { key: 'present', name: r('present-value'), cell: ({ presentValue }) => money(presentValue) },
    { key: 'saved', name: r('saved'), cell: ({ against }) => (against === null ? '' : money(against.saving)) },
    {
      ...{ key: 'npv', name: r('saved-present') },
      cell: ({ against }) => (against === null ? '' : money(against.netPresentValue)),
    },
    {
      ...{ key: 'roi', name: r('return') },
      cell: ({ against }) => (against?.returnOnInvestment == null ? '' : words.share(against.returnOnInvestment)),
    },
    {
      ...{ key: 'payback', name: r('payback') },
      cell: ({ against }) => (against === null ? '' : paybackText(words, against.paybackYears)),
    },
  ]
  return (
    <>
      <section aria-labelledby="plan-answer">
        <h2 id="plan-answer">{r('plan-answer')}</h2>
        <p>{cli('plan-proposals', { file: plan.file, count: plan.years, baseline: plan.baseline })}</p>
        <ReportTable
          caption={r('costs')}
          columns={[
            { key: 'what', heading: r('cost'), cell: ({ name }) => name },
            ...plan.proposals.map(
              (one): ReportColumn<Row> => ({
                ...{ key: one.name, heading: one.name, isFigure: true },
                cell: (row) => row.cell(one),
              }),
            ),
          ]}
          rows={rows}
          rowKey={({ key }) => key}
        />
        <p className="v-better">
          <strong>{r('better')}:</strong> {r('better-cost')}
        </p>
      </section>
      <Paid plan={plan} money={money} words={words} />
      {plan.proposals.map(
        ({ name, against }) =>
          against !== null &&
          against.sensitivity.length > 0 && (
            <section key={name} aria-label={r('sensitivity', { name })}>
              <h2>{r('sensitivity', { name })}</h2>
              <p className="v-dim">{r('sensitivity-about', { share: words.share(plan.sensitivity) })}</p>
              <ReportTable
                caption={r('sensitivity', { name })}
                columns={[
                  { key: 'input', heading: r('input'), cell: ({ input }) => input },
                  { key: 'less', heading: r('less'), isFigure: true, cell: ({ less }) => money(less) },
                  { key: 'more', heading: r('more'), isFigure: true, cell: ({ more }) => money(more) },
                  { key: 'between', heading: r('between'), isFigure: true, cell: ({ swing }) => money(swing) },
                ]}
                rows={against.sensitivity.slice(0, shownInputs)}
                rowKey={({ input }) => input}
              />
            </section>
          ),
      )}
    </>
  )
}

interface Row {
  readonly key: string
  readonly name: string
  cell(proposal: Proposal): string
}

const [width, height, inset] = [640, 200, 6]
const dashes = ['none', '8 4', '2 4', '10 3 2 3'] as const

/** What each has cost until the end of each year: lines for the eye, a table for everybody. */
function Paid(props: {
  readonly plan: ProposalsView
  readonly money: (amount: number) => string
  readonly words: ReportWords
}) {
  const { plan, money, words } = props
  const { r } = words
  const sums = plan.proposals.map(({ name, byYear }) => {
    let sum = 0
    return { name, paid: byYear.map((amount) => (sum += amount)) }
  })
  const most = Math.max(1, ...sums.flatMap(({ paid }) => paid))
  const years = sums[0]?.paid.map((_, year) => year) ?? []
  const x = (year: number): number => inset + (year / Math.max(1, years.length - 1)) * (width - 2 * inset)
  const y = (amount: number): number => height - inset - (Math.max(0, amount) / most) * (height - 2 * inset)
  const label = sums.map(({ name, paid }) => r('costs-label', { name, values: paid.map(money).join(', ') })).join('; ')
  return (
    <section aria-labelledby="paid">
      <h2 id="paid">{r('paid-so-far')}</h2>
      {years.length > 1 && (
        <figure className="v-figure-box">
          <svg className="v-lines-picture" role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`}>
            <line x1={inset} y1={height - inset} x2={width - inset} y2={height - inset} className="v-axis" />
            {sums.map(({ name, paid }, place) => (
              <polyline
                key={name}
                points={paid.map((amount, year) => `${x(year).toFixed(1)},${y(amount).toFixed(1)}`).join(' ')}
                className={`v-line v-line-${place % dashes.length}`}
                strokeDasharray={dashes[place % dashes.length]}
              />
            ))}
          </svg>
          <figcaption className="v-report-legend">
            {sums.map(({ name }, place) => (
              <span key={name}>
                <svg aria-hidden="true" viewBox="0 0 28 10" className="v-legend-line">
                  <line
                    x1="0"
                    y1="5"
                    x2="28"
                    y2="5"
                    className={`v-line v-line-${place % dashes.length}`}
                    strokeDasharray={dashes[place % dashes.length]}
                  />
                </svg>{' '}
                {name}
              </span>
            ))}
          </figcaption>
        </figure>
      )}
      <ReportTable
        caption={r('paid-so-far')}
        columns={[
          { key: 'year', heading: r('year'), cell: (year: number) => words.number(year) },
          ...sums.map(({ name, paid }) => ({
            ...{ key: name, heading: name, isFigure: true, cell: (year: number) => money(paid[year] ?? 0) },
          })),
        ]}
        rows={years}
        rowKey={String}
      />
    </section>
  )
}

/** `10`, or `10 … 13` where they grow. */
function spanOf(machines: readonly number[], { number }: ReportWords): string {
  const [first = 0, last = 0] = [machines[0], machines.at(-1)]
  return first === last ? number(first) : `${number(first)} … ${number(last)}`
}
