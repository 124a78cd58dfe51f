import type { Timeline } from '../../../src/core/availability/timeline.ts'
import type { PromisedHours } from '../../../src/model/promised-hours.ts'

/** One letter a second: what a person with a stop watch and much patience would write down. */
export type Seconds = readonly string[]

export const letters = { up: 'u', down: 'd', planned: 'p', 'not-observed': 'n' } as const

export function secondsOf(timeline: Timeline, fromS: number, untilS: number): Seconds {
  return Array.from({ length: untilS - fromS }, (_, index) => {
    const at = (fromS + index) * 1000
    const found = timeline.find(({ fromMs, untilMs }) => fromMs <= at && at < untilMs)
    return found === undefined ? 'n' : letters[found.condition]
  })
}

const formats = new Map<string, Intl.DateTimeFormat>()
const asked = new Map<string, Record<string, string>>()

/** Asks the clock on the wall; all seconds of one minute show the same minute, in every zone of these years. */
export function isPromised(hours: PromisedHours, second: number): boolean {
  const part = wallClock(hours.timeZone, Math.floor(second / 60))
  const date = `${part.year}-${part.month}-${part.day}`
  if (hours.holidays.includes(date) || hours.holidays.includes(date.slice(5))) return false
  const minute = Number(part.hour) * 60 + Number(part.minute)
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(part.weekday ?? '')
  return (hours.days[day] ?? []).some(({ from, until }) => from <= minute && minute < until)
}

function wallClock(timeZone: string, minute: number): Record<string, string> {
  const key = `${timeZone} ${minute}`
  const known = asked.get(key)
  if (known !== undefined) return known
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', weekday: 'short' },
      ...{ hour: '2-digit', minute: '2-digit' },
    })
    formats.set(timeZone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(minute * 60_000).map(({ type, value }) => [type, value]))
  asked.set(key, parts)
  return parts
}
