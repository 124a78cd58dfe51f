import { resolve } from 'node:path'
import { exitCodes } from '../../contract/exit-codes.ts'
import { readClusterFile } from '../cluster-file.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { say } from '../output.ts'
import { waitForGoal } from '../wait.ts'
import { run as showStatus } from './status.ts'

/** Daemon and board in the foreground. Ctrl-C ends the daemon; the guests go on. */
export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const file = input.arguments[0]!
  const { result, text: source, files } = readClusterFile(file)
  if (!result.ok) {
    for (const problem of result.problems) say(context, text.problemLine(problem))
    say(context, text.cli('file-bad', { file, count: result.problems.length }))
    return exitCodes.badData
  }
  const { runDaemon } = context.powers
  if (runDaemon === undefined) {
    say(context, text.cli('not-available', { what: 'run' }))
    return exitCodes.unavailable
  }
  const daemon = await runDaemon(file, context.interrupted)
  try {
    const client = await context.client(daemon.socket)
    await client.apply({ path: resolve(file), text: source, files })
    const { changed, already } = await client.launch({})
    await waitForGoal(context, client, { verb: 'launch', guests: [...changed, ...already] }, null)
    if (context.interrupted.aborted) return exitCodes.ok
    const watching = { arguments: [], values: {}, switches: new Set(['watch']) }
    return await showStatus({ ...context, client: async () => client }, watching)
  } finally {
    await daemon.stop()
  }
}
