import type { DrillRequest } from '../contract/drills.ts'
import { type Disturbance, type DrillMeasure, disturbances, drillLimits, drillMeasures } from '../model/drill.ts'
import type { CommandInput } from './command.ts'
import type { CliContext } from './context.ts'
import { badValue } from './usage.ts'
import { countOf, durationOf } from './values.ts'

type Wish = Omit<DrillRequest, 'confirmed' | 'dryRun'>

/** What was typed; the daemon fills in what was not. */
export function drillRequest(context: CliContext, input: CommandInput, guest: string): Wish {
  const { values } = input
  const measures = wordsOf<DrillMeasure>(context, input, 'measure', drillMeasures) ?? ['downtime']
  const during = wordsOf<Disturbance>(context, input, 'during', disturbances) ?? ['nothing', 'live-migration']
  const { runs, connections, requests, pingIntervalMs, baselineMs, failureMs } = drillLimits
  const given = {
    runs: wholeOf(context, input, 'runs', 1, runs),
    to: values.to,
    pingIntervalMs: spanOf(context, input, 'interval', pingIntervalMs.least, pingIntervalMs.most),
    baselineMs: spanOf(context, input, 'baseline', baselineMs.least, baselineMs.most),
    edgeMs: spanOf(context, input, 'edge', 0, 600_000),
    port: wholeOf(context, input, 'port', 1, 65_535),
    transferPath: pathOf(context, input, 'path'),
    loadPath: pathOf(context, input, 'load-path'),
    connections: wholeOf(context, input, 'connections', 1, connections),
    requests: wholeOf(context, input, 'requests', 1, requests),
    service: values.service,
    failureMs: spanOf(context, input, 'failure', failureMs.least, failureMs.most),
  }
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { guest, measures, during, ...(said as Partial<Wish>) }
}

function wordsOf<Word extends string>(
  { text }: CliContext,
  { values }: CommandInput,
  option: 'measure' | 'during',
  known: readonly Word[],
): readonly Word[] | undefined {
  const given = values[option]
  if (given === undefined) return undefined
  const words = [...new Set(given.split(',').map((word) => word.trim()))]
  const wrong = words.find((word) => !known.includes(word as Word))
  if (wrong === undefined) return words as Word[]
  throw badValue(text, `--${option}`, text.cli('expected-measures', { known: text.list(known) }), wrong, 'drill')
}

function wholeOf(
  context: CliContext,
  input: CommandInput,
  option: string,
  from: number,
  to: number,
): number | undefined {
  if (input.values[option] === undefined) return undefined
  return countOf(context, input, option, { from, to, usual: from }, 'drill')
}

function spanOf(
  context: CliContext,
  input: CommandInput,
  option: string,
  least: number,
  most: number,
): number | undefined {
  const ms = durationOf(context, input, option, 'drill')
  if (ms === null) return undefined
  if (ms >= least && ms <= most) return ms
  const { text } = context
  const expected = text.cli('expected-span', { from: text.duration(least), to: text.duration(most) })
  throw badValue(text, `--${option}`, expected, input.values[option]!, 'drill')
}

function pathOf({ text }: CliContext, { values }: CommandInput, option: string): string | undefined {
  const given = values[option]
  if (given === undefined || /^\/\S*$/.test(given)) return given
  throw badValue(text, `--${option}`, text.cli('expected-url-path'), given, 'drill')
}
