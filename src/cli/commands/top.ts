import type { Client } from '../../client/client.ts'
import { exitCodes } from '../../contract/exit-codes.ts'
import type { MetricsNowView } from '../../contract/metrics.ts'
import type { StatusView } from '../../contract/status.ts'
import { Fault } from '../../model/fault.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { show } from '../output.ts'
import { createScreen } from '../screen.ts'
import { type TopOrder, topLines, topRows } from '../top-lines.ts'
import { chosen } from './status.ts'

/** Figures are measured each 10 s on every host; two looks in between are enough to have them soon. */
const lookEachMs = 5_000

/** On a terminal a live table until Ctrl-C; for programs, and with another format, what holds now. */
export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const order = (input.values.sort ?? 'cpu') as TopOrder
  const client = await context.client()
  const look = async (): Promise<MetricsNowView> => onlyChosen(client, await client.metricsNow(), input.arguments)
  if (context.out.terminal && context.format === 'table' && !input.switches.has('once')) {
    await follow(context, look, order)
    return exitCodes.ok
  }
  const view = await look()
  await show(context, {
    data: view,
    lines: () => topLines(context, view, order, null),
    rows: () => topRows(view, order),
  })
  return exitCodes.ok
}

async function follow(context: CliContext, look: () => Promise<MetricsNowView>, order: TopOrder): Promise<void> {
  const { out, text, interrupted } = context
  const screen = createScreen(out)
  while (!interrupted.aborted) {
    try {
      const lines = topLines(context, await look(), order, out.columns())
      screen.draw(lines.slice(0, Math.max(1, out.rows() - 1)))
    } catch (error) {
      // A name that is wrong stays wrong; a daemon that is away comes back.
      if (!(error instanceof Fault) || error.code === 'guest-unknown') throw error
      screen.draw([text.cli('wait-lost')])
    }
    await pause(lookEachMs, interrupted)
  }
}

/** The named guests, and the hosts that they are on. */
async function onlyChosen(client: Client, view: MetricsNowView, names: readonly string[]): Promise<MetricsNowView> {
  if (names.length === 0) return view
  const status: StatusView = chosen(await client.status(), names)
  const wanted = new Set(status.guests.map(({ id }) => id as string))
  const guests = view.guests.filter(({ guest }) => wanted.has(guest))
  const on = new Set(guests.map(({ host }) => host))
  return { ...view, guests, hosts: view.hosts.filter(({ host }) => on.has(host)) }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
