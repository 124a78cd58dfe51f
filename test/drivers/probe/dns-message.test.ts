import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DnsFormatError, decodeMessage, encodeQuestion, repliesTo } from '../../../src/drivers/probe/dns-message.ts'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))

test('a question for the root name servers, byte for byte', () => {
  assert.deepEqual(encodeQuestion(0x1234, '.', 'NS'), bytes('1234 0100 0001 0000 0000 0000 00 0002 0001'))
})

test('a question for a name, with and without its final dot', () => {
  const expected = bytes('0001 0100 0001 0000 0000 0000 03777777 076578616d706c65 00 001c 0001')
  assert.deepEqual(encodeQuestion(1, 'www.example', 'AAAA'), expected)
  assert.deepEqual(encodeQuestion(1, 'www.example.', 'AAAA'), expected)
})

test('names that cannot be written are no question', () => {
  for (const name of ['a..b', `${'x'.repeat(64)}.de`, Array(130).fill('x').join('.')]) {
    assert.equal(encodeQuestion(1, name, 'A'), null)
  }
})

test('a reply with a compressed name and an address', () => {
  const reply = decodeMessage(
    bytes('0007 8180 0001 0001 0000 0000 01610162 00 0001 0001 c00c 0001 0001 0000003c 0004 c0000201'),
  )
  assert.equal(reply.isReply, true)
  assert.deepEqual(reply.questions, [{ name: 'a.b', type: 1, class: 1 }])
  assert.deepEqual(reply.answers[0]?.name, 'a.b')
  assert.deepEqual([...(reply.answers[0]?.data ?? [])], [192, 0, 2, 1])
  assert.equal(reply.answers[0]?.ttlSeconds, 60)
})

test('pointers that loop or point forward are refused', () => {
  for (const name of ['c00c', 'c0ff', '0161c00c', 'c00e c00c']) {
    assert.throws(() => decodeMessage(bytes(`0001 8000 0001 0000 0000 0000 ${name} 0001 0001`)), DnsFormatError)
  }
})

test('a truncated reply keeps the answers that are whole', () => {
  const whole = '0007 8380 0001 0002 0000 0000 00 0002 0001 00 0002 0001 00000001 0001 00'
  assert.equal(decodeMessage(bytes(`${whole} 00 0002`)).answers.length, 1)
  assert.throws(() => decodeMessage(bytes(`${whole} 00 0002`.replace('8380', '8180'))), DnsFormatError)
})

test('only the reply to our question counts', () => {
  const reply = decodeMessage(bytes('0007 8180 0001 0000 0000 0000 01410162 00 0001 0001'))
  assert.equal(repliesTo(reply, 7, 'a.B.', 'A'), true)
  assert.equal(repliesTo(reply, 8, 'a.b', 'A'), false)
  assert.equal(repliesTo(reply, 7, 'a.c', 'A'), false)
  assert.equal(repliesTo(reply, 7, 'a.b', 'NS'), false)
  assert.equal(repliesTo({ ...reply, isReply: false }, 7, 'a.b', 'A'), false)
  assert.equal(repliesTo({ ...reply, questions: [], responseCode: 5 }, 7, 'a.b', 'A'), true)
  assert.equal(repliesTo({ ...reply, questions: [] }, 7, 'a.b', 'A'), false)
})

test('what is encoded decodes to the same question', () => {
  const label = fc.stringMatching(/^[a-z0-9-]{1,63}$/)
  fc.assert(
    fc.property(fc.nat(0xffff), fc.array(label, { maxLength: 3 }), (id, labels) => {
      const question = encodeQuestion(id, labels.join('.'), 'SOA')
      assert.ok(question)
      const decoded = decodeMessage(question)
      assert.equal(decoded.id, id)
      assert.deepEqual(decoded.questions, [{ name: labels.join('.'), type: 6, class: 1 }])
    }),
  )
})

test('any bytes decode or are refused, quickly', () => {
  const check = (input: Uint8Array) => {
    try {
      decodeMessage(input)
    } catch (error) {
      assert.ok(error instanceof DnsFormatError, String(error))
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), check), { numRuns: 2_000 })
  // Headers that promise something, so that the rest is looked at.
  const promising = fc.uint8Array({ minLength: 1, maxLength: 600 })
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), promising, (questions, answers, rest) =>
      check(Uint8Array.from([0, 1, 0x80, 0, 0, questions, 0, answers, 0, 0, 0, 0, ...rest])),
    ),
    { numRuns: 3_000 },
  )
})

test('a message made of pointers to pointers ends', () => {
  const head = bytes('0001 8000 0000 0fff 0000 0000')
  const chain = Array.from({ length: 8_000 }, (_, n) => [
    0xc0 | ((12 + 2 * (n - 1)) >> 8),
    (12 + 2 * (n - 1)) & 0xff,
  ]).flat()
  assert.throws(() => decodeMessage(Uint8Array.from([...head, 0, 0, ...chain])), DnsFormatError)
})
