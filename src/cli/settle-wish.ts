import type { Client } from '../client/client.ts'
import { exitCodes } from '../contract/exit-codes.ts'
import type { WishResult } from '../contract/wishes.ts'
import type { CommandInput } from './command.ts'
import type { CliContext } from './context.ts'
import { show, tell } from './output.ts'
import { sayRisks } from './risks.ts'
import { timeoutOf } from './values.ts'
import { waitForGoal } from './wait.ts'
import { wishLines, wishRows } from './wish-lines.ts'

/** A launch or shutdown: says what was accepted, waits until it is done unless told not to, and says how it ended. */
export async function settleWish(
  context: CliContext,
  client: Client,
  input: CommandInput,
  verb: 'launch' | 'shutdown',
  wish: () => Promise<WishResult>,
): Promise<number> {
  const timeoutMs = timeoutOf(context, input, verb)
  const result = await wish()
  for (const line of wishLines(context, verb, result)) tell(context, line)
  sayRisks(context, result)
  // Those on their way already are waited for, too: who says "launch" wants it launched.
  const goal = { verb, guests: [...result.changed, ...result.already] }
  if (input.switches.has('no-wait')) {
    if (context.format !== 'table') await showResult(context, result, null)
    return exitCodes.ok
  }
  const waited = await waitForGoal(context, client, goal, timeoutMs)
  if (context.format !== 'table') await showResult(context, result, waited)
  return waited.exitCode
}

function showResult(context: CliContext, result: WishResult, waited: object | null): Promise<void> {
  return show(context, {
    data: waited === null ? result : { ...result, waited },
    lines: () => [],
    rows: () => wishRows(result),
  })
}
