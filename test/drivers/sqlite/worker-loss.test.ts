import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSqlite } from '../../../src/drivers/sqlite/open.ts'
import { Fault } from '../../../src/model/fault.ts'
import { event } from '../../conformance/history.ts'
import { scratchDirectory } from './scratch.ts'

const put = (key: string, value = '1') => ({ when: [], put: [{ key, value }], remove: [] })

const outcomeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Fault ? `${error.code} ${error.outcome}` : String(error)),
  )

test('the database thread dies: what was sent is unknown, the store goes on with all that was confirmed', async (context) => {
  const state = await openSqlite(scratchDirectory(context))
  await state.store.transact(put('before'))
  const written = outcomeOf(state.store.transact(put('during')))
  const read = outcomeOf(state.store.read(''))
  await null
  const crash = state.crash()
  assert.ok(['done', 'store-lost unknown'].includes(await written))
  assert.ok(['done', 'store-lost not-done'].includes(await read))
  await crash
  await state.store.transact(put('after'))
  const keys = (await state.store.read('')).entries.map(({ key }) => key)
  assert.deepEqual(
    keys.filter((key) => key !== 'during'),
    ['after', 'before'],
  )
  await state.close()
})

test('a watcher misses nothing over the death of the thread: it hears, or is told of a gap', async (context) => {
  const state = await openSqlite(scratchDirectory(context))
  const heard: string[] = []
  let gaps = 0
  state.store.watch('', 0, {
    changes: (changes) => void heard.push(...changes.map(({ key }) => key)),
    gap: () => gaps++,
  })
  const outcome = outcomeOf(state.store.transact(put('during')))
  await null
  await state.crash()
  await outcome
  const { entries } = await state.store.read('')
  assert.equal(gaps, heard.length === entries.length ? 0 : 1)
  await state.close()
})

test('events sent to a dying thread are unknown, and later ones are kept', async (context) => {
  const state = await openSqlite(scratchDirectory(context))
  const sent = outcomeOf(state.history.append([event(1)]))
  await state.crash()
  assert.ok(['done', 'store-lost unknown'].includes(await sent))
  await state.history.append([event(2)])
  assert.equal((await state.history.query({ limit: 10, newestFirst: true }))[0]?.at, 2)
  await state.close()
})

test('a thread that dies again and again is given up, and every call says so', async (context) => {
  const state = await openSqlite(scratchDirectory(context))
  for (let death = 0; death < 6; death++) {
    await outcomeOf(state.store.read(''))
    await state.crash()
  }
  assert.equal(await outcomeOf(state.store.read('')), 'store-lost not-done')
  assert.equal(await outcomeOf(state.history.append([event(1)])), 'store-lost not-done')
  await state.close()
})
