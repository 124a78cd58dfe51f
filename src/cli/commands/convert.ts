import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { say } from '../output.ts'

export async function run(context: CliContext, _: CommandInput): Promise<number> {
  say(context, context.text.cli('not-available', { what: 'convert' }))
  return exitCodes.unavailable
}
