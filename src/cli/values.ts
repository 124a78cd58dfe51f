import { parseDurationMs, parseSizeMib } from '../model/units.ts'
import type { CommandInput } from './command.ts'
import type { CliContext } from './context.ts'
import { badValue } from './usage.ts'

/** `--timeout 10min`; null = wait as long as it takes. */
export function timeoutOf(context: CliContext, input: CommandInput, command: string): number | null {
  const given = durationOf(context, input, 'timeout', command)
  // Node's timers take no longer one; beyond it is as good as none.
  return given === null ? null : Math.min(given, 2 ** 31 - 1)
}

/** Milliseconds; null: not given. */
export function durationOf(context: CliContext, input: CommandInput, option: string, command: string): number | null {
  const given = input.values[option]
  if (given === undefined) return null
  const parsed = parseDurationMs(given)
  if (parsed.ok) return parsed.value
  throw badValue(context.text, `--${option}`, context.text.cli('expected-duration'), given, command)
}

export function sizeOf(context: CliContext, given: string, command: string): number {
  const parsed = parseSizeMib(given)
  if (parsed.ok) return parsed.value
  throw badValue(context.text, 'SIZE', context.text.cli('expected-size'), given, command)
}

/** Milliseconds since 1970: a duration back from now, or a date. */
export function sinceOf(context: CliContext, given: string, command: string, option = '--since'): number {
  const back = parseDurationMs(given)
  if (back.ok) return Math.max(0, Math.floor(context.wall() - back.value))
  const at = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.test(given)
    ? Date.parse(given.length === 10 ? `${given}T00:00` : given.replace(' ', 'T'))
    : Number.NaN
  if (at >= 0) return at
  throw badValue(context.text, option, context.text.cli('expected-time'), given, command)
}

export function countOf(
  context: CliContext,
  input: CommandInput,
  option: string,
  bounds: { readonly from: number; readonly to: number; readonly usual: number },
  command: string,
): number {
  const given = input.values[option]
  if (given === undefined) return bounds.usual
  const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN
  if (value >= bounds.from && value <= bounds.to) return value
  const expected = context.text.cli('expected-count', { from: bounds.from, to: bounds.to })
  throw badValue(context.text, `--${option}`, expected, given, command)
}
