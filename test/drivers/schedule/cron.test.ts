import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextDue } from '../../../src/drivers/schedule/cron.ts'

const next = (pattern: string, zone: string, after: string): string | undefined => {
  const due = nextDue(pattern, zone, Date.parse(after))
  return due === null ? undefined : new Date(due).toISOString()
}

test('a pattern is read by the clocks of its zone, through changes of daylight time', () => {
  assert.equal(next('0 3 * * sun', 'America/Sao_Paulo', '2026-11-26T12:00:00Z'), '2026-11-29T06:00:00.000Z')
  assert.equal(next('30 2 1 * *', 'Europe/Berlin', '2026-06-01T00:30:00Z'), '2026-07-01T00:30:00.000Z')
  assert.equal(next('0 3 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z'), '2026-10-25T02:00:00.000Z')
  // The moment itself is not after itself.
  assert.equal(next('0 3 * * *', 'UTC', '2026-01-01T03:00:00Z'), '2026-01-02T03:00:00.000Z')
})

test('a day that never comes is never due', () => {
  assert.equal(next('0 0 30 2 *', 'UTC', '2026-01-01T00:00:00Z'), undefined)
})
