import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { helpLines } from '../help.ts'
import { findCommand } from '../registry.ts'
import { UsageError } from '../usage.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text, out, version } = context
  if (input.switches.has('man')) {
    const { manPage } = await import('../man.ts')
    out.write(manPage(text, version))
    return exitCodes.ok
  }
  const name = input.arguments[0]
  const command = name === undefined ? null : findCommand(name)
  if (name !== undefined && command === null) throw new UsageError(text.cli('usage-unknown-command', { name }))
  out.write(`${helpLines(text, command, out.columns()).join('\n')}\n`)
  return exitCodes.ok
}
