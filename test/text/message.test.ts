import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Filling } from '../../src/text/message.ts'
import { fill, namesIn, translatedFrom } from '../../src/text/message.ts'
import { createText } from '../../src/text/text.ts'

const filling: Filling = { absent: '?', plural: (count) => (count === 1 ? 'one' : 'other'), number: String }

test('an argument is filled in, a plural chosen, an optional part kept or left out', () => {
  const template = '{count} {count|guest|guests} on {host}[? with {text}]'
  assert.equal(fill(template, { count: 1, host: 'a' }, filling), '1 guest on a')
  assert.equal(fill(template, { count: 2, host: 'a', text: 'x' }, filling), '2 guests on a with x')
  assert.equal(fill(template, { count: 0, host: 'a', text: '' }, filling), '0 guests on a')
})

test('an argument that is missing reads as absent instead of undefined', () => {
  assert.equal(fill('waits for {need}', {}, filling), 'waits for ?')
})

test('brackets that are no optional part stay as they are', () => {
  assert.equal(fill('launch [GUEST…]', {}, filling), 'launch [GUEST…]')
})

test('a value that looks like a template is not filled again', () => {
  assert.equal(fill('{a} {b}', { a: '{b}', b: '[?x]' }, filling), '{b} [?x]')
})

test('the names of a template are found once each', () => {
  assert.deepEqual(namesIn('{a} {b|x|y}[? {a} {c}]'), ['a', 'b', 'c'])
})

// The compiler is the test here: each of these must be refused, or `tsc` reports an unused directive.
test('a translation that differs from English does not compile', () => {
  const english = { hello: 'hello {name}', bye: 'bye' } as const
  // @ts-expect-error a missing key
  translatedFrom<typeof english>()({ hello: 'olá {name}' })
  // @ts-expect-error a missing argument
  translatedFrom<typeof english>()({ hello: 'olá', bye: 'tchau' })
  // @ts-expect-error an unknown argument
  translatedFrom<typeof english>()({ hello: 'olá {name}', bye: 'tchau {name}' })
  // @ts-expect-error an unknown key
  translatedFrom<typeof english>()({ hello: 'olá {name}', bye: 'tchau', more: 'mais' })
  assert.deepEqual(translatedFrom<typeof english>()({ hello: 'olá {name}', bye: 'tchau' }).bye, 'tchau')
})

test('a call without the arguments of its message does not compile', () => {
  const text = createText('en')
  // @ts-expect-error the count is needed
  assert.match(text.cli('guest-count'), /unknown/)
  // @ts-expect-error no such key
  text.cli('no-such-message')
})
