import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { type ComparisonResult, type CostLine, compare, differences, type Sum } from '../../core/tco/comparison.ts'
import { bare, comparisonData } from '../../core/tco/cost-data.ts'
import type { Comparison } from '../../model/plan/cost.ts'
import { asNumber, type Ratio } from '../../model/plan/ratio.ts'
import { costItemText } from '../../text/plan-text.ts'
import type { CliContext } from '../context.ts'
import { say, show } from '../output.ts'
import { table } from '../table.ts'
import { alignedRight, type MoneyWords, moneyWords } from './cost-values.ts'

/** Exit code 1 where the file states a sum that its own figures do not give. */
export async function showComparison(context: CliContext, file: string, input: Comparison): Promise<number> {
  const result = compare(input)
  const words = moneyWords(context.text, input.currency)
  const wrong = differences(result)
  await show(context, {
    data: { schemaVersion, ...comparisonData(file, result) },
    lines: () => linesOf(context, file, result, words),
    rows: () => [
      ['path', 'unit', 'value', 'stated'],
      ...result.sums.map((sum) => [
        bare(sum.path),
        unitOf(sum, result),
        plain(sum, sum.value, words),
        plain(sum, sum.stated, words),
      ]),
    ],
  })
  for (const sum of wrong) {
    const [stated, derived] = [said(context, sum, sum.stated!, words), said(context, sum, sum.value, words)]
    say(context, context.text.cli('plan-sum-differs', { file, path: sum.path, stated, derived }))
  }
  return wrong.length === 0 ? exitCodes.ok : exitCodes.failed
}

function linesOf(context: CliContext, file: string, result: ComparisonResult, words: MoneyWords): string[] {
  const { text, paint } = context
  const names = [...new Set([...result.physical, ...result.virtual].map(({ name }) => name))]
  const cell = (lines: readonly CostLine[], name: string): string => {
    const found = lines.find((line) => line.name === name)
    return found === undefined ? '' : words.said(found.total)
  }
  const totals = result.sums.filter(({ path }) => path.startsWith('expected.'))
  const [physical, virtual, ...others] = totals.map((sum) => said(context, sum, sum.value, words))
  const costs = alignedRight(
    [
      ...names.map((name) => [costItemText(text, name), cell(result.physical, name), cell(result.virtual, name)]),
      [text.cli('plan-total'), physical ?? '', virtual ?? ''],
    ],
    1,
  )
  const headings = ['plan-column-cost', 'plan-column-physical', 'plan-column-virtual'] as const
  const rest = result.sums.filter(({ path }) => !path.startsWith('expected.'))
  const sums = alignedRight(
    rest.map((sum) => [sum.path, said(context, sum, sum.value, words)]),
    1,
  )
  return [
    text.cli('plan-comparison', { file, servers: result.servers, hosts: result.hosts }),
    '',
    ...table(
      headings.map((key) => ({ heading: text.cli(key) })),
      costs,
      paint,
      null,
    ),
    '',
    paint.good(text.cli('plan-saving', { saving: others[0] ?? '', share: others[1] })),
    ...(sums.length === 0
      ? []
      : [
          '',
          ...table(
            [{ heading: text.cli('plan-column-sum') }, { heading: text.cli('plan-column-value') }],
            sums,
            paint,
            null,
          ),
        ]),
  ]
}

function said({ text }: CliContext, sum: Sum, value: Ratio, words: MoneyWords): string {
  if (sum.unit === 'money') return words.said(value.over)
  return sum.unit === 'share' ? text.share(asNumber(value)) : `${text.number(asNumber(value))} W`
}

const unitOf = (sum: Sum, { currency }: ComparisonResult): string => (sum.unit === 'money' ? currency : sum.unit)

function plain(sum: Sum, value: Ratio | null, words: MoneyWords): string | number | null {
  if (value === null) return null
  return sum.unit === 'money' && value.under === 1n ? words.plain(value.over) : asNumber(value)
}
