import { exitCodes } from '../../contract/exit-codes.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'

/** JSON, whatever `-o` says: it is meant to be read again. */
export async function run(context: CliContext, _: CommandInput): Promise<number> {
  const snapshot = await (await context.client()).snapshot()
  context.out.write(`${JSON.stringify(snapshot, null, 2)}\n`)
  return exitCodes.ok
}
