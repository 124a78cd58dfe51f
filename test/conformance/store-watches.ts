import assert from 'node:assert/strict'
import type { Change, Revision } from '../../src/ports/store.ts'
import { baseOf, type Claim, none, put, write } from './store-parts.ts'

function recorder() {
  const calls: (readonly Change[])[] = []
  const seen = { calls, gaps: 0, changes: (): readonly Change[] => calls.flat() }
  const listener = {
    changes: (changes: readonly Change[]) => void calls.push(changes),
    gap: () => void seen.gaps++,
  }
  return { seen, listener }
}

export function watches(claim: Claim): void {
  claim('a watcher hears each change under its prefix once, in order', async ({ store, other, settle }) => {
    const { seen, listener } = recorder()
    store.watch('w/', await baseOf(store), listener)
    await Promise.all(
      Array.from({ length: 50 }, (_, place) =>
        (place % 2 ? store : other).transact(put(`w/${place % 7}`, String(place))),
      ),
    )
    const last = await write(store, { when: [], put: put('else').put, remove: ['w/3', 'absent'] })
    await settle()
    const changes = seen.changes()
    const revisions = changes.map(({ revision }) => revision)
    assert.equal(new Set(revisions).size, 51)
    assert.deepEqual(
      revisions,
      revisions.toSorted((one, next) => one - next),
    )
    assert.deepEqual(changes.at(-1), { key: 'w/3', value: null, revision: last })
    assert.equal(seen.gaps, 0)
  })

  claim("one transaction's changes are told together", async ({ store, settle }) => {
    const { seen, listener } = recorder()
    store.watch('', await baseOf(store), listener)
    await store.transact({ ...none, put: [...put('a').put, ...put('b').put, ...put('c').put] })
    await store.transact({ ...none, put: put('d').put, remove: ['a', 'b'] })
    await settle()
    for (const call of seen.calls) {
      for (const { revision } of call) assert.equal(call.filter((change) => change.revision === revision).length, 3)
    }
    assert.deepEqual(
      seen
        .changes()
        .map(({ key, value }) => `${key}=${value}`)
        .sort(),
      ['a=1', 'a=null', 'b=1', 'b=null', 'c=1', 'd=1'],
    )
  })

  claim(
    'a watcher that begins at an earlier revision catches up, and no call comes before watch returned',
    async ({ store, settle }) => {
      const revisions: Revision[] = []
      for (const key of ['a', 'b', 'c', 'd']) revisions.push(await write(store, put(key)))
      const [, second = 0, , fourth = 0] = revisions
      const { seen, listener } = recorder()
      store.watch('', second, listener)
      assert.equal(seen.calls.length, 0)
      const late = recorder()
      store.watch('', fourth, late.listener)
      await store.transact(put('e'))
      await settle()
      assert.deepEqual(
        seen.changes().map(({ key }) => key),
        ['c', 'd', 'e'],
      )
      assert.deepEqual(
        late.seen.changes().map(({ key }) => key),
        ['e'],
      )
    },
  )

  claim('reading and watching from there misses nothing and repeats nothing', async ({ store, other, settle }) => {
    const writes = Array.from({ length: 40 }, (_, place) => other.transact(put(`k${place}`)))
    const snapshot = await store.read('')
    const { seen, listener } = recorder()
    store.watch('', snapshot.revision, listener)
    await Promise.all(writes)
    await settle()
    const heard = [...snapshot.entries.map(({ key }) => key), ...seen.changes().map(({ key }) => key)]
    assert.deepEqual(heard.sort(), Array.from({ length: 40 }, (_, place) => `k${place}`).sort())
  })

  claim('a stopped watcher hears nothing more', async ({ store, settle }) => {
    const { seen, listener } = recorder()
    const stop = store.watch('', await baseOf(store), listener)
    await store.transact(put('a'))
    await settle()
    stop()
    stop()
    await store.transact(put('b'))
    await settle()
    assert.deepEqual(
      seen.changes().map(({ key }) => key),
      ['a'],
    )
  })

  claim('a conflict is no change', async ({ store, settle }) => {
    const { seen, listener } = recorder()
    store.watch('', await baseOf(store), listener)
    await store.transact({ ...put('a'), when: [{ key: 'a', revision: 7 }] })
    await settle()
    assert.deepEqual(seen.changes(), [])
  })

  claim('a revision that the store has never had is a gap, told once', async ({ store, settle }) => {
    const revision = await write(store, put('a'))
    const { seen, listener } = recorder()
    store.watch('', revision + 1_000_000, listener)
    await settle()
    await store.transact(put('b'))
    await settle()
    assert.deepEqual([seen.gaps, seen.changes()], [1, []])
  })

  claim('one who watches from longer ago than changes are kept is told of a gap', async ({ store, settle, forget }) => {
    const first = await write(store, put('k0'))
    for (let round = 0; round < (forget === undefined ? 6 : 1); round++) {
      const writes = Array.from({ length: 20_000 }, (_, place) => ({ key: `k${place}`, value: String(round) }))
      await store.transact({ ...none, put: writes })
    }
    await store.transact(put('k1'))
    await forget?.()
    const { seen, listener } = recorder()
    store.watch('', first, listener)
    await settle()
    assert.deepEqual([seen.gaps, seen.changes().length], [1, 0])
  })
}
