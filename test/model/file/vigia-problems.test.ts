import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Problem } from '../../../src/model/file/problem.ts'
import { cpuMsOf } from '../../cpu-time.ts'
import { guests } from './problem-cases.ts'
import { brief, parseText } from './samples.ts'

const warned: [says: string, text: string, warnings: string[]][] = [
  [
    'a need on a port that is not declared',
    guests('  b: {services: [22/tcp]}\n  a: {needs: ["b:80/tcp"]}\n'),
    ['4:15 undeclared-port guests.a.needs[0]'],
  ],
  [
    'two guests with one address',
    guests('  b: {address: 192.0.2.1}\n  a: {address: 192.0.2.1}\n'),
    ['4:16 taken-twice guests.a.address'],
  ],
  [
    'an external need with the name of a guest',
    guests('  b:\n  a: {needs: [{external: "b:1/tcp"}]}\n'),
    ['4:15 external-is-known guests.a.needs[0]'],
  ],
]

for (const [says, text, warnings] of warned) {
  test(`warned of, and accepted: ${says}`, () => {
    const result = parseText(text)
    assert.ok(result.ok)
    assert.deepEqual(result.warnings.map(brief), warnings)
  })
}

test('all errors at once, in the order of the lines', () => {
  const text = guests('  a: {memory: 1, needs: [x], state: up}\n  b: {grace: 1}\nnmae: x\n')
  const result = parseText(text)
  assert.ok(!result.ok)
  assert.deepEqual(result.problems.map(brief), [
    '3:15 bad-unit guests.a.memory',
    '3:26 unknown-guest guests.a.needs[0]',
    '3:37 bad-choice guests.a.state',
    '4:14 bad-unit guests.b.grace',
    '5:1 unknown-key nmae',
  ])
})

test('a need on a guest that has errors of its own is not called unknown', () => {
  const result = parseText(guests('  a: {needs: [b, c]}\n  b: {xml: none.xml}\n  c: []\n'))
  assert.ok(!result.ok)
  assert.deepEqual(result.problems.map(brief), ['4:12 unreadable guests.b.xml', '5:6 wrong-type guests.c'])
})

test('the list of errors is bounded, and says how many more there are', () => {
  const lines = Array.from({ length: 500 }, (_, index) => `  g${index}: {cpus: 0}\n`)
  const result = parseText(guests(lines.join('')))
  assert.ok(!result.ok)
  assert.equal(result.problems.length, 201)
  const last: Problem | undefined = result.problems.at(-1)
  assert.equal(last?.code === 'more' && last.got, 300)
  assert.equal(last?.line, 203)
})

test('aliases work, and a bomb of them is refused', () => {
  const shared = parseText(guests('  a: {tags: &t [web]}\n  b: {tags: *t}\n'))
  assert.ok(shared.ok)
  assert.deepEqual(shared.spec.guests[1]?.tags, ['web'])
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
  for (const [one, next] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map((pair) => [...pair])) {
    bomb.push(`${next}: &${next} [${Array(9).fill(`*${one}`).join(',')}]`)
  }
  const result = parseText(bomb.join('\n'), {}, 'vigia')
  assert.ok(!result.ok)
  assert.equal(result.problems[0]?.code, 'too-many')
})

test('a file too large is refused unread', () => {
  const result = parseText(`version: 1\n#${'x'.repeat(9 * 1024 * 1024)}`)
  assert.ok(!result.ok)
  assert.deepEqual(result.problems.map(brief), ['1:1 too-large'])
})

test('a file of nothing but errors is not read to its end', () => {
  const result = parseText(']'.repeat(1_000_000), {}, 'vigia')
  assert.ok(!result.ok)
  assert.ok(result.problems.length <= 201)
})

test('squares of tags are refused before they fill the memory', () => {
  const many = Array.from({ length: 1_500 }, (_, index) => `  g${index}: {tags: [all], needs: ["@all"]}\n`).join('')
  const result = parseText(guests(many))
  assert.ok(!result.ok)
  assert.ok(result.problems.some((problem) => problem.code === 'too-many' && problem.what === 'needs'))
})

test('ten thousand names that nobody has do not cost ten thousand searches among ten thousand', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `guest-number-${index}: guest-numbre-${index}\n`).join('')
  let result = parseText('')
  const tookMs = cpuMsOf(() => {
    result = parseText(many)
  })
  assert.ok(!result.ok)
  assert.equal(result.problems.length, 201)
  assert.ok(tookMs < 30_000, `${tookMs} ms`)
})
