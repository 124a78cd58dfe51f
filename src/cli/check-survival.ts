import { exitCodes } from '../contract/exit-codes.ts'
import { compileCluster } from '../core/graph.ts'
import { allThere } from '../core/views/all-there.ts'
import { hostsToLose, lossCount, mostLosses, type Survival, survival } from '../core/views/survive.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import { Fault } from '../model/fault.ts'
import type { CommandInput } from './command.ts'
import type { CliContext } from './context.ts'
import { say, show } from './output.ts'
import { reasonLines } from './reason-lines.ts'
import { UsageError } from './usage.ts'
import { countOf } from './values.ts'

/** `check --survive N`: the file's own hosts, all there, and every set of N of them lost in turn. */
export async function checkSurvival(
  context: CliContext,
  input: CommandInput,
  file: string,
  spec: ClusterSpec,
): Promise<number> {
  const view = allThere(compileCluster(spec), null)
  const hosts = hostsToLose(view).length
  if (hosts === 0) throw new Fault('needs-several-hosts', 'not-done', { path: file })
  const count = countOf(context, input, 'survive', { from: 1, to: hosts, usual: 1 }, 'check')
  const losses = lossCount(hosts, count)
  if (losses > mostLosses) {
    const said = { count: losses, hosts: count, limit: mostLosses }
    throw new UsageError(context.text.cli('usage-survive-limit', said), 'check')
  }
  const found = survival(view, count)
  sayUnknown(context, spec)
  await show(context, {
    data: found,
    lines: () => survivalLines(context, file, count, found),
    rows: () => [
      ['hosts', 'guest', 'because'],
      ...found.losses.flatMap(({ hosts: lost, waiting }) =>
        waiting.map(({ guest, because }) => [lost.join(' '), guest, because.code]),
      ),
    ],
  })
  return found.survives ? exitCodes.ok : exitCodes.failed
}

/** The daemon asks its hypervisor; of the file alone a host without memory has room for all. */
function sayUnknown(context: CliContext, spec: ClusterSpec): void {
  const hosts = spec.hosts.filter(({ memoryMib }) => memoryMib === null).map(({ id }) => id)
  if (context.format !== 'table' || hosts.length === 0) return
  const { text } = context
  say(context, text.cli('survive-memory-unknown', { hosts: text.list(hosts), count: hosts.length }))
}

function survivalLines({ text, paint }: CliContext, file: string, hosts: number, found: Survival): string[] {
  if (found.survives) return [paint.good(text.cli('survive-good', { file, count: hosts }))]
  const bad = found.losses.filter(({ waiting }) => waiting.length > 0)
  const lines = bad.flatMap(({ hosts: lost, waiting }) => [
    text.cli('survive-loss', { hosts: text.list(lost) }),
    ...waiting.flatMap((one) => reasonLines(text, one)).map((line) => `  ${line}`),
  ])
  const summary = text.cli('survive-bad', { file, bad: bad.length, count: found.losses.length, hosts })
  return [...lines, paint.bad(summary)]
}
