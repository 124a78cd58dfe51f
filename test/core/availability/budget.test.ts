import assert from 'node:assert/strict'
import { test } from 'node:test'
import { budgetOf, windowAt } from '../../../src/core/availability/budget.ts'
import type { Timeline } from '../../../src/core/availability/timeline.ts'
import { guestId } from '../../../src/model/ids.ts'
import type { PromisedHours } from '../../../src/model/promised-hours.ts'
import type { SlaSpec } from '../../../src/model/sla.ts'

const at = (text: string): number => Date.parse(text)
const minute = 60_000

const sla: SlaSpec = {
  of: { kind: 'guest', guest: guestId('web') },
  targetMillionths: 999_000,
  window: { kind: 'calendar', unit: 'month' },
  ...{ promised: null, together: 'all', seenBy: 'users', planned: 'left-out', warnAtMillionths: 750_000 },
}

function downFor(minutes: number, until: string): Timeline {
  const untilMs = at(until)
  const from = untilMs - minutes * minute
  return [
    { fromMs: 0, untilMs: from, condition: 'up', cause: null },
    ...(minutes === 0 ? [] : [{ fromMs: from, untilMs, condition: 'down', cause: 'crashed' } as const]),
  ]
}

test('99.9 % of November are 43 min 12 s of downtime: told from three quarters on, broken after all of it', () => {
  const now = '2026-11-20T12:00Z'
  const states = [0, 32, 33, 43, 44].map((minutes) => budgetOf(sla, downFor(minutes, now), at(now)))
  assert.equal(states[0]!.allowedMs, 43 * minute + 12_000)
  assert.deepEqual(
    states.map(({ state }) => state),
    ['kept', 'kept', 'warning', 'warning', 'broken'],
  )
  assert.equal(states[4]!.leftMs, -48_000)
})

test('the budget of an outage that goes on burns a thousand times too fast, and is told when it will be spent', () => {
  const now = '2026-11-20T12:00Z'
  const { burnHour, burnSixHours, exhaustedAt } = budgetOf(sla, downFor(30, now), at(now))
  assert.equal(Math.round(burnHour!), 500)
  assert.equal(Math.round(burnSixHours! * 100), Math.round((30 / 360) * 1000 * 100))
  // Half of each hour is down: 13.2 minutes are left, spent in 26.4.
  assert.ok(Math.abs(exhaustedAt! - (at(now) + 26.4 * minute)) < 10, new Date(exhaustedAt!).toISOString())
})

test('only promised hours count, and only they burn', () => {
  const promised: PromisedHours = {
    ...{ name: 'office', timeZone: 'America/Sao_Paulo', holidays: ['2026-11-02'] },
    days: [[], ...Array.from({ length: 5 }, () => [{ from: 480, until: 1080 }]), []],
  }
  const office = { ...sla, promised }
  // 21 weekdays less one holiday, ten hours each; São Paulo is three hours behind UTC.
  const now = at('2026-11-20T21:30Z')
  const timeline: Timeline = [
    { fromMs: 0, untilMs: at('2026-11-20T20:54Z'), condition: 'up', cause: null },
    { fromMs: at('2026-11-20T20:54Z'), untilMs: now, condition: 'down', cause: 'crashed' },
  ]
  const budget = budgetOf(office, timeline, now)
  assert.equal(budget.promisedMs, 20 * 10 * 60 * minute)
  assert.equal(budget.allowedMs, 12 * minute)
  assert.equal(budget.spentMs, 6 * minute)
  assert.equal(new Date(budget.exhaustedAt!).toISOString().slice(0, 10), '2026-11-23')
})

test('planned work counts where the promise says so', () => {
  const timeline: Timeline = [
    { fromMs: 0, untilMs: at('2026-11-10T00:00Z'), condition: 'up', cause: null },
    { fromMs: at('2026-11-10T00:00Z'), untilMs: at('2026-11-10T01:00Z'), condition: 'planned', cause: 'shutdown' },
    { fromMs: at('2026-11-10T01:00Z'), untilMs: at('2026-11-11T00:00Z'), condition: 'up', cause: null },
  ]
  const now = at('2026-11-11T00:00Z')
  assert.equal(budgetOf(sla, timeline, now).state, 'kept')
  assert.equal(budgetOf({ ...sla, planned: 'counted' }, timeline, now).state, 'broken')
})

test('windows begin and end by the clocks of their zone', () => {
  const iso = (unit: 'week' | 'month' | 'quarter' | 'year', zone: string, now: string): string[] => {
    const { fromMs, untilMs } = windowAt({ kind: 'calendar', unit }, zone, at(now))
    return [fromMs, untilMs].map((ms) => new Date(ms).toISOString().slice(0, 16))
  }
  assert.deepEqual(iso('month', 'UTC', '2028-02-10T00:00Z'), ['2028-02-01T00:00', '2028-03-01T00:00'])
  assert.deepEqual(iso('month', 'America/Sao_Paulo', '2026-11-01T02:00Z'), ['2026-10-01T03:00', '2026-11-01T03:00'])
  assert.deepEqual(iso('month', 'Europe/Lisbon', '2026-10-25T12:00Z'), ['2026-09-30T23:00', '2026-11-01T00:00'])
  assert.deepEqual(iso('week', 'UTC', '2026-11-26T12:00Z'), ['2026-11-23T00:00', '2026-11-30T00:00'])
  assert.deepEqual(iso('week', 'UTC', '2026-11-23T00:00Z'), ['2026-11-23T00:00', '2026-11-30T00:00'])
  assert.deepEqual(iso('quarter', 'UTC', '2026-11-26T12:00Z'), ['2026-10-01T00:00', '2027-01-01T00:00'])
  assert.deepEqual(iso('year', 'America/Sao_Paulo', '2018-06-01T12:00Z'), ['2018-01-01T02:00', '2019-01-01T02:00'])
  // Midnight of 2018-11-04 was skipped in São Paulo: the week began on the Monday before all the same.
  assert.deepEqual(iso('week', 'America/Sao_Paulo', '2018-11-04T12:00Z'), ['2018-10-29T03:00', '2018-11-05T02:00'])
})
