import type { CheckResult } from '../../contract/check.ts'
import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { compileCluster } from '../../core/graph.ts'
import { checkSurvival } from '../check-survival.ts'
import { readClusterFile } from '../cluster-file.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { say, show } from '../output.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const file = input.arguments[0]!
  const { result } = readClusterFile(file)
  if (input.values.survive !== undefined && result.ok) return checkSurvival(context, input, file, result.spec)
  const errors = result.ok ? [] : result.problems
  const guests = result.ok ? result.spec.guests : []
  const checked: CheckResult = {
    schemaVersion,
    file,
    ok: result.ok,
    format: result.format,
    guests: guests.length,
    services: guests.reduce((sum, guest) => sum + guest.services.length, 0),
    waves: result.ok ? (compileCluster(result.spec).order.at(-1)?.wave ?? -1) + 1 : 0,
    problems: [...errors, ...result.warnings],
  }
  // Problems are messages: whoever pipes the data away still sees them.
  if (context.format === 'table') for (const problem of checked.problems) say(context, text.problemLine(problem))
  await show(context, {
    data: checked,
    lines: () => (checked.ok ? [text.cli('file-good', { ...checked, file })] : []),
    rows: () => [
      ['file', 'line', 'column', 'severity', 'code', 'path', 'sentence'],
      ...checked.problems.map((problem) => [
        problem.file,
        problem.line,
        problem.column,
        problem.severity,
        problem.code,
        problem.path,
        text.problem(problem),
      ]),
    ],
  })
  if (checked.ok) return exitCodes.ok
  say(context, text.cli('file-bad', { file, count: errors.length }))
  return exitCodes.badData
}
