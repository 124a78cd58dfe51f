import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { showDone } from '../done.ts'
import { durationOf } from '../values.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const forMs = durationOf(context, input, 'for', 'disarm')
  const result = await (await context.client()).arm({ armed: false, ...(forMs !== null && { forMs }) })
  const time = forMs === null ? {} : { time: text.duration(forMs) }
  return showDone(context, result, text.cli('disarmed-done', time))
}
