import assert from 'node:assert/strict'
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { maxSubjects } from '../../../src/drivers/sqlite/metric-rings.ts'
import { MetricsDatabase } from '../../../src/drivers/sqlite/metrics-database.ts'
import { openSqlite } from '../../../src/drivers/sqlite/open.ts'
import { encodeFigure, unknownCode } from '../../../src/model/figure-code.ts'
import { wallTime } from '../../../src/model/ids.ts'
import { seriesOf, tiers } from '../../../src/model/metric.ts'
import { cpuOf, guest, hourMs, metricsConformance, sample, stepOf } from '../../conformance/metrics.ts'
import { scratchDirectory } from './scratch.ts'

metricsConformance('sqlite metrics', async () => {
  const directory = scratchDirectory()
  const state = await openSqlite(directory)
  return {
    metrics: state.metrics,
    close: async () => {
      await state.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
})

test('figures outlive the daemon, and a minute that it ended in is summed up by the next', async (context) => {
  const directory = scratchDirectory(context)
  const first = await openSqlite(directory)
  for (const place of [0, 1, 2]) first.metrics.record(wallTime(hourMs + place * 10_000), [sample('web', 10)])
  await first.close()
  const second = await openSqlite(directory)
  context.after(() => second.close())
  second.metrics.record(wallTime(hourMs + 50_000), [sample('web', 50)])
  second.metrics.record(wallTime(hourMs + 90_000), [sample('web', 1)])
  const { metrics } = second
  assert.deepEqual(await cpuOf(metrics, guest('web'), 0, stepOf(0, hourMs), 6), [10, 10, 10, null, null, 50])
  assert.deepEqual(await cpuOf(metrics, guest('web'), 1, stepOf(1, hourMs), 1), [20])
})

test('nothing is written before there is anything, and a crash of the thread costs what it had not written', async (context) => {
  const directory = scratchDirectory(context)
  const state = await openSqlite(directory)
  context.after(() => state.close())
  assert.equal(existsSync(join(directory, 'metrics.db')), false)
  state.metrics.record(wallTime(hourMs), [sample('web', 1)])
  assert.deepEqual(await cpuOf(state.metrics, guest('web'), 0, stepOf(0, hourMs), 1), [1])
  await state.crash()
  state.metrics.record(wallTime(hourMs + 10_000), [sample('web', 2)])
  assert.deepEqual(await cpuOf(state.metrics, guest('web'), 0, stepOf(0, hourMs), 2), [1, 2])
})

test('a file that is damaged is put aside and begun anew; store and history notice nothing', async (context) => {
  const directory = scratchDirectory(context)
  writeFileSync(join(directory, 'metrics.db'), 'this is no database. '.repeat(500))
  const state = await openSqlite(directory)
  context.after(() => state.close())
  state.metrics.record(wallTime(hourMs), [sample('web', 1)])
  assert.deepEqual(await cpuOf(state.metrics, guest('web'), 0, stepOf(0, hourMs), 1), [1])
  assert.ok(readdirSync(directory).includes('metrics.db.damaged'))
})

test('a file that cannot be had says so to whoever reads; recording goes by silently', async (context) => {
  const directory = scratchDirectory(context)
  const other = await openSqlite(join(directory, 'other'))
  context.after(() => other.close())
  const database = new MetricsDatabase(join(directory, 'missing', 'metrics.db'))
  const answer = database.run({ kind: 'read', subject: guest('web'), tier: 0, from: 0, count: 1 })
  assert.ok('fault' in answer && answer.fault.outcome === 'not-done', JSON.stringify(answer))
})

test('after two years of ten guests the file has its size for good', (context) => {
  const directory = scratchDirectory(context)
  const path = join(directory, 'metrics.db')
  const database = new MetricsDatabase(path)
  const names = Array.from({ length: 10 }, (_, place) => `guest-${place}`)
  const series = seriesOf.guest.length
  const codes = new Uint16Array(names.length * series).fill(encodeFigure(12.5))
  const record = (atMs: number): void => {
    const answer = database.run({ kind: 'record', steps: [{ atMs, kind: 'guest', names, codes }] })
    assert.ok('answer' in answer, JSON.stringify(answer))
  }
  // One measurement an hour makes each hour a mean of one: the rings of the finer tiers fill as well, which a full day of them shows.
  const played = (hours: number, from: number): void => {
    for (let hour = 0; hour < hours; hour += 1) record(hourMs + (from + hour) * 3_600_000)
  }
  played(tiers[2].length + 10, 0)
  const sizeBytes = statSync(path).size
  played(2_000, tiers[2].length + 10)
  database.close()
  const grownBytes = statSync(path).size - sizeBytes
  const perGuestBytes = statSync(path).size / names.length
  assert.ok(grownBytes <= 64 * 1024, `grew by ${grownBytes} bytes`)
  assert.ok(perGuestBytes < 400_000, `${perGuestBytes} bytes a guest`)
})

test('beyond the most subjects, one not seen for an hour gives its place up, and nobody sees its past', (context) => {
  const database = new MetricsDatabase(join(scratchDirectory(context), 'metrics.db'))
  const series = seriesOf.guest.length
  const record = (atMs: number, names: readonly string[]): void => {
    const codes = new Uint16Array(names.length * series).fill(encodeFigure(3))
    const answer = database.run({ kind: 'record', steps: [{ atMs, kind: 'guest', names, codes }] })
    assert.ok('answer' in answer, JSON.stringify(answer))
  }
  const cpuAt = (name: string, atMs: number): number => {
    const answer = database.run({ kind: 'read', subject: guest(name), tier: 0, from: stepOf(0, atMs), count: 1 })
    assert.ok('answer' in answer && answer.answer.kind === 'read')
    return answer.answer.codes[0]!
  }
  const all = Array.from({ length: maxSubjects }, (_, place) => `guest-${place}`)
  record(hourMs, all)
  record(hourMs + 1_800_000, ['one-more'])
  assert.equal(cpuAt('one-more', hourMs + 1_800_000), unknownCode)
  record(hourMs + 3_000_000, all.slice(1))
  const lateMs = hourMs + 3_600_000 + 10_000
  record(lateMs, ['one-more'])
  assert.equal(cpuAt('one-more', lateMs), encodeFigure(3))
  assert.equal(cpuAt('one-more', hourMs + 10_000), unknownCode)
  assert.equal(cpuAt('guest-0', hourMs), unknownCode)
  assert.equal(cpuAt('guest-1', hourMs), encodeFigure(3))
  database.close()
})
