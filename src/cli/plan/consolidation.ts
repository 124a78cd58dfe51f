import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { consolidationData, planned } from '../../core/plan/consolidation-data.ts'
import type { ConsolidationFile, Weights } from '../../model/plan/consolidation.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { show } from '../output.ts'
import { badValue } from '../usage.ts'
import { countOf, durationOf } from '../values.ts'
import { consolidationLines } from './consolidation-lines.ts'
import { runAsking } from './run-asking.ts'

const usualLimitMs = 30_000

/** Exit code 1 where there is no plan, or none was found, or no order of moves leads to it. */
export async function showConsolidation(
  context: CliContext,
  input: CommandInput,
  file: string,
  given: ConsolidationFile,
): Promise<number> {
  const wish = {
    survive: countOf(context, input, 'survive', { from: 0, to: 4, usual: given.survive }, 'plan'),
    weights: weightsOf(context, input, given.weights),
    limitMs: durationOf(context, input, 'time-limit', 'plan') ?? usualLimitMs,
    today: context.wall(),
  }
  const shown = await runAsking(planned(file, given, wish), context.powers)
  const { report } = shown
  await show(context, {
    data: { schemaVersion, ...consolidationData(shown) },
    lines: () => consolidationLines(context, shown),
    rows: () => [
      ['guest', 'from', 'to', 'step'],
      ...(report?.placement ?? []).map(({ guest, from, to }) => [
        guest,
        from,
        to,
        report!.order.kind === 'order' ? stepOf(report!.order.moves, guest) : null,
      ]),
    ],
  })
  return report !== null && report.order.kind === 'order' ? exitCodes.ok : exitCodes.failed
}

/** The last step that moves it; null: it stays. */
function stepOf(moves: readonly { readonly guests: readonly string[] }[], guest: string): number | null {
  const last = moves.findLastIndex(({ guests }) => guests.includes(guest))
  return last < 0 ? null : last + 1
}

/** `users=2,requests=1`; what is not named stays as the file has it. */
function weightsOf(context: CliContext, input: CommandInput, usual: Weights): Weights {
  const given = input.values.weights
  if (given === undefined) return usual
  const weights = { ...usual }
  for (const part of given.split(',')) {
    const [, name, value] = /^(users|requests|volume)=(\d{1,4}(?:\.\d{1,6})?)$/.exec(part) ?? []
    if (name === undefined || value === undefined) {
      throw badValue(context.text, '--weights', 'users=1,requests=1,volume=1', given, 'plan')
    }
    weights[name as keyof Weights] = Number(value)
  }
  return weights
}
