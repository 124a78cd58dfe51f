import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { show } from '../output.ts'
import { wishRows } from '../wish-lines.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const guest = input.arguments[0]!
  const result = await (await context.client()).unmanage(guest)
  const done = text.cli('done-unmanage', { guests: guest })
  await show(context, {
    data: result,
    lines: () => [result.changed.length === 0 ? text.cli('done-nothing') : done],
    rows: () => wishRows(result),
  })
  return exitCodes.ok
}
