import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../src/model/fault.ts'
import type { Store, Transaction } from '../../src/ports/store.ts'
import { storeLimits } from '../../src/ports/store-limits.ts'
import { baseOf, type Claim, none, put, type StoreFactory, type StoreUnderTest, write } from './store-parts.ts'
import { watches } from './store-watches.ts'

export function storeConformance(name: string, make: StoreFactory): void {
  const claim = (text: string, run: (under: StoreUnderTest) => Promise<void>): void => {
    test(`${name}: ${text}`, async () => {
      const under = await make()
      try {
        await run(under)
      } finally {
        await under.close()
      }
    })
  }
  readsAndWrites(claim)
  comparisons(claim)
  limits(claim)
  watches(claim)
}

function readsAndWrites(claim: Claim): void {
  claim('an empty store has no entries, and reading it changes nothing', async ({ store }) => {
    assert.deepEqual(await store.read(''), { revision: await baseOf(store), entries: [] })
  })

  claim('the revision grows with each transaction that changed something, and with no other', async ({ store }) => {
    const base = await baseOf(store)
    const first = await write(store, put('a'))
    const second = await write(store, { ...none, put: [...put('b').put, ...put('c').put] })
    assert.ok(base < first && first < second, `${base} < ${first} < ${second}`)
    assert.equal(await write(store, { ...none, remove: ['absent'] }), second)
    assert.equal(await write(store, none), second)
    const third = await write(store, { ...none, remove: ['a', 'absent'] })
    const fourth = await write(store, put('b'))
    assert.ok(second < third && third < fourth, `${second} < ${third} < ${fourth}`)
    assert.equal((await store.read('')).revision, fourth)
  })

  claim('one reads what one was told is written, and so does everybody', async ({ store, other }) => {
    for (let count = 1; count <= 5; count++) {
      const revision = await write(store, put('a', String(count)))
      assert.deepEqual(await store.read('a'), { revision, entries: [{ key: 'a', value: String(count), revision }] })
      assert.deepEqual(await other.read('a'), await store.read('a'))
    }
    const revision = await write(other, { ...none, remove: ['a'] })
    assert.deepEqual(await store.read(''), { revision, entries: [] })
  })

  claim('an entry keeps the revision that wrote it', async ({ store }) => {
    const [a, b] = [await write(store, put('a')), await write(store, put('b'))]
    const { entries } = await store.read('')
    assert.deepEqual(
      entries.map(({ key, revision }) => [key, revision]),
      [
        ['a', a],
        ['b', b],
      ],
    )
  })

  claim('values come back as they were, whatever characters they hold', async ({ store }) => {
    const values = [
      '',
      '{}',
      '"\\u0000"',
      '\0',
      'ção',
      '漢字',
      '😀👩‍👩‍👧',
      '\u202e\ufeff\uffff',
      "'; DROP TABLE entries; --",
      '"\n\r\t\u2028',
    ]
    await store.transact({ ...none, put: values.map((value, place) => ({ key: `k${place}`, value })) })
    const { entries } = await store.read('k')
    assert.deepEqual(
      entries.map(({ value }) => value),
      values,
    )
  })

  claim('a prefix is text, not a pattern, and entries are sorted by code unit', async ({ store }) => {
    const keys = [
      'a',
      'a%',
      'a%b',
      'a_',
      'a_b',
      'ab',
      'aB',
      'a\uffff',
      'a\uffffz',
      'a😀',
      'a\ue000',
      'a\0',
      'a\ud7ff',
      'b',
      'A',
      "a'",
      'a*',
      'a\u{10ffff}',
      '\u{10ffff}',
    ]
    await store.transact({ ...none, put: keys.map((key) => ({ key, value: key })) })
    for (const prefix of [
      '',
      'a',
      'a%',
      'a_',
      'a\uffff',
      'a😀',
      'a\ue000',
      'a\0',
      'a\ud7ff',
      'b',
      '%',
      '_',
      'a*',
      'zz',
      'a\u{10ffff}',
      '\u{10ffff}',
    ]) {
      const expected = keys.filter((key) => key.startsWith(prefix)).sort()
      assert.deepEqual(
        (await store.read(prefix)).entries.map(({ key }) => key),
        expected,
        `prefix ${JSON.stringify(prefix)}`,
      )
    }
  })

  claim('a large value and many keys pass', async ({ store }) => {
    const value = 'é'.repeat(storeLimits.valueBytes / 2)
    await store.transact(put('large', value))
    assert.equal((await store.read('large')).entries[0]?.value, value)
    const many = Array.from({ length: storeLimits.writes }, (_, place) => ({ key: `many/${place}`, value: '1' }))
    await store.transact({ ...none, put: many })
    assert.equal((await store.read('many/')).entries.length, storeLimits.writes)
  })
}

function comparisons(claim: Claim): void {
  claim('a comparison that does not hold writes nothing and names every key in conflict', async ({ store }) => {
    const written = await write(store, { ...none, put: [...put('a').put, ...put('b').put, ...put('c').put] })
    const when = [
      { key: 'a', revision: 0 },
      { key: 'b', revision: written },
      { key: 'c', revision: written + 1 },
      { key: 'd', revision: written },
      { key: 'e', revision: 0 },
    ]
    const result = await store.transact({ when, put: [{ key: 'x', value: '1' }], remove: ['b'] })
    assert.ok(!result.done)
    assert.deepEqual([...result.conflict].sort(), ['a', 'c', 'd'])
    const { revision, entries } = await store.read('')
    assert.equal(revision, written)
    assert.deepEqual(
      entries.map(({ key }) => key),
      ['a', 'b', 'c'],
    )
  })

  claim('revision 0 means that the key does not exist, also after it was removed', async ({ store }) => {
    const create: Transaction = { ...put('a'), when: [{ key: 'a', revision: 0 }] }
    assert.ok((await store.transact(create)).done)
    assert.deepEqual(await store.transact(create), { done: false, conflict: ['a'] })
    await store.transact({ ...none, remove: ['a'] })
    assert.ok((await store.transact(create)).done)
  })

  claim('comparing alone tells whether it holds and changes nothing', async ({ store }) => {
    const revision = await write(store, put('a'))
    assert.deepEqual(await store.transact({ ...none, when: [{ key: 'a', revision }] }), { done: true, revision })
    assert.deepEqual(await store.transact({ ...none, when: [{ key: 'a', revision: revision + 1 }] }), {
      done: false,
      conflict: ['a'],
    })
  })

  claim('of writers at the same time one wins, and no increment is lost', async ({ store, other }) => {
    await store.transact(put('n', '0'))
    const increment = async (through: Store): Promise<void> => {
      for (let tries = 0; tries < 1000; tries++) {
        const entry = (await through.read('n')).entries[0]
        assert.ok(entry)
        const value = String(Number(entry.value) + 1)
        const result = await through.transact({
          when: [{ key: 'n', revision: entry.revision }],
          put: [{ key: 'n', value }],
          remove: [],
        })
        if (result.done) return
      }
      assert.fail('no turn in 1000 tries')
    }
    await Promise.all(Array.from({ length: 20 }, (_, place) => increment(place % 2 === 0 ? store : other)))
    const { revision, entries } = await store.read('n')
    assert.deepEqual(entries, [{ key: 'n', value: '20', revision }])
  })

  claim('transactions given together each have their own answer', async ({ store }) => {
    const create = (key: string): Transaction => ({ ...put(key), when: [{ key, revision: 0 }] })
    const keys = ['a', 'b', 'a', 'c', 'b', 'd']
    const results = await Promise.all(keys.map((key) => store.transact(create(key))))
    assert.equal(results.filter(({ done }) => done).length, 4)
    assert.equal(results.flatMap((result) => (result.done ? [] : result.conflict)).length, 2)
    const revisions = results.flatMap((result) => (result.done ? [result.revision] : []))
    assert.equal(new Set(revisions).size, 4)
    assert.equal((await store.read('')).revision, Math.max(...revisions))
  })
}

function limits(claim: Claim): void {
  const overLimit: Readonly<Record<string, Transaction>> = {
    'a key of more than 512 bytes': put('é'.repeat(257)),
    'a value of more than 16 MiB': put('a', 'x'.repeat(storeLimits.valueBytes + 1)),
    'more than 20 000 writes': {
      ...none,
      remove: Array.from({ length: storeLimits.writes + 1 }, (_, place) => `k${place}`),
    },
  }
  const refused: Readonly<Record<string, Transaction>> = {
    'an empty key': put(''),
    'a key that is not well-formed Unicode': put('a\ud800'),
    'a value that is not well-formed Unicode': put('a', '\udc00'),
    'a key put and removed at once': { ...put('a'), remove: ['a'] },
  }
  const expectFault = (text: string, code: string, transaction: Transaction): void => {
    claim(`${text} is refused and nothing written`, async ({ store }) => {
      const base = await baseOf(store)
      const good = put('good').put
      await assert.rejects(store.transact({ ...transaction, put: [...good, ...transaction.put] }), (fault: unknown) => {
        assert.ok(fault instanceof Fault)
        assert.deepEqual([fault.code, fault.outcome], [code, 'not-done'])
        return true
      })
      assert.deepEqual(await store.read(''), { revision: base, entries: [] })
    })
  }
  for (const [text, transaction] of Object.entries(overLimit)) expectFault(text, 'limit-reached', transaction)
  for (const [text, transaction] of Object.entries(refused)) expectFault(text, 'bad-request', transaction)

  claim('a key of exactly 512 bytes passes', async ({ store }) => {
    const key = 'é'.repeat(256)
    await store.transact(put(key))
    assert.equal((await store.read(key)).entries.length, 1)
  })
}

/** Remembers what a watcher was told. */
