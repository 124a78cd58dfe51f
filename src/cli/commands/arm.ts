import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { showDone } from '../done.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const request = { armed: true, force: input.switches.has('force') }
  return showDone(context, await (await context.client()).arm(request), context.text.cli('armed-done'))
}
