import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { settleMoves } from '../settle-moves.ts'
import { badValue } from '../usage.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const [host = '', state = ''] = input.arguments
  if (state !== 'on' && state !== 'off')
    throw badValue(text, 'on|off', text.cli('expected-on-off'), state, 'maintenance')
  const on = state === 'on'
  const request = { on, dryRun: input.switches.has('dry-run'), force: input.switches.has('force') }
  const client = await context.client()
  const done = on ? text.cli('maintenance-on', { host }) : text.cli('maintenance-off', { host })
  // What goes back home does so when it can: nobody has to wait for it.
  const waiting = on ? input : { ...input, switches: new Set([...input.switches, 'no-wait']) }
  const ask = () => client.maintenance(host, request)
  return settleMoves(context, client, waiting, 'maintenance', { ask, triedAgain: true, done })
}
