import type { Client } from '../client/client.ts'
import { exitCodes } from '../contract/exit-codes.ts'
import type { MovesResult } from '../contract/moves.ts'
import type { CommandInput } from './command.ts'
import type { CliContext } from './context.ts'
import { moveLines, moveRows } from './move-lines.ts'
import { show, tell } from './output.ts'
import { timeoutOf } from './values.ts'
import { waitForMoves } from './wait-moves.ts'

/** Says who goes where, waits until they are there unless told not to, and says how it ended. */
export async function settleMoves(
  context: CliContext,
  client: Client,
  input: CommandInput,
  command: string,
  options: { readonly ask: () => Promise<MovesResult>; readonly triedAgain: boolean; readonly done?: string },
): Promise<number> {
  const timeoutMs = timeoutOf(context, input, command)
  const result = await options.ask()
  const waits = !result.dryRun && !input.switches.has('no-wait') && result.moves.length > 0
  for (const line of moveLines(context, result)) tell(context, line)
  if (!result.dryRun && options.done !== undefined) tell(context, options.done)
  const { triedAgain } = options
  const exitCode = waits ? await waitForMoves(context, client, result.moves, { timeoutMs, triedAgain }) : exitCodes.ok
  if (context.format !== 'table') {
    await show(context, {
      data: { ...result, ...(waits && { exitCode }) },
      lines: () => [],
      rows: () => moveRows(result),
    })
  }
  return exitCode
}
