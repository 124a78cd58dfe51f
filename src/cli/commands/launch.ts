import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { settleWish } from '../settle-wish.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const client = await context.client()
  const request = { guests: input.arguments, ...(input.switches.has('force') && { force: true }) }
  return settleWish(context, client, input, 'launch', () => client.launch(request))
}
