import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeValue, encodeValue } from '../../../src/drivers/etcd/value-codec.ts'
import { linesOf, WatchAnswers } from '../../../src/drivers/etcd/watch-answers.ts'
import { endOfPrefix, Garbled, integer } from '../../../src/drivers/etcd/wire.ts'

const unicode = fc.string({ unit: 'binary', maxLength: 60 })

test('any text comes back as it was, short or long', async () => {
  await fc.assert(
    fc.asyncProperty(unicode, fc.constantFrom(1, 500, 5_000), async (piece, times) => {
      const value = piece.repeat(times)
      assert.equal(await decodeValue(await encodeValue(value)), value)
    }),
    { numRuns: 100 },
  )
})

test('a large value shrinks, a small one stays as it is', async () => {
  const large = JSON.stringify(
    Array.from({ length: 2_000 }, (_, place) => ({ guest: `guest-${place}`, memoryMib: 512 })),
  )
  assert.ok((await encodeValue(large)).length < large.length / 5)
  assert.equal((await encodeValue('{"a":1}')).toString(), '{"a":1}')
})

test('a range holds exactly the keys with its prefix', () => {
  fc.assert(
    fc.property(unicode, unicode, (prefix, other) => {
      const begin = Buffer.from(`/${prefix}`)
      const end = Buffer.from(endOfPrefix(`/${prefix}`), 'base64')
      for (const key of [`/${prefix}${other}`, `/${other}`, `/${other}${prefix}`]) {
        const bytes = Buffer.from(key)
        const within = begin.compare(bytes) <= 0 && bytes.compare(end) < 0
        assert.equal(within, key.startsWith(`/${prefix}`), JSON.stringify([prefix, key]))
      }
    }),
  )
})

test('numbers that are none are garbled answers', () => {
  assert.deepEqual(
    [undefined, '0', '17', 5].map((value) => integer(value, 'n')),
    [0, 0, 17, 5],
  )
  for (const value of ['', '-1', '1e3', '99999999999999999999', null, -1, 1.5, {}]) {
    assert.throws(() => integer(value, 'n'), Garbled, String(value))
  }
})

test('however answers are cut into parts, lines and chunks, each transaction is told whole, once, in order', async () => {
  const transactions = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 })
  const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 4 }))
  const chunks = fc.infiniteStream(fc.integer({ min: 1, max: 300 }))
  await fc.assert(
    fc.asyncProperty(transactions, cuts, cuts, chunks, async (sizes, answerSizes, partSizes, chunkSizes) => {
      const text = spoken(sizes, answerSizes, partSizes)
      const calls: number[][] = []
      const answers = new WatchAnswers()
      for await (const line of linesOf(cut(Buffer.from(text), chunkSizes), () => {})) {
        const news = answers.take(JSON.parse(line), line.length)
        if (news.kind === 'changes') calls.push(news.changes.map(({ revision }) => revision))
        else assert.equal(news.kind, 'part')
      }
      assert.deepEqual(
        calls.flat(),
        sizes.flatMap((size, place) => Array<number>(size).fill(place + 1)),
      )
      for (const revisions of calls) {
        for (const revision of revisions) {
          assert.equal(revisions.filter((other) => other === revision).length, sizes[revision - 1])
        }
      }
    }),
    { numRuns: 200 },
  )
})

/** Transactions of so many changes as etcd would say them: some to an answer, each answer in parts cut anywhere. */
function spoken(sizes: readonly number[], answerSizes: Iterator<number>, partSizes: Iterator<number>): string {
  const lines: string[] = []
  let place = 0
  while (place < sizes.length) {
    const together = sizes.slice(place, place + answerSizes.next().value)
    const events = together.flatMap((size, more) => {
      return Array.from({ length: size }, () => ({ kv: { key: 'YQ==', mod_revision: String(place + more + 1) } }))
    })
    place += together.length
    while (events.length > 0) {
      const part = events.splice(0, partSizes.next().value)
      const fragment = events.length > 0 ? { fragment: true } : {}
      lines.push(JSON.stringify({ result: { header: { revision: '9' }, ...fragment, events: part } }))
    }
  }
  return `${lines.join('\n')}\n`
}

async function* cut(bytes: Buffer, sizes: Iterator<number>): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; ) {
    const size: number = sizes.next().value
    yield bytes.subarray(from, from + size)
    from += size
  }
}
