import { liveFile } from '../../core/plan/live-file.ts'
import { Fault } from '../../model/fault.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { snapshotOf } from '../simulate-live.ts'
import { showConsolidation } from './consolidation.ts'

/** `plan --live`: which hosts of the cluster are needed, as it is now. Faults: as of the daemon; `refused` where no cluster file is in force. */
export async function planLive(context: CliContext, input: CommandInput): Promise<number> {
  const file = liveFile(await snapshotOf(context, input))
  if (file === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
  return showConsolidation(context, input, context.text.cli('plan-of-cluster'), file)
}
