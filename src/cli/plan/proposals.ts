import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { numberOrNull, proposalsData } from '../../core/tco/cost-data.ts'
import { type ProposalResult, type ProposalsResult, weigh } from '../../core/tco/proposals.ts'
import type { Proposals } from '../../model/plan/cost.ts'
import { asNumber, type Ratio } from '../../model/plan/ratio.ts'
import { costItemText, paybackText } from '../../text/plan-text.ts'
import type { CliContext } from '../context.ts'
import { show } from '../output.ts'
import { table } from '../table.ts'
import { alignedRight, type MoneyWords, moneyWords } from './cost-values.ts'

/** Inputs shown to people; a program gets all. */
const inputsShown = 5

export async function showProposals(context: CliContext, file: string, input: Proposals): Promise<number> {
  const result = weigh(input)
  const words = moneyWords(context.text, input.currency)
  await show(context, {
    data: { schemaVersion, ...proposalsData(file, result) },
    lines: () => linesOf(context, file, result, words),
    rows: () => [
      [
        'proposal',
        'machines',
        'atStart',
        'total',
        'presentValue',
        'saving',
        'netPresentValue',
        'returnOnInvestment',
        'paybackYears',
      ],
      ...result.proposals.map(({ name, machines, byYear, total, presentValue, against }) => [
        name,
        machines[0] ?? 0,
        words.plain(byYear[0] ?? 0n),
        words.plain(total),
        words.plain(presentValue),
        against === null ? null : words.plain(against.saving),
        against === null ? null : words.plain(against.netPresentValue),
        numberOrNull(against?.returnOnInvestment ?? null),
        numberOrNull(against?.paybackYears ?? null, 3),
      ]),
    ],
  })
  return exitCodes.ok
}

function linesOf(context: CliContext, file: string, result: ProposalsResult, words: MoneyWords): string[] {
  const { text, paint } = context
  const names = [...new Set(result.proposals.flatMap(({ items }) => items.map(({ name }) => name)))]
  const amount = (proposal: ProposalResult, name: string): string => {
    const found = proposal.items.filter((item) => item.name === name)
    return found.length === 0 ? '' : words.said(found.reduce((sum, { total }) => sum + total, 0n))
  }
  const against = (show: (one: NonNullable<ProposalResult['against']>) => string): string[] =>
    result.proposals.map((one) => (one.against === null ? '' : show(one.against)))
  const rows = alignedRight(
    [
      [text.cli('plan-row-machines'), ...result.proposals.map(({ machines }) => spanOf(text.number, machines))],
      ...names.map((name) => [costItemText(text, name), ...result.proposals.map((one) => amount(one, name))]),
      [text.cli('plan-row-start'), ...result.proposals.map(({ byYear }) => words.said(byYear[0] ?? 0n))],
      [text.cli('plan-row-total', { count: result.years }), ...result.proposals.map(({ total }) => words.said(total))],
      [text.cli('plan-row-present'), ...result.proposals.map(({ presentValue }) => words.said(presentValue))],
      [text.cli('plan-row-saving'), ...against((one) => words.said(one.saving))],
      [text.cli('plan-row-npv'), ...against((one) => words.said(one.netPresentValue))],
      [text.cli('plan-row-roi'), ...against((one) => shareOf(context, one.returnOnInvestment))],
      [text.cli('plan-row-payback'), ...against((one) => paybackOf(context, one.paybackYears))],
    ],
    1,
  )
  return [
    text.cli('plan-proposals', { file, count: result.years, baseline: result.baseline }),
    '',
    ...table(
      ['', ...result.proposals.map(({ name }) => name)].map((heading) => ({ heading })),
      rows,
      paint,
      null,
    ),
    ...result.proposals.flatMap((one) => sensitivityLines(context, one, result, words)),
  ]
}

function sensitivityLines(
  context: CliContext,
  one: ProposalResult,
  result: ProposalsResult,
  words: MoneyWords,
): string[] {
  const { text, paint } = context
  if (one.against === null || one.against.sensitivity.length === 0) return []
  const rows = one.against.sensitivity
    .slice(0, inputsShown)
    .map(({ input, less, more, swing }) => [input, words.said(less), words.said(more), words.said(swing)])
  const headings = ['plan-column-input', 'plan-column-less', 'plan-column-more', 'plan-column-swing'] as const
  return [
    '',
    text.cli('plan-sensitivity', { proposal: one.name, share: text.share(asNumber(result.sensitivity)) }),
    ...table(
      headings.map((key) => ({ heading: text.cli(key) })),
      alignedRight(rows, 1),
      paint,
      null,
    ),
  ]
}

/** `10`, or `10 … 13` where they grow. */
function spanOf(number: (value: number) => string, machines: readonly number[]): string {
  const [first = 0, last = 0] = [machines[0], machines.at(-1)]
  return first === last ? number(first) : `${number(first)} … ${number(last)}`
}

const shareOf = ({ text }: CliContext, value: Ratio | null): string =>
  value === null ? '' : text.share(asNumber(value))

function paybackOf({ text }: CliContext, years: Ratio | null): string {
  return paybackText(text, years === null ? null : asNumber(years, 9))
}
