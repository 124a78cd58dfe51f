import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { show } from '../output.ts'
import { badValue } from '../usage.ts'
import { wishRows } from '../wish-lines.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const [state = '', guest = ''] = input.arguments
  if (state !== 'on' && state !== 'off') throw badValue(text, 'on|off', text.cli('expected-on-off'), state, 'watch')
  const result = await (await context.client()).watch(guest, state === 'on')
  const done =
    state === 'on' ? text.cli('done-watch-on', { guests: guest }) : text.cli('done-watch-off', { guests: guest })
  await show(context, {
    data: result,
    lines: () => [result.changed.length === 0 ? text.cli('done-nothing') : done],
    rows: () => wishRows(result),
  })
  return exitCodes.ok
}
