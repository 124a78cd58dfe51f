import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { settleMoves } from '../settle-moves.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const client = await context.client()
  const ask = () => client.rebalance({ dryRun: input.switches.has('dry-run') })
  return settleMoves(context, client, input, 'rebalance', { ask, triedAgain: false })
}
