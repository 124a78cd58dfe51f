import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { Fault, faultData } from '../../model/fault.ts'
import { readText } from '../cluster-file.ts'
import type { CommandInput } from '../command.ts'
import { complaint } from '../complain.ts'
import type { CliContext, CliPowers, Simulated } from '../context.ts'
import { say, show, tell } from '../output.ts'
import { padded } from '../paint.ts'
import { simulatedEventText } from '../simulated-event.ts'
import { UsageError } from '../usage.ts'
import { countOf } from '../values.ts'

/** Exit code: that of the worst file. */
export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const isLive = input.switches.has('live')
  if (isLive !== (input.values.lose !== undefined) || (!isLive && input.values.snapshot !== undefined)) {
    throw new UsageError(context.text.cli('usage-live'), 'simulate')
  }
  if (isLive) return (await import('../simulate-live.ts')).simulateLive(context, input)
  if (input.arguments.length === 0)
    throw new UsageError(context.text.cli('usage-missing-argument', { name: 'FILE' }), 'simulate')
  return playFiles(context, input)
}

async function playFiles(context: CliContext, input: CommandInput): Promise<number> {
  const { simulate } = context.powers
  if (simulate === undefined) {
    say(context, context.text.cli('not-available', { what: 'simulate' }))
    return exitCodes.unavailable
  }
  const seed = countOf(context, input, 'seed', { from: 0, to: 999_999_999, usual: 1 }, 'simulate')
  const chosen: CliContext = input.switches.has('json') ? { ...context, format: 'json' } : context
  const results: (Simulated & { readonly file: string })[] = []
  let exitCode: number = exitCodes.ok
  for (const file of input.arguments) {
    if (context.interrupted.aborted) break
    const played = await playOne(chosen, simulate, file, seed)
    if (typeof played === 'number') {
      exitCode = Math.max(exitCode, played)
      continue
    }
    results.push({ file, ...played })
    if (!played.held) exitCode = Math.max(exitCode, exitCodes.failed)
    for (const line of storyLines(chosen, file, played, input.arguments.length === 1)) tell(chosen, line)
  }
  await finish(chosen, results, input.arguments.length)
  return exitCode
}

async function playOne(
  context: CliContext,
  simulate: NonNullable<CliPowers['simulate']>,
  file: string,
  seed: number,
): Promise<Simulated | number> {
  try {
    const source = readText(file)
    if (typeof source !== 'string') throw new Fault('file-unreadable', 'not-done', { file, text: source.reason })
    return await simulate(source, { path: file, seed })
  } catch (error) {
    const { problems } = faultData(error).details
    const { lines, exitCode } = complaint(context.text, error)
    if (!Array.isArray(problems)) for (const line of lines) say(context, line)
    else {
      for (const line of problems) say(context, line)
      say(context, context.text.cli('simulate-bad', { file, count: problems.length }))
    }
    return exitCode
  }
}

/** What happened, for one file; of many only how each ended. */
function storyLines({ text, paint }: CliContext, file: string, played: Simulated, whole: boolean): string[] {
  const { claim, seed, held, broken } = played
  const time = (at: number): string => padded(text.duration(at), 10)
  const story = played.events.map((event) => `${time(event.at)}  ${simulatedEventText(text, event)}`)
  const verdict = held
    ? paint.good(text.cli('simulate-held', { file, seed, claim }))
    : paint.bad(text.cli('simulate-broken', { file, seed, claim }))
  return [
    ...(whole ? [...story, ''] : []),
    verdict,
    ...broken.map((one) => `  ${time(one.at)}  ${one.rule}: ${one.text}`),
  ]
}

async function finish(
  context: CliContext,
  results: readonly (Simulated & { file: string })[],
  count: number,
): Promise<void> {
  if (context.format === 'table') {
    const held = results.filter((one) => one.held).length
    if (count > 1) tell(context, context.text.cli('simulate-summary-line', { held, count }))
    return
  }
  const [only] = results
  await show(context, {
    data: count === 1 && only !== undefined ? { schemaVersion, ...only } : { schemaVersion, results },
    lines: () => [],
    rows: () => [
      ['file', 'held', 'seed', 'broken'],
      ...results.map((one) => [one.file, one.held, one.seed, one.broken.length]),
    ],
  })
}
