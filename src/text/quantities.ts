import type { WallTime } from '../model/ids.ts'
import type { units as englishUnits } from './en/units.ts'
import type { Locale } from './locale.ts'
import type { Filling, Translated } from './message.ts'
import { fill } from './message.ts'

/** Figures, times and lists in one language. */
export interface Quantities {
  readonly filling: Filling
  /** `350 ms`, `1.5 s`, `2 min 5 s`, `3 d 4 h`: two units at most. */
  duration(ms: number): string
  /** `512 MiB`, `1.5 GiB`; with `of`, the whole it is a part of, in the unit that this is said in. */
  size(mib: number, of?: number): string
  /** `0 B/s`, `12.3 KiB/s`, `1.5 MiB/s`. */
  rate(bytesPerSecond: number): string
  /** `0.4 %`, `37 %`. */
  percent(value: number): string
  number(value: number): string
  /** An amount with all digits of its currency, given as it is written in a file: `298810.00` -> `R$298,810.00`. */
  money(amount: string, currency: string): string
  /** A share: 0.9033 -> `90.3%`. */
  share(value: number): string
  /** `1st`, `2nd`; `1º`, `2º`. */
  ordinal(value: number): string
  /** `a, b and c`; beyond `atMost` items: `a, b and 7 more`. Empty: `none`. */
  list(items: readonly string[], atMost?: number): string
  /** `a, b or c`; none is left out. */
  choice(items: readonly string[]): string
  /** Date and time to the second. */
  time(at: WallTime): string
  /** Time of day to the second. */
  clock(at: WallTime): string
}

/** A sentence with more names than this is not read any more. */
const listAtMost = 12

/** English as written outside the USA: no comma before `and`, 24 hours. */
const tags: Readonly<Record<Locale, string>> = { en: 'en-GB', 'pt-BR': 'pt-BR' }

export function createQuantities(
  locale: Locale,
  units: Translated<typeof englishUnits>,
  timeZone: string | undefined,
): Quantities {
  const filling = fillingOf(locale, units.absent)
  const lists = later(() => new Intl.ListFormat(tags[locale], { type: 'conjunction' }))
  const choices = later(() => new Intl.ListFormat(tags[locale], { type: 'disjunction' }))
  const shares = later(() => new Intl.NumberFormat(tags[locale], { style: 'percent', maximumFractionDigits: 1 }))
  const ordinals = later(() => new Intl.PluralRules(tags[locale], { type: 'ordinal' }))
  const times = timeFormats(locale, timeZone)
  const unit = (key: keyof typeof units, count: number): string => fill(units[key], { count }, filling)
  return {
    filling,
    duration: (ms) =>
      durationParts(ms)
        .map(([key, count]) => unit(key, count))
        .join(' '),
    size: (mib, of = mib) => unit(...sizePart(mib, of)),
    rate: (bytesPerSecond) => unit(...ratePart(bytesPerSecond)),
    percent: (value) => unit('percent', value < 10 ? Math.round(value * 10) / 10 : Math.round(value)),
    number: filling.number,
    money: (amount, currency) => moneyText(tags[locale], amount, currency),
    share: (value) => shares().format(value),
    ordinal: (value) => unit(ordinalKey(ordinals().select(value)), value),
    list: (items, atMost = listAtMost) => {
      if (items.length === 0) return units.nothing
      const rest = items.length - atMost
      return lists().format(rest > 0 ? [...items.slice(0, atMost), unit('and-more', rest)] : items)
    },
    choice: (items) => choices().format(items),
    ...times,
  }
}

function moneyText(tag: string, amount: string, currency: string): string {
  const digits = amount.split('.')[1]?.length ?? 0
  const style = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const
  // As text, an amount is formatted with all its digits; as a number it would lose some beyond 2^53.
  return new Intl.NumberFormat(tag, style).format(amount as `${number}`)
}

export function fillingOf(locale: Locale, absent: string): Filling {
  const plurals = later(() => new Intl.PluralRules(tags[locale]))
  const numbers = later(() => new Intl.NumberFormat(tags[locale], { useGrouping: false, maximumFractionDigits: 3 }))
  return { absent, plural: (count) => plurals().select(count), number: (value) => numbers().format(value) }
}

/** Each takes some milliseconds to make: only what is used is made, once. */
function later<T>(make: () => T): () => T {
  let made: T | null = null
  return () => {
    made ??= make()
    return made
  }
}

type DurationUnit = 'milliseconds' | 'seconds' | 'minutes' | 'hours' | 'days'

function durationParts(ms: number): readonly (readonly [DurationUnit, number])[] {
  if (ms < 1_000) return [['milliseconds', Math.round(ms)]]
  if (ms < 10_000) return [['seconds', Math.round(ms / 100) / 10]]
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return [['seconds', seconds]]
  if (seconds < 3_600) return withRest('minutes', 'seconds', seconds, 60)
  const minutes = Math.round(seconds / 60)
  if (minutes < 1_440) return withRest('hours', 'minutes', minutes, 60)
  return withRest('days', 'hours', Math.round(minutes / 60), 24)
}

function withRest(large: DurationUnit, small: DurationUnit, count: number, inLarge: number) {
  const whole: readonly [DurationUnit, number] = [large, Math.floor(count / inLarge)]
  const rest = count % inLarge
  return rest === 0 ? [whole] : [whole, [small, rest] as const]
}

function sizePart(mib: number, of: number): ['size-mib' | 'size-gib' | 'size-tib', number] {
  if (of >= 1_048_576) return ['size-tib', hundredths(mib / 1_048_576)]
  // A quarter of a GiB is written as such; an odd amount stays in MiB, so that it reads as it was given.
  if (of > 65_536 || (of >= 1_024 && of % 256 === 0)) return ['size-gib', hundredths(mib / 1_024)]
  return ['size-mib', mib]
}

function ratePart(bytes: number): ['rate-bytes' | 'rate-kib' | 'rate-mib' | 'rate-gib', number] {
  const tenths = (value: number): number => (value < 100 ? Math.round(value * 10) / 10 : Math.round(value))
  if (bytes < 1_024) return ['rate-bytes', Math.round(bytes)]
  if (bytes < 1_048_576) return ['rate-kib', tenths(bytes / 1_024)]
  if (bytes < 1_073_741_824) return ['rate-mib', tenths(bytes / 1_048_576)]
  return ['rate-gib', tenths(bytes / 1_073_741_824)]
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100
}

function ordinalKey(rule: string): 'ordinal-one' | 'ordinal-two' | 'ordinal-few' | 'ordinal-other' {
  if (rule === 'one' || rule === 'two' || rule === 'few') return `ordinal-${rule}`
  return 'ordinal-other'
}

/** English dates as ISO writes them, which nobody misreads; Brazilian ones as in Brazil. */
function timeFormats(locale: Locale, timeZone: string | undefined): Pick<Quantities, 'time' | 'clock'> {
  const parts = later(
    () =>
      new Intl.DateTimeFormat('en-GB', {
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
        timeZone,
      }),
  )
  const read = (at: WallTime): Readonly<Record<string, string>> =>
    Object.fromEntries(
      parts()
        .formatToParts(at)
        .map((part) => [part.type, part.value]),
    )
  const clock = (at: WallTime): string => {
    const { hour, minute, second } = read(at)
    return `${hour}:${minute}:${second}`
  }
  const date = (at: WallTime): string => {
    const { year, month, day } = read(at)
    return locale === 'en' ? `${year}-${month}-${day}` : `${day}/${month}/${year}`
  }
  return { clock, time: (at) => `${date(at)} ${clock(at)}` }
}
