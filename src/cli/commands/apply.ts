import { resolve } from 'node:path'
import type { ApplyResult } from '../../contract/apply.ts'
import { exitCodes } from '../../contract/exit-codes.ts'
import { readClusterFile } from '../cluster-file.ts'
import type { CommandInput } from '../command.ts'
import { refusalText } from '../complain.ts'
import type { CliContext } from '../context.ts'
import { say, show } from '../output.ts'
import { sayRisks } from '../risks.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const file = input.arguments[0]!
  const read = readClusterFile(file)
  if (!read.result.ok) {
    for (const problem of [...read.result.problems, ...read.result.warnings]) say(context, text.problemLine(problem))
    say(context, text.cli('file-bad', { file, count: read.result.problems.length }))
    return exitCodes.badData
  }
  // The daemon has a working directory of its own, and opens no file that a client names.
  const path = resolve(file)
  const dryRun = input.switches.has('dry-run')
  const force = input.switches.has('force')
  const client = await context.client()
  const result = await client.apply({ path, text: read.text, files: read.files, dryRun, force })
  if (context.format === 'table') for (const warning of result.warnings) say(context, text.problemLine(warning))
  sayRisks(context, result)
  await show(context, {
    data: result,
    lines: () => applyLines(context, file, result),
    rows: () => [
      ['change', 'guest', 'fields', 'restart'],
      ...result.added.map((guest) => ['added', guest, null, null]),
      ...result.removed.map((guest) => ['removed', guest, null, null]),
      ...result.changed.map(({ guest, fields, restart }) => ['changed', guest, fields.join(' '), restart]),
    ],
  })
  return result.dryRun && result.refusals.length > 0 && !force ? exitCodes.needsForce : exitCodes.ok
}

function applyLines({ text, paint }: CliContext, file: string, result: ApplyResult): string[] {
  const restarts = result.changed.filter(({ restart }) => restart).map(({ guest }) => guest)
  const lines = [
    ...result.added.map((guest) => paint.good(text.cli('apply-added', { guest }))),
    ...result.removed.map((guest) => paint.bad(text.cli('apply-removed', { guest }))),
    ...result.changed.map(({ guest, fields, restart }) => {
      const note = restart ? { note: text.cli('apply-restart') } : {}
      return paint.busy(text.cli('apply-changed', { guest, fields: fields.join(', '), ...note }))
    }),
    ...(result.cluster.length === 0
      ? []
      : [paint.busy(text.cli('apply-cluster', { fields: result.cluster.join(', ') }))]),
    ...(restarts.length === 0 ? [] : [text.cli('apply-restart-needed', { guests: text.list(restarts) })]),
  ]
  if (result.autostarting?.length) lines.push(text.cli('apply-autostart', { guests: text.list(result.autostarting) }))
  if (result.refusals.length > 0) {
    lines.push(text.cli('needs-force-apply'), ...result.refusals.map((one) => `  ${refusalText(text, one)}`))
  }
  if (result.dryRun) return [...lines, text.cli('apply-dry-run')]
  return [...lines, result.applied ? text.cli('apply-applied', { file }) : text.cli('apply-unchanged', { file })]
}
