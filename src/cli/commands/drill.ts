import { writeFile } from 'node:fs/promises'
import type { Client } from '../../client/client.ts'
import type { DrillSummary, DrillsView } from '../../contract/drills.ts'
import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { type DrillRefusal, type DrillResult, drillId } from '../../model/drill.ts'
import { type DrillReport, reportDrill } from '../../model/drills/report.ts'
import { Fault } from '../../model/fault.ts'
import { hostId, wallTime } from '../../model/ids.ts'
import { duringText, endText, measureText, refusalText, reportRows } from '../../text/drill-text.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { followDrill } from '../drill-follow.ts'
import { reportLines } from '../drill-lines.ts'
import { drillRequest } from '../drill-request.ts'
import { say, show, showLines } from '../output.ts'
import { table } from '../table.ts'
import { UsageError } from '../usage.ts'
import { interruptedCode } from '../wait.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const [doing = '', name] = input.arguments
  const client = await context.client()
  if (doing === 'list' && name === undefined) return list(context, client)
  if (doing === 'run' && name !== undefined) return begin(context, client, input, name)
  if (doing === 'report') return report(context, client, input, name ?? null)
  if (doing === 'stop') return stop(context, client, name ?? null)
  throw new UsageError(context.text.cli('usage-drill', { got: [doing, name].filter(Boolean).join(' ') }), 'drill')
}

async function begin(context: CliContext, client: Client, input: CommandInput, guest: string): Promise<number> {
  const { text } = context
  const request = drillRequest(context, input, guest)
  const dryRun = input.switches.has('dry-run')
  let confirmed = context.yes
  const asked = await client.beginDrill({ ...request, confirmed, dryRun: true })
  const onlyProduction = asked.refusals.length === 1 && asked.refusals[0]!.code === 'production'
  if (onlyProduction && !dryRun) {
    const during = text.list(request.during.map((one) => duringText(text, one)))
    const answer = await context.ask(text.cli('drill-ask', { guest, during }))
    confirmed = answer !== null && text.cli('answer-yes').split(' ').includes(answer.trim().toLowerCase())
    if (!confirmed) return refused(context, asked.refusals)
  } else if (asked.refusals.length > 0) return refused(context, asked.refusals)
  if (dryRun) {
    await show(context, {
      data: asked,
      lines: () => [text.cli('drill-may-begin')],
      rows: () => [['refusal']],
    })
    return exitCodes.ok
  }
  const { begun, refusals } = await client.beginDrill({ ...request, confirmed })
  if (begun === null) return refused(context, refusals)
  if (input.switches.has('no-wait')) {
    await show(context, {
      data: { schemaVersion, drill: begun },
      lines: () => [text.cli('drill-goes-on', { drill: begun })],
      rows: () => [['drill'], [begun]],
    })
    return exitCodes.ok
  }
  say(context, text.cli('drill-began', { drill: begun }))
  const followed = await followDrill(context, client, begun)
  if (followed === 'interrupted') {
    say(context, text.cli('drill-goes-on', { drill: begun }))
    return interruptedCode
  }
  return report(context, client, input, begun)
}

async function refused(context: CliContext, refusals: readonly DrillRefusal[]): Promise<number> {
  const { text } = context
  const lines = refusals.map((refusal) => `  ${refusalText(text, refusal)}`)
  if (context.format === 'table') for (const line of [text.cli('drill-refused'), ...lines]) say(context, line)
  else
    await show(context, {
      data: { schemaVersion, begun: null, refusals },
      lines: () => [],
      rows: () => [['refusal', 'text'], ...refusals.map((one) => [one.code, refusalText(text, one)])],
    })
  return exitCodes.failed
}

async function report(context: CliContext, client: Client, input: CommandInput, name: string | null): Promise<number> {
  const { text } = context
  const id = name ?? (await client.drills()).results[0]?.id
  if (id === undefined) {
    say(context, text.cli('drill-none'))
    return exitCodes.failed
  }
  const { drill, settings } = await client.drill(id)
  // What travels has plain names.
  const result = { ...drill, id: drillId(drill.id), host: hostId(drill.host), at: wallTime(drill.at) } as DrillResult
  const made = reportDrill(result, settings)
  if (await writePages(context, input, made)) return exitOf(made)
  await show(context, {
    data: { schemaVersion, ...made, runs: drill.runs },
    lines: () => reportLines(context, made, context.out.terminal ? context.out.columns() : null),
    rows: () => reportRows(made),
  })
  return exitOf(made)
}

/** True: it went into a file. */
async function writePages(context: CliContext, { values }: CommandInput, made: DrillReport): Promise<boolean> {
  const { html, pdf } = values
  if (html === undefined && pdf === undefined) return false
  const { drillPage } = await import('../../text/drill-page.ts')
  const { text, version, wall } = context
  const maker = text.cli('report-made', { version, time: text.time(wallTime(Math.floor(wall()))) })
  const page = drillPage(text, maker, made)
  if (html !== undefined) {
    await writeFile(html, page).catch((error: Error) => {
      throw new Fault('file-unreadable', 'not-done', { file: html, text: error.message })
    })
    say(context, text.cli('drill-written', { file: html }))
  }
  if (pdf !== undefined) await print(context, page, pdf)
  return true
}

async function print(context: CliContext, page: string, file: string): Promise<void> {
  const { powers, text } = context
  try {
    if (powers.printPdf === undefined) throw new Fault('not-supported', 'not-done', { action: 'chromium' })
    await powers.printPdf(page, file)
    say(context, text.cli('drill-written', { file }))
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-supported') say(context, text.cli('drill-no-browser'))
    throw error
  }
}

/** A drill that ended early, or left something, is a failure to whoever runs it by a program. */
function exitOf({ stopped, restore }: DrillReport): number {
  return stopped === null && restore.kind === 'restored' ? exitCodes.ok : exitCodes.failed
}

async function stop(context: CliContext, client: Client, name: string | null): Promise<number> {
  const { text } = context
  const id = name ?? (await client.drills()).running?.id ?? null
  const { changed } = id === null ? { changed: false } : await client.stopDrill(id)
  await show(context, {
    data: { schemaVersion, changed, drill: id },
    lines: () => [changed ? text.cli('drill-stop-asked', { drill: id! }) : text.cli('drill-none-running')],
    rows: () => [
      ['drill', 'changed'],
      [id, changed],
    ],
  })
  return changed ? exitCodes.ok : exitCodes.failed
}

async function list(context: CliContext, client: Client): Promise<number> {
  const view = await client.drills()
  if (context.format === 'table') {
    showLines(context, listLines(context, view))
    return exitCodes.ok
  }
  await show(context, {
    data: view,
    lines: () => [],
    rows: () => [
      ['id', 'guest', 'by', 'at', 'endedAt', 'host', 'runs', 'stopped', 'restore'],
      ...view.results.map(({ id, plan, by, at, endedAt, host, runs, stopped, restore }) => [
        ...[id, plan.guest, by, at, endedAt, host, runs, stopped?.code ?? null, restore.kind],
      ]),
    ],
  })
  return exitCodes.ok
}

function listLines(context: CliContext, { running, results, schedules }: DrillsView): string[] {
  const { text, paint } = context
  const columns = (['id', 'guest', 'at', 'by', 'what', 'runs', 'end'] as const).map((key) => ({
    heading: text.cli(`drill-column-${key}`),
  }))
  const width = context.out.terminal ? context.out.columns() : null
  return [
    ...(running === null
      ? []
      : [
          text.cli('drill-under-way', {
            ...{ drill: running.id, guest: running.plan.guest, done: running.done, of: running.of, by: running.by },
          }),
        ]),
    ...schedules.map(({ name, guest, when, opensAt }) => {
      const opens = opensAt === null ? {} : { opens: text.time(wallTime(opensAt)) }
      return text.cli('drill-schedule', { name, guest, when, ...opens })
    }),
    ...(results.length === 0
      ? [text.cli('drill-none')]
      : table(
          columns,
          results.map((one) => listCells(context, one)),
          paint,
          width,
        )),
  ]
}

function listCells({ text }: CliContext, { id, plan, at, by, runs, stopped, restore }: DrillSummary): string[] {
  const what = text.list([
    ...plan.measures.map((one) => measureText(text, one)),
    ...plan.during.map((one) => duringText(text, one)),
  ])
  const end = endText(text, { stopped, restore })
  return [id, plan.guest, text.time(wallTime(at)), by, what, text.number(runs), end]
}
