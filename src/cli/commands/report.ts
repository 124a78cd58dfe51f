import { writeFile } from 'node:fs/promises'
import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { budgetsOf } from '../../core/availability/budget.ts'
import { observe } from '../../core/availability/observe.ts'
import { type AvailabilityWish, reportAvailability } from '../../core/availability/report.ts'
import { availabilityRows } from '../../core/availability/rows.ts'
import type { ClusterSpec } from '../../model/cluster.ts'
import { Fault } from '../../model/fault.ts'
import { availabilityLines } from '../availability-lines.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { liveSnapshot, tellingEvents } from '../history-of.ts'
import { say, show } from '../output.ts'
import { badValue, UsageError } from '../usage.ts'
import { sinceOf } from '../values.ts'

const usualMs = 30 * 86_400_000

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const [what = ''] = input.arguments
  if (what !== 'availability') throw new UsageError(context.text.cli('usage-report', { got: what }), 'report')
  const span = spanOf(context, input)
  const { cluster } = await liveSnapshot(context)
  if (cluster === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
  const wish = { ...span, ...choiceOf(context, input, cluster) }
  const events = await tellingEvents(context)
  const report = reportAvailability(cluster, events, wish)
  const nowMs = Math.floor(context.wall())
  const budgets = cluster.slas === undefined ? [] : budgetsOf(cluster, observe(events, nowMs), nowMs)
  const file = input.values.html
  if (file !== undefined) {
    const { availabilityPage } = await import('../availability-page.ts')
    await write(file, availabilityPage(context, report, budgets))
    say(context, context.text.cli('report-written', { file }))
    return exitCodes.ok
  }
  await show(context, {
    data: { schemaVersion, ...report, promises: budgets },
    lines: () => availabilityLines(context, report, budgets, context.out.terminal ? context.out.columns() : null),
    rows: () => availabilityRows(report, budgets),
  })
  return exitCodes.ok
}

function spanOf(context: CliContext, { values }: CommandInput): { readonly fromMs: number; readonly untilMs: number } {
  const nowMs = Math.floor(context.wall())
  const untilMs = values.to === undefined ? nowMs : Math.min(nowMs, sinceOf(context, values.to, 'report', '--to'))
  const fromMs = values.from === undefined ? untilMs - usualMs : sinceOf(context, values.from, 'report', '--from')
  if (fromMs < untilMs) return { fromMs, untilMs }
  throw badValue(context.text, '--to', context.text.cli('expected-later'), values.to ?? 'now', 'report')
}

function choiceOf(
  { text }: CliContext,
  { values }: CommandInput,
  { guests, calendars = [] }: ClusterSpec,
): Pick<AvailabilityWish, 'guests' | 'promised'> {
  const { group, guest, promised } = values
  const tag = group?.replace(/^@/, '')
  const chosen = guests.filter(
    ({ id, tags }) => (guest === undefined || id === guest) && (tag === undefined || tags.includes(tag)),
  )
  if (chosen.length === 0 && guest !== undefined) {
    throw badValue(text, '--guest', text.cli('expected-guest-name'), guest, 'report')
  }
  if (chosen.length === 0 && group !== undefined) {
    const known = text.list([...new Set(guests.flatMap(({ tags }) => tags))].sort())
    throw badValue(text, '--group', text.cli('expected-group', { known }), group, 'report')
  }
  const calendar = promised === undefined ? null : calendars.find(({ name }) => name === promised)
  if (calendar === undefined) {
    const known = text.list(calendars.map(({ name }) => name))
    throw badValue(text, '--promised', text.cli('expected-calendar', { known }), promised ?? '', 'report')
  }
  const all = guest === undefined && group === undefined
  return { guests: all ? null : chosen.map(({ id }) => id), promised: calendar }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (error) {
    throw new Fault('file-unreadable', 'not-done', { file, text: (error as Error).message })
  }
}
