import { liveFile } from '../../core/plan/live-file.ts'
import { measuredUse, withMeasured } from '../../core/plan/live-use.ts'
import type { ClusterSnapshot } from '../../core/snapshot.ts'
import { Fault } from '../../model/fault.ts'
import type { ConsolidationFile } from '../../model/plan/consolidation.ts'
import type { MeasuredUse } from '../../model/plan/measured-use.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { snapshotOf } from '../simulate-live.ts'
import { badValue } from '../usage.ts'
import { showConsolidation } from './consolidation.ts'

/** `plan --live`: which hosts of the cluster are needed, as it is now. Faults: as of the daemon; `refused` where no cluster file is in force. */
export async function planLive(context: CliContext, input: CommandInput): Promise<number> {
  const { use = 'given' } = input.values
  if (use !== 'given' && use !== 'month') throw badValue(context.text, '--use', 'given, month', use, 'plan')
  const snapshot = await snapshotOf(context, input)
  const file = liveFile(snapshot)
  if (file === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
  const asked = use === 'month' ? await measuredFile(context, file, snapshot) : file
  return showConsolidation(context, input, context.text.cli('plan-of-cluster'), asked)
}

/** One guest after the other: each is asked of all hosts. */
async function measuredFile(
  context: CliContext,
  file: ConsolidationFile,
  snapshot: ClusterSnapshot,
): Promise<ConsolidationFile> {
  const client = await context.client()
  const use = new Map<string, MeasuredUse>()
  for (const { name } of file.guests) {
    const { series, from, step } = await client.metricsHistory({ subject: `guest:${name}`, range: 'month' })
    const own = measuredUse(
      series.map(({ values }) => values),
      from,
      step,
    )
    if (own !== null) use.set(name, own)
  }
  return withMeasured(file, snapshot, use)
}
