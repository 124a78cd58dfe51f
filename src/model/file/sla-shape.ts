import type { DayHours } from '../promised-hours.ts'
import type { SlaWindow } from '../sla.ts'
import { shorten } from './node.ts'
import { duration, form, isNameKey, name, nameSource, oneOf, scalar } from './scalar-shape.ts'
import { either, field, listOf, type MapRead, made, mapOf, named, record, required, type Shape } from './shape.ts'

/** Promises and calendars of one file at most. */
export const maxSlas = 1000

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

const dayKey = `^(?:${dayNames.join('|')})(?:-(?:${dayNames.join('|')}))?$`

/** Per cent with four digits at most: whole millionths. */
export function percent(fromMillionths: number, toMillionths: number): Shape<number> {
  const pattern = /^([0-9]{1,3})(?:\.([0-9]{1,4}))?\s*%$/
  return scalar('text', { type: 'string', pattern: pattern.source }, (node, reader) => {
    const found = pattern.exec(node.text)
    if (found === null) return reader.error(node, { code: 'bad-form', expected: 'percent', got: shorten(node.text) })
    const millionths = Number(found[1]) * 10_000 + Number((found[2] ?? '').padEnd(4, '0'))
    if (millionths >= fromMillionths && millionths <= toMillionths) return millionths
    const [from, to] = [fromMillionths / 10_000, toMillionths / 10_000]
    return reader.error(node, { code: 'out-of-range', from, to, unit: '%', got: shorten(node.text) })
  })
}

/** A name of the IANA tables. */
export const zone = scalar('text', { type: 'string' }, (node, reader) =>
  isZone(node.text)
    ? node.text
    : reader.error(node, { code: 'bad-form', expected: 'time-zone', got: shorten(node.text) }),
)

/** True where the runtime's zone tables know it. */
function isZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text })
    return /^[A-Za-z]/.test(text)
  } catch {
    return false
  }
}

/** `08:00-18:00`; one that ends at or before its beginning goes on into the next day. */
const hourPattern = /^([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])$/

const oneSpan: Shape<DayHours> = scalar('text', { type: 'string', pattern: hourPattern.source }, (node, reader) => {
  const found = hourPattern.exec(node.text)
  const [from, until] = found === null ? [0, 9999] : [minutes(found[1]!, found[2]!), minutes(found[3]!, found[4]!)]
  if (until <= 1440) return { from, until }
  return reader.error(node, { code: 'bad-form', expected: 'hours', got: shorten(node.text) })
})

function minutes(hours: string, rest: string): number {
  return Number(hours) * 60 + Number(rest)
}

const spansOfDay = either(
  'list-of-text',
  made(oneSpan, (one) => [one]),
  made(listOf(oneSpan, 24), (all) => all.map(({ value }) => value)),
  'list',
)

const hours = made(
  mapOf(
    ({ key, keyAt }, reader) => {
      if (new RegExp(dayKey).test(key)) return true
      reader.error({ at: keyAt }, { code: 'bad-form', expected: 'days', got: shorten(key) })
      return false
    },
    spansOfDay,
    dayKey,
  ),
  (entries) => {
    const days: DayHours[][] = dayNames.map(() => [])
    for (const { key, value } of entries) {
      for (const day of daysOf(key)) for (const span of value ?? []) addSpan(days, day, span)
    }
    return days.map(tidy)
  },
)

/** `mon-fri`, `sat`, and over the week's end `fri-mon`. */
function daysOf(key: string): readonly number[] {
  const [first, last] = key.split('-').map((day) => dayNames.indexOf(day as (typeof dayNames)[number]))
  const days = [first!]
  while (last !== undefined && days.at(-1) !== last) days.push((days.at(-1)! + 1) % 7)
  return days
}

function addSpan(days: DayHours[][], day: number, { from, until }: DayHours): void {
  if (from < until) days[day]!.push({ from, until })
  else {
    days[day]!.push({ from, until: 1440 })
    if (until > 0) days[(day + 1) % 7]!.push({ from: 0, until })
  }
}

/** In order, apart from each other. */
function tidy(spans: readonly DayHours[]): readonly DayHours[] {
  const result: DayHours[] = []
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last === undefined || span.from > last.until) result.push(span)
    else result[result.length - 1] = { from: last.from, until: Math.max(last.until, span.until) }
  }
  return result
}

export const calendar = named(
  'calendar',
  record({
    timeZone: required(zone, 'By whose clocks: a name of the IANA tables, as in `America/Sao_Paulo`.'),
    hours: required(
      hours,
      'By day of the week (`mon`, `mon-fri`): `08:00-18:00`, or a list; one that ends at or before its beginning goes on into the next day.',
    ),
    holidays: field(
      listOf(form('date', /^(?:[0-9]{4}-)?(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$/)),
      'Days on which nothing is promised: `2026-12-25`, or each year `12-25`.',
    ),
  }),
)

const rollingWindow = made(duration(3_600_000, 3_660 * 86_400_000), (ms) => ({ kind: 'rolling', ms }) as const)
const calendarUnits = ['week', 'month', 'quarter', 'year'] as const
const calendarWindow = made(oneOf(calendarUnits), (unit) => ({ kind: 'calendar', unit }) as const)

const window: Shape<SlaWindow> = {
  read: (node, reader) =>
    node.kind === 'scalar' && /^[a-z]+$/.test(node.text)
      ? calendarWindow.read(node, reader)
      : rollingWindow.read(node, reader),
  schema: (definitions) => ({ anyOf: [calendarWindow.schema(definitions), rollingWindow.schema(definitions)] }),
}

const slaItemFields = {
  for: field(form('name', /^@?[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/), 'A guest, or `@tag`. Without it, the whole cluster.'),
  target: required(percent(1, 1_000_000), 'The availability that is promised: `99.9%`.'),
  window: field(
    window,
    'The time that it is promised for: the `week`, `month`, `quarter`, `year` of the calendar, or the last `30d`.',
    'month',
  ),
  promised: field(name, 'Name of the calendar that says when it is promised. Without it, always.'),
  together: field(
    oneOf(['all', 'any']),
    'Of several guests: kept while all of them are there, or while any of them is.',
    'all',
  ),
  seenBy: field(
    oneOf(['users', 'itself']),
    'As its users see it, a guest is down while one that it needs is; by itself, only while it is down itself.',
    'users',
  ),
  planned: field(oneOf(['left-out', 'counted']), 'Whether planned work counts as downtime.', 'left-out'),
  warnAt: field(percent(1, 1_000_000), 'Share of the error budget after which a warning is told.', '75%'),
}

export const sla = named('sla', record(slaItemFields))

export const slaFields = {
  calendars: field(mapOf(isNameKey, calendar, nameSource, maxSlas), 'When services are promised to be there, by name.'),
  sla: field(listOf(sla, maxSlas), 'Availabilities that are promised (docs/operating/availability.md).'),
}

export type SlaItem = MapRead<typeof slaItemFields>
