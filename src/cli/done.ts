import { exitCodes } from '../contract/exit-codes.ts'
import type { DoneResult } from '../contract/hosts.ts'
import type { CliContext } from './context.ts'
import { show } from './output.ts'

/** One sentence for what was done, or that it was so already. */
export async function showDone(context: CliContext, result: DoneResult, sentence: string): Promise<number> {
  await show(context, {
    data: result,
    lines: () => [result.changed ? sentence : context.text.cli('done-nothing')],
    rows: () => [['changed'], [result.changed]],
  })
  return exitCodes.ok
}
