import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Problem } from '../../../src/model/file/problem.ts'
import { fullFiles, fullYaml, parseText } from './samples.ts'

const examples = join(import.meta.dirname, '../../../examples')
const files = ['minimal.yaml', 'small-company.yaml', 'scenario-a.conf', 'scenario-b.conf', 'example.conf']
const sources = [...files.map((name) => readFileSync(join(examples, name), 'utf8')), fullYaml]

/** Whatever the text: a spec whose every name is known, or problems that each lie somewhere in the file. */
function claim(text: string): void {
  for (const format of ['auto', 'vigia', 'lauxen'] as const) {
    const result = parseText(text, fullFiles, format)
    result.warnings.forEach(liesInFile)
    if (!result.ok) {
      assert.ok(result.problems.length > 0)
      result.problems.forEach(liesInFile)
      continue
    }
    const names = new Set<string>(result.spec.guests.map((guest) => guest.id))
    assert.equal(names.size, result.spec.guests.length)
    for (const guest of result.spec.guests) {
      for (const need of guest.needs)
        assert.ok(need.kind === 'external' || (names.has(need.guest) && need.guest !== guest.id))
    }
  }
}

function liesInFile(problem: Problem): void {
  assert.ok(problem.line >= 1 && problem.column >= 1, JSON.stringify(problem))
  assert.ok(JSON.stringify(problem).length < 20_000)
}

test('any bytes at all are read or refused', () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('utf8'))
  fc.assert(fc.property(fc.oneof(bytes, fc.string({ unit: 'binary', maxLength: 200 })), claim), { numRuns: 300 })
})

test('any text of the words of both formats is read or refused', () => {
  const words = [
    'version: 1\n',
    'guests:\n',
    '  a:\n',
    '  b: {',
    '}',
    '    needs: [',
    ']',
    '"a:22/tcp"',
    '@a',
    'services: ',
    '22/tcp',
    ', ',
    '\n',
  ]
  const more = [
    'nada',
    'a(22T)',
    'b',
    ': ',
    '!',
    '(53U)',
    '{40}',
    '# c',
    '\t',
    ' ',
    'defaults: ',
    'hosts: ',
    'h: ',
    '&x ',
    '*x',
    '512 MiB',
    '- ',
    '|\n',
    '<<: ',
  ]
  const text = fc.array(fc.constantFrom(...words, ...more), { maxLength: 30 }).map((parts) => parts.join(''))
  fc.assert(fc.property(text, claim), { numRuns: 400 })
})

test('good files with parts cut, doubled, swapped or overwritten are read or refused', () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(30),
    put: fc.oneof(
      fc.constant(''),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom('null', '[]', '{}', '""', '0', '-1', '1e99', '__proto__', 'constructor', '\n'),
    ),
    double: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.constantFrom(...sources), fc.array(change, { minLength: 1, maxLength: 4 }), (source, changes) => {
      let text = source
      for (const { at, length, put, double } of changes) {
        const from = Math.floor(at * text.length)
        const part = text.slice(from, from + length)
        text = text.slice(0, from) + (double ? part + part : put) + text.slice(from + length)
      }
      claim(text)
    }),
    { numRuns: 300 },
  )
})

test('every value of a file replaced by other kinds of value is read or refused', () => {
  const values = [
    '',
    '~',
    'text',
    '"quoted"',
    '7',
    '-1.5',
    'true',
    '[]',
    '[a]',
    '[[]]',
    '{}',
    '{a: b}',
    '{__proto__: {}}',
    '[null]',
    '[{}]',
  ]
  const lines = fullYaml.split('\n')
  const places = lines.flatMap((line, index) => (/^ *(?:- )?[A-Za-z$]+: \S/.test(line) ? [index] : []))
  for (const place of places) {
    // A third of them at each place, another third at the next.
    for (const value of values.filter((_, index) => (index + place) % 3 === 0)) {
      const line = lines[place]!.replace(/^( *(?:- )?[A-Za-z$]+: ).*$/, (_, key: string) => key + value)
      const text = lines.with(place, line).join('\n')
      const result = parseText(text, fullFiles)
      if (!result.ok) result.problems.forEach(liesInFile)
    }
  }
})
