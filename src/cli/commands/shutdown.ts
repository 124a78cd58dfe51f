import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { say } from '../output.ts'
import { settleWish } from '../settle-wish.ts'
import { UsageError } from '../usage.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const guests = input.arguments
  const dependents = input.switches.has('dependents')
  const force = input.switches.has('force')
  const untilBoot = input.switches.has('until-boot')
  if (untilBoot && (guests.length > 0 || dependents || force)) {
    throw new UsageError(context.text.cli('usage-until-boot-alone'), 'shutdown')
  }
  const client = await context.client()
  if (guests.length === 0 && !context.yes && !(await confirmed(context, (await client.status()).guests.length))) {
    say(context, context.text.cli('not-confirmed'))
    return exitCodes.failed
  }
  const request = untilBoot ? { untilBoot } : { guests, dependents, force }
  return settleWish(context, client, input, 'shutdown', () => client.shutdown(request))
}

/** Everything goes down: worth a question. A script has nobody to ask and says `--yes`. */
async function confirmed({ ask, text }: CliContext, count: number): Promise<boolean> {
  const answer = await ask(text.cli('ask-shutdown-all', { count }))
  if (answer === null) throw new UsageError(text.cli('usage-yes-needed'), 'shutdown')
  return text.cli('answer-yes').split(' ').includes(answer.trim().toLowerCase())
}
