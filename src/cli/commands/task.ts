import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { show } from '../output.ts'
import { taskActions } from '../task-commands.ts'
import { taskLines, taskRows } from '../task-lines.ts'
import { badValue } from '../usage.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const [action = '', id = ''] = input.arguments
  if (action !== 'show' && action !== 'cancel') {
    throw badValue(text, taskActions.join('|'), taskActions.join(', '), action, 'task')
  }
  const client = await context.client()
  const result = action === 'show' ? await client.task(id) : await client.cancelTask(id)
  await show(context, {
    data: result,
    lines: () => [
      ...(action === 'cancel' ? [text.cli('task-taken-back', { id })] : []),
      ...taskLines(context, result.task),
    ],
    rows: () => taskRows([result.task]),
  })
  return exitCodes.ok
}
