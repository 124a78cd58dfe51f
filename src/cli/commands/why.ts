import { exitCodes } from '../../contract/exit-codes.ts'
import type { WhyView } from '../../contract/guest.ts'
import { wallTime } from '../../model/ids.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { paintedPhase } from '../guest-words.ts'
import { show } from '../output.ts'
import { placeLines, shortReason } from '../reason-lines.ts'

/** Events shown below the explanation. */
const historyShown = 8

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const why = await (await context.client()).why(input.arguments[0]!)
  await show(context, {
    data: why,
    lines: () => [...chainLines(context, why), ...memoryLines(context, why), '', ...historyLines(context, why)],
    rows: () => [
      ['depth', 'guest', 'via', 'state', 'phase', 'because', 'root'],
      ...why.chain.map(({ depth, guest, via, state, phase, because, root }) => [
        depth,
        guest,
        via,
        state,
        phase.kind,
        because.code,
        root,
      ]),
    ],
  })
  return exitCodes.ok
}

function chainLines({ text, paint }: CliContext, { chain }: WhyView): string[] {
  return chain.flatMap((step) => {
    const { guest, via, again, root, depth } = step
    const said = { guest, phase: paintedPhase(step, text, paint), because: shortReason(text, step.because) }
    const line =
      via === null
        ? text.cli('why-line', said)
        : again
          ? text.cli('why-again', { via, guest })
          : text.cli('why-via', { via, ...said })
    const cause = root && !again && chain.length > 1 ? `  ${paint.strong(text.cli('why-cause'))}` : ''
    const margin = '  '.repeat(depth)
    return [`${margin}${line}${cause}`, ...placeLines(text, step.because).map((one) => `${margin}    ${one}`)]
  })
}

/** Only where its memory goes by its need. */
function memoryLines({ text }: CliContext, { guest: { memory } }: WhyView): string[] {
  if (memory.because === undefined) return []
  const given = text.size(memory.targetMib ?? memory.givenMib ?? 0)
  return [text.cli('why-memory', { given, because: text.reason(memory.because) })]
}

function historyLines({ text }: CliContext, { history }: WhyView): string[] {
  if (history.length === 0) return [text.cli('why-no-history')]
  const shown = history.slice(0, historyShown).toReversed()
  return [text.cli('why-history'), ...shown.map((event) => `  ${text.time(wallTime(event.at))}  ${text.event(event)}`)]
}
