import { exitCodes } from '../../contract/exit-codes.ts'
import type { StatusView } from '../../contract/status.ts'
import { Fault } from '../../model/fault.ts'
import { nearest } from '../../model/file/nearest.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { hostRows } from '../member-lines.ts'
import { show } from '../output.ts'
import { createScreen } from '../screen.ts'
import { hostLines, statusLines, statusRows } from '../status-lines.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  if (input.switches.has('check')) {
    const { statusCheck } = await import('../status-check.ts')
    return statusCheck(context, input.arguments)
  }
  if (input.switches.has('watch')) return follow(context, input.arguments)
  if (input.switches.has('hosts')) return showHosts(context)
  const view = chosen(await (await context.client()).status(), input.arguments)
  await show(context, {
    data: view,
    lines: () => statusLines(context, view, context.out.terminal ? context.out.columns() : null),
    rows: () => statusRows(view),
  })
  return exitCodes.ok
}

async function showHosts(context: CliContext): Promise<number> {
  const view = await (await context.client()).status()
  const { schemaVersion, at, hosts, members } = view
  await show(context, {
    data: { schemaVersion, at, hosts, ...(members && { members }) },
    lines: () => hostLines(context, view),
    rows: () => hostRows(view),
  })
  return exitCodes.ok
}

async function follow(context: CliContext, names: readonly string[]): Promise<number> {
  const { out, text } = context
  const screen = createScreen(out)
  const client = await context.client()
  for await (const live of client.liveStatus(context.interrupted)) {
    if (live.kind === 'lost') {
      if (out.terminal && context.format === 'table') screen.draw([text.cli('wait-lost')])
      else context.err.write(`${text.cli('wait-lost')}\n`)
      continue
    }
    const view = chosen(live.value, names)
    if (context.format === 'json') out.write(`${JSON.stringify(view)}\n`)
    else if (out.terminal && context.format === 'table') {
      screen.draw(statusLines(context, view, out.columns()).slice(0, Math.max(1, out.rows() - 1)))
    } else
      await show(context, {
        data: view,
        lines: () => [...statusLines(context, view, null), ''],
        rows: () => statusRows(view),
      })
  }
  return exitCodes.ok
}

/** Only the named guests; `@tag` stands for all that have it. */
export function chosen(view: StatusView, names: readonly string[]): StatusView {
  if (names.length === 0) return view
  const wanted = new Set<string>()
  for (const name of names) {
    const found = view.guests.filter(({ id, tags }) =>
      name.startsWith('@') ? tags.includes(name.slice(1)) : id === name,
    )
    if (found.length === 0) throw unknown(view, name)
    for (const { id } of found) wanted.add(id)
  }
  return { ...view, guests: view.guests.filter(({ id }) => wanted.has(id)) }
}

function unknown(view: StatusView, name: string): Fault {
  const known = name.startsWith('@')
    ? view.guests.flatMap(({ tags }) => tags.map((tag) => `@${tag}`))
    : view.guests.map(({ id }) => id)
  const near = nearest(name, known)
  return new Fault('guest-unknown', 'not-done', { guest: name, ...(near === null ? {} : { nearest: near }) })
}
