import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { say } from '../output.ts'
import { countOf } from '../values.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { simulate } = context.powers
  if (simulate === undefined) {
    say(context, context.text.cli('not-available', { what: 'simulate' }))
    return exitCodes.unavailable
  }
  const seed = countOf(context, input, 'seed', { from: 0, to: 999_999_999, usual: 1 }, 'simulate')
  return simulate(input.arguments, { seed, json: context.format === 'json' })
}
