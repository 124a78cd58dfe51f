import { exitCodes } from '../../contract/exit-codes.ts'
import { Fault } from '../../model/fault.ts'
import { parsePlanFile } from '../../model/plan/read-plan-file.ts'
import { readText } from '../cluster-file.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { say } from '../output.ts'
import { UsageError } from '../usage.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const [file] = input.arguments
  if (input.switches.has('live') === (file !== undefined)) throw new UsageError(text.cli('usage-plan'), 'plan')
  if (file === undefined) return (await import('../plan/live.ts')).planLive(context, input)
  const source = readText(file)
  if (typeof source !== 'string') throw new Fault('file-unreadable', 'not-done', { file, text: source.reason })
  const result = parsePlanFile(file, source, readText)
  const errors = result.ok ? [] : result.problems
  for (const problem of [...errors, ...result.warnings]) say(context, text.problemLine(problem))
  if (!result.ok) {
    say(context, text.cli('file-bad', { file, count: errors.length }))
    return exitCodes.badData
  }
  switch (result.plan.kind) {
    case 'comparison':
      return (await import('../plan/comparison.ts')).showComparison(context, file, result.plan)
    case 'proposals':
      return (await import('../plan/proposals.ts')).showProposals(context, file, result.plan)
    case 'consolidation':
      return (await import('../plan/consolidation.ts')).showConsolidation(context, input, file, result.plan)
  }
}
