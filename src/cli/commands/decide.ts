import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { type Decision, decide } from '../../core/decide.ts'
import { compileCluster } from '../../core/graph.ts'
import type { ClusterSnapshot } from '../../core/snapshot.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { say, show } from '../output.ts'
import { readSnapshot } from '../snapshot-file.ts'

/** One round, decided again: the same input gives the same decision, wherever it is made. */
export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const snapshot = readSnapshot(input.arguments[0]!)
  if (snapshot.cluster === null) {
    say(context, context.text.cli('decide-no-cluster'))
    return exitCodes.badData
  }
  const decision = decide(compileCluster(snapshot.cluster), snapshot)
  await show(context, {
    data: { schemaVersion, ...decision },
    lines: () => decisionLines(context, decision, snapshot),
    rows: () => [
      ['guest', 'owner', 'phase', 'wanted', 'because'],
      ...decision.records.map(({ guest, owner, phase, wanted, because }) => [
        ...[guest, owner, phase.kind, wanted, because.code],
      ]),
    ],
  })
  return exitCodes.ok
}

function decisionLines({ text }: CliContext, decision: Decision, { now }: ClusterSnapshot): string[] {
  const { records, forgotten, hosts, events, nextAt } = decision
  const lines = [
    ...hosts.map(({ host }) => text.cli('decide-host', { host })),
    ...records.map(({ guest, owner, phase, because }) =>
      text.cli('decide-record', {
        guest,
        ...(owner !== null && { host: owner }),
        phase: text.phase(phase),
        because: text.reason(because),
      }),
    ),
    ...forgotten.map((guest) => text.cli('decide-forgotten', { guest })),
  ]
  const told = events.map((event) => `  ${text.event(event)}`)
  const next = nextAt === null ? [] : [text.cli('decide-next', { time: text.duration(Math.max(0, nextAt - now)) })]
  return [...(lines.length === 0 ? [text.cli('decide-nothing')] : lines), ...told, ...next]
}
