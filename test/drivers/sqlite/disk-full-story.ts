import assert from 'node:assert/strict'
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { openSqlite } from '../../../src/drivers/sqlite/open.ts'
import { Fault } from '../../../src/model/fault.ts'
import { wallTime } from '../../../src/model/ids.ts'
import { event } from '../../conformance/history.ts'
import { cpuOf, guest, hourMs, sample, stepOf } from '../../conformance/metrics.ts'

/** Run as a process of its own on a small file system given to it: fills it under a store at work, frees it, and checks what is kept. */
const mount = process.argv[2] ?? ''
const directory = join(mount, 'state')
const filler = join(mount, 'filler')
const atMostWrites = 5_000
/** Left free at first, so that the disk becomes full in the middle of the work. */
const leftBytes = 300_000

let state = await openSqlite(directory)
const confirmed = new Map<string, string>()
let events = 0

await fillWhileWriting()
await assertKept('while the disk is full')

// A daemon started on a full disk serves what it has, and nothing is lost by the way there.
await state.close()
state = await openSqlite(directory)
await assertKept('after opening on a full disk')
assert.equal(await write('refused', 'x'.repeat(200_000)), 'disk-full not-done')
await assertWatchersHearOnlyWhatIsKept()
// Figures are lost meanwhile, and nobody waits for them.
state.metrics.record(wallTime(hourMs), [sample('web', 1)])
await outcomeOf(state.metrics.read(guest('web'), 0, stepOf(0, hourMs), 1))

rmSync(filler)
state.metrics.record(wallTime(hourMs + 10_000), [sample('web', 2)])
assert.deepEqual(await cpuOf(state.metrics, guest('web'), 0, stepOf(0, hourMs) + 1, 1), [2])
assert.equal(await write('after', 'x'.repeat(200_000)), 'done')
assert.equal(await append(), 'done')
// Asked together with one that no disk of this size takes, the others are not refused with it.
const together = ['x', 'x'.repeat(4_000_000), 'x'].map((value, place) => write(`together/${place}`, value))
assert.deepEqual(await Promise.all(together), ['done', 'disk-full not-done', 'done'])
await assertKept('after space was freed')
await state.close()
state = await openSqlite(directory)
await assertKept('after opening again')
await state.close()
process.stdout.write(`kept ${confirmed.size} values and ${events} events\n`)

async function fillWhileWriting(): Promise<void> {
  assert.equal(await write('key/0', 'first'), 'done')
  assert.equal(await append(), 'done')
  fill()
  let [storeFull, historyFull] = [false, false]
  for (let count = 0; count < atMostWrites && !(storeFull && historyFull); count++) {
    storeFull = (await write(`key/${count % 50}`, String(count).repeat(500))) === 'disk-full not-done' || storeFull
    historyFull = (await append()) === 'disk-full not-done' || historyFull
  }
  assert.deepEqual([storeFull, historyFull], [true, true])
  // A transaction of several keys is refused as a whole; one too large does not take a read with it.
  const both = [
    { key: 'half/a', value: 'x'.repeat(300_000) },
    { key: 'half/b', value: '1' },
  ]
  assert.equal(await outcomeOf(state.store.transact({ when: [], put: both, remove: [] })), 'disk-full not-done')
}

function fill(): void {
  const file = openSync(filler, 'w')
  try {
    for (const size of [65_536, 4096, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size, 1))
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      }
    }
    ftruncateSync(file, fstatSync(file).size - leftBytes)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

async function assertKept(when: string): Promise<void> {
  const { entries } = await state.store.read('')
  assert.deepEqual(new Map(entries.map(({ key, value }) => [key, value])), new Map([...confirmed].sort()), when)
  const stored = await state.history.query({ limit: 10_000 })
  assert.deepEqual(
    stored.map(({ id }) => id),
    Array.from({ length: events }, (_, place) => place + 1),
    when,
  )
}

async function assertWatchersHearOnlyWhatIsKept(): Promise<void> {
  const heard: string[] = []
  const { revision } = await state.store.read('')
  const listener = {
    changes: (changes: readonly { key: string }[]) => void heard.push(...changes.map(({ key }) => key)),
    gap: () => assert.fail('no gap'),
  }
  const stop = state.store.watch('', revision, listener)
  await write('unheard', 'x'.repeat(200_000))
  await new Promise((resolve) => setImmediate(resolve))
  stop()
  assert.deepEqual(heard, [])
}

async function write(key: string, value: string): Promise<string> {
  const outcome = await outcomeOf(state.store.transact({ when: [], put: [{ key, value }], remove: [] }))
  if (outcome === 'done') confirmed.set(key, value)
  return outcome
}

async function append(): Promise<string> {
  const outcome = await outcomeOf(state.history.append([{ ...event(events), note: 'x'.repeat(3000) }]))
  if (outcome === 'done') events++
  return outcome
}

function outcomeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Fault ? `${error.code} ${error.outcome}` : String(error)),
  )
}
