import type { PlanFound } from '../../core/plan/consolidate.ts'
import { gapOf, grows, type ShownConsolidation } from '../../core/plan/consolidation-data.ts'
import { totalDifferences, totalsOf } from '../../core/plan/consolidation-question.ts'
import type { MoveOrder } from '../../core/plan/moves.ts'
import type { Prepared } from '../../core/plan/question.ts'
import type { PlanReport } from '../../core/plan/report.ts'
import { wallTime } from '../../model/ids.ts'
import { moneyText } from '../../model/plan/money.ts'
import { amountText, assumptionText, blockedText, limitText, moveText, shortageText } from '../../text/plan-text.ts'
import type { Text } from '../../text/text.ts'
import type { CliContext } from '../context.ts'
import { table } from '../table.ts'

const dayMs = 86_400_000

export function consolidationLines(context: CliContext, shown: ShownConsolidation): string[] {
  const { text, paint } = context
  const { asked, result, report } = shown
  const before = [...criticalLines(context, shown), ...assumedLines(text, shown)]
  if (result.kind === 'impossible') {
    return [...before, paint.bad(text.cli('plan-impossible', { because: shortageText(text, result.because) }))]
  }
  if (result.kind === 'not-found' || report === null) return [...before, paint.bad(text.cli('plan-not-found'))]
  const { plan, prepared } = result
  const found = text.cli('plan-found', {
    guests: asked.guests.length,
    present: asked.hosts.filter(({ present }) => present).length,
    kept: plan.kept.length,
    survive: asked.survive === 0 ? undefined : asked.survive,
  })
  return [
    ...before,
    paint.good(found),
    ...(report.freed.length === 0 ? [] : [text.cli('plan-freed', { hosts: text.list(report.freed) })]),
    ...(report.bought.length === 0 ? [] : [text.cli('plan-bought', { hosts: text.list(report.bought) })]),
    ...priceLines(text, shown, plan),
    '',
    ...hostLines(context, prepared, report),
    '',
    ...moveLines(context, plan, report.order),
    ...lossLines(context, report),
    '',
    ...headroomLines(text, shown, report),
  ]
}

function criticalLines({ text, paint }: CliContext, { asked, ranking }: ShownConsolidation): string[] {
  if (ranking.length === 0) return []
  const headings = [
    'plan-column-rank',
    'plan-column-service',
    'plan-column-guests',
    'plan-column-users',
    'plan-column-score',
  ] as const
  const rows = ranking.map((one) => [
    text.number(one.rank),
    one.service,
    one.guests.join(' '),
    one.words.users ?? (one.figures.users === null ? '' : text.number(one.figures.users)),
    text.number(Math.round(one.score * 1_000) / 1_000),
  ])
  const totals = totalsOf(asked)
  const total = text.cli('plan-critical-total', {
    cores: totals.cores,
    memory: totals.memoryMilli / 1_000,
    disk: totals.diskMilli / 1_000,
  })
  return [
    text.cli('plan-critical'),
    ...table(
      headings.map((key) => ({ heading: text.cli(key) })),
      rows,
      paint,
      null,
    ),
    total,
    ...totalDifferences(asked).map(({ list, what, stated, derived }) => {
      const part = what === 'cores' ? 1 : 1_000
      const said = { list, what: text.cli(`plan-what-${what}`), stated: stated / part, derived: derived / part }
      return paint.busy(text.cli('plan-total-differs', said))
    }),
    '',
  ]
}

function assumedLines(text: Text, { asked }: ShownConsolidation): string[] {
  const lines = [
    ...(asked.assumptions.length === 0
      ? []
      : [text.cli('plan-assumed'), ...asked.assumptions.map((one) => `  ${assumptionText(text, one)}`)]),
    ...(asked.bareMetal.length === 0
      ? []
      : [text.cli('plan-bare-metal', { names: text.list(asked.bareMetal.map(({ name }) => name)) })]),
  ]
  return lines.length === 0 ? [] : [...lines, '']
}

function priceLines(text: Text, { asked }: ShownConsolidation, plan: PlanFound): string[] {
  const said = (amount: number): string =>
    asked.currency === null
      ? text.number(amount)
      : text.money(moneyText(BigInt(amount), asked.currency), asked.currency)
  const { price, priceBound, whyNotLess } = plan
  return [
    ...(asked.currency === null ? [] : [text.cli('plan-price', { price: said(price) })]),
    price === priceBound
      ? text.cli('plan-hosts-proven')
      : text.cli('plan-hosts-gap', { bound: said(priceBound), gap: text.share(gapOf(price, priceBound)) }),
    ...(whyNotLess === null
      ? []
      : [
          text.cli('plan-not-less', {
            hosts: text.list(whyNotLess.hosts),
            because: shortageText(text, whyNotLess.because),
          }),
        ]),
  ]
}

function hostLines({ text, paint }: CliContext, { resources }: Prepared, report: PlanReport): string[] {
  const columns = { memory: 'plan-column-memory', cpu: 'plan-column-cores', disk: 'plan-column-disk' } as const
  const headings = [
    'plan-column-host',
    'plan-column-becomes',
    ...resources.map(({ name }) => columns[name]),
    'plan-column-guests',
  ] as const
  const rows = report.hosts.map(({ host, becomes, guests, held, capacity }) => [
    host,
    text.cli(`plan-becomes-${becomes}`),
    ...resources.map(({ name }, r) => {
      const all = capacity[r]!
      if (!Number.isFinite(all)) return amountText(text, name, held[r]!)
      const amounts = { held: amountText(text, name, held[r]!, all), all: amountText(text, name, all) }
      return text.cli('plan-amount-of', amounts)
    }),
    guests.join(' '),
  ])
  return table(
    headings.map((key) => ({ heading: text.cli(key) })),
    rows,
    paint,
    null,
  )
}

function moveLines({ text, paint }: CliContext, plan: PlanFound, order: MoveOrder): string[] {
  if (order.kind === 'none') {
    return [
      paint.bad(text.cli(order.proven ? 'plan-no-order' : 'plan-no-order-found')),
      ...order.blocked.map((one) => `  ${blockedText(text, one)}`),
      '',
    ]
  }
  if (order.moves.length === 0) return [text.cli('plan-moves-none'), '']
  const proof =
    plan.moves === plan.movesBound
      ? text.cli('plan-moves-proven')
      : text.cli('plan-moves-bound', { bound: plan.movesBound })
  return [
    text.cli('plan-moves', { count: plan.moves, proof }),
    ...order.moves.map((move, index) => `  ${moveText(text, move, index + 1)}`),
    '',
  ]
}

function lossLines({ text, paint }: CliContext, { losses }: PlanReport): string[] {
  if (losses.length === 0) return []
  const rows = losses.map(({ lost, goes }) => [
    lost.join(' '),
    goes.map(({ guest, to }) => `${guest}->${to}`).join(' '),
  ])
  return [
    text.cli('plan-losses-held'),
    ...table([{ heading: text.cli('plan-column-loss') }, { heading: text.cli('plan-column-goes') }], rows, paint, null),
  ]
}

function headroomLines(text: Text, { asked, today }: ShownConsolidation, report: PlanReport): string[] {
  const { left, days, limit } = report.headroom
  const rest = left.flatMap(({ resource, amount }) =>
    amount === null ? [] : [`${amountText(text, resource, amount)} (${text.cli(`plan-resource-${resource}`)})`],
  )
  const lines = [text.cli('plan-headroom-left', { left: text.list(rest) })]
  if (!grows(asked)) return [...lines, text.cli('plan-headroom-no-growth')]
  if (days === null || limit === null) return [...lines, text.cli('plan-headroom-none')]
  const date = text.time(wallTime(today + days * dayMs)).split(' ')[0]!
  return [...lines, text.cli('plan-headroom-day', { date, days, limit: limitText(text, limit) })]
}
