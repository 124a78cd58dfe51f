import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { showDone } from '../done.ts'
import { say } from '../output.ts'
import { UsageError } from '../usage.ts'

/** `--yes` is no oath: the host's name has to be said again. */
export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const host = input.arguments[0]!
  const said = input.values['yes-it-is-dead'] ?? (await context.ask(text.cli('ask-swear-dead', { host })))
  if (said === null) throw new UsageError(text.cli('usage-swear-needed', { host }), 'swear-dead')
  if (said.trim() !== host) {
    say(context, text.cli('swear-other-name'))
    return exitCodes.failed
  }
  return showDone(context, await (await context.client()).swearDead(host), text.cli('sworn-done', { host }))
}
