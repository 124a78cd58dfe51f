import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FileNode } from '../../../src/model/file/node.ts'
import { readPlainYaml } from '../../../src/model/file/plain-yaml.ts'
import { ProblemList } from '../../../src/model/file/problem-list.ts'
import { Reader } from '../../../src/model/file/reader.ts'
import { SourceText } from '../../../src/model/file/source.ts'
import { readYamlTree } from '../../../src/model/file/yaml-tree.ts'

const examples = ['minimal.yaml', 'small-company.yaml'].map((name) =>
  readFileSync(join(import.meta.dirname, '../../../examples', name), 'utf8'),
)

/** What the library makes of it; null where it finds anything wrong. */
function byLibrary(text: string): FileNode | null {
  const problems = new ProblemList()
  const tree = readYamlTree(new Reader(new SourceText('x.yaml', text), problems, () => ({ reason: 'ENOENT' })))
  return problems.hasErrors || tree === undefined ? null : tree
}

/** Gives whether the plain reader took the text. */
function agree(text: string): boolean {
  const plain = readPlainYaml(text)
  if (plain === null) return false
  assert.deepEqual(plain, byLibrary(text), JSON.stringify(text))
  return true
}

test('the examples are plain, and read as the library reads them', () => {
  for (const text of examples) assert.ok(agree(text))
})

const plainTexts = [
  'a: 1\nb: two words\n',
  '---\na: 1\n',
  'a:\n- x\n- y\nb:\n  - z\n',
  'a:\n  - x: 1\n    y: 2\n  -   z: 3\n      w: 4\n',
  'a: [1, "x, y", {b: c, "d": [e]}, ]\n',
  'a: [\n  1,\n  2\n  ]\nb: 3',
  "a: 'x # y' # comment\n# another\n\nb: x#y\n",
  'a:\r\n  b: c\r\n',
  'a:\nb:\n  c:\nd: ~\n',
  'needs: [dns:53/udp, "@web:22/tcp"]\n',
]

test('plain texts are taken', () => {
  for (const text of plainTexts) assert.ok(agree(text), JSON.stringify(text))
})

test('anything else is left to the library', () => {
  const others = [
    '',
    'x',
    '- a',
    'a: &x 1\n',
    'a: *x\n',
    'a: |\n  text\n',
    'a: one\n  two\n',
    'a: "\\n"\n',
    "a: 'it''s'\n",
    'a: b: c\n',
    'a: [b\n',
    'a: [b: c]\n',
    'a: {b}\n',
    'a:\n    b: 1\n  c: 2\n',
    'a: 1\n---\nb: 2\n',
    '? a\n: b\n',
    'a:\tb\n',
    '  a: 1\nb: 2\n',
    'a: !!str 1\n',
    'a: [1]x\n',
    'a: @x\n',
    `a: ${'['.repeat(100)}`,
    `${'- '.repeat(100)}a`,
  ]
  for (const text of others.slice(3)) assert.equal(readPlainYaml(text), null, JSON.stringify(text))
  for (const text of others) agree(text)
})

const pieces = [
  'a',
  'b:',
  'key: ',
  ': ',
  ':',
  '- ',
  '-',
  '\n',
  '\n  ',
  '\n    ',
  ' ',
  '[',
  ']',
  '{',
  '}',
  ', ',
  ',',
  '"',
  "'",
]
const more = [
  '#',
  ' # c',
  '&x',
  '*x',
  '|',
  '>',
  '!',
  '%',
  '@',
  '`',
  '\t',
  '\r\n',
  '\\',
  '?',
  '? ',
  '---',
  '...',
  '<<: ',
  '~',
  'é',
  '\u00a0',
  '\ufeff',
]

test('whatever the plain reader takes, the library takes and reads alike: pieces of YAML in any order', () => {
  const anyText = fc
    .array(fc.constantFrom(...pieces, ...pieces, ...more), { maxLength: 25 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(anyText, (text) => void agree(text)),
    { numRuns: 4_000 },
  )
})

test('whatever the plain reader takes, the library takes and reads alike: good files with changes', () => {
  const source = fc.constantFrom(...plainTexts, ...examples)
  const change = fc.record({ at: fc.nat(3_000), cut: fc.nat(3), put: fc.constantFrom('', '', ...pieces, ...more) })
  fc.assert(
    fc.property(source, fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
      let changed = text
      for (const { at, cut, put } of changes) {
        const place = at % (changed.length + 1)
        changed = changed.slice(0, place) + put + changed.slice(place + cut)
      }
      agree(changed)
    }),
    { numRuns: 1_500 },
  )
})

test('whatever the plain reader takes, the library takes and reads alike: lines at any depth', () => {
  const contents = [
    ...['a: 1', 'b:', 'c: [1, 2]', 'd: {a: b, "c": [d]}', "e: 'q' # c", '"f": v', 'g : v', 'h: -x', 'i: :x', 'j: a#b'],
    ...['- x', '- k: v', '-', '- [a]', '- - a', '-   m: n', '- "q": r', '- {a: b}', '- a:'],
    ...[
      '# c',
      '',
      'plain',
      'k: - b',
      'x: y: z',
      'l: [',
      '1,',
      ']',
      'm: {',
      'n: o',
      '}',
      '---',
      '...',
      'o: "a',
      'p: [a] b',
      'q: [a, b]',
    ],
    ...[
      'r: [a:b, c]',
      's: {a: b:c}',
      't: [ a ,b ]',
      'u: {a: , b: c}',
      'v: {a:}',
      'w: [a #b]',
      "x: ''",
      'y: é\u00a0',
      'z: [é\u2003]',
    ],
  ]
  const line = fc.record({ indent: fc.constantFrom(0, 0, 0, 2, 2, 4), content: fc.constantFrom(...contents) })
  const end = fc.constantFrom('\n', '\n', '\n', '\r\n', ' \n')
  let taken = 0
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), end, (lines, lineEnd) => {
      const text = lines.map(({ indent, content }) => ' '.repeat(indent) + content).join(lineEnd)
      if (agree(text)) taken += 1
    }),
    { numRuns: 4_000 },
  )
  assert.ok(taken > 50, `only ${taken} texts were plain: this test claims nothing`)
})
