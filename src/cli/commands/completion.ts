import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import { completionScript } from '../completion.ts'
import type { CliContext } from '../context.ts'
import { badValue } from '../usage.ts'

const shells = ['bash', 'zsh', 'fish'] as const

export async function run({ text, out }: CliContext, input: CommandInput): Promise<number> {
  const given = input.arguments[0] ?? ''
  const shell = shells.find((known) => known === given)
  if (shell === undefined) throw badValue(text, 'SHELL', text.choice(shells), given, 'completion')
  out.write(completionScript(shell))
  return exitCodes.ok
}
