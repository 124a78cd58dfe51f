import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { web } from '../../src/text/en/web.ts'
import { keyScenes } from './key-actions.ts'

const folder = join(import.meta.dirname, '..', '..', 'src', 'web')

const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))

const covered = new Set(keyScenes.flatMap(({ actions }) => actions.flatMap(({ covers }) => covers)))

/** What only looks. All other calls of the daemon are things that a person does. */
const looks = new Set(
  'audit availability clusterFile drill drills events foresight foresightPlay guestXml metrics plan signIn tasks tokens users'
    .split(' ')
    .map((name) => `api.${name}`),
)

const found = (pattern: RegExp, among = sources): string[] =>
  [...new Set(among.flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1]!)))].sort()

/** Nothing missing, and nothing that is no longer there. */
function same(kind: string, inCode: readonly string[]): void {
  const inTable = [...covered].filter((one) => one.startsWith(kind)).sort()
  assert.deepEqual(inTable, inCode.map((one) => `${kind}${one}`).sort())
}

test('every deed that has a name is done by keyboard in the browser', () => {
  same(
    'do-',
    Object.keys(web)
      .filter((key) => key.startsWith('do-'))
      .map((key) => key.slice('do-'.length)),
  )
})

test('so is everything that is asked of the daemon but a look', () => {
  const calls = found(/\bapi\.([a-zA-Z]+)\b(?!\.ts)/g).filter((name) => !looks.has(`api.${name}`) && name !== 'ts')
  same('api.', calls)
  for (const look of looks)
    assert.ok(
      sources.some(({ text }) => text.includes(look)),
      `${look} is asked nowhere`,
    )
})

test('so is every dialog', () => {
  const declared = sources.find(({ name }) => name === join('actions', 'dialogs.ts'))!
  const kinds = [...declared.text.matchAll(/readonly kind: ([^;]+?)(?: \}|;)/g)].flatMap((match) =>
    [...match[1]!.matchAll(/'([a-z-]+)'/g)].map((kind) => kind[1]!),
  )
  assert.ok(kinds.length >= 9)
  same('dialog ', [...new Set(kinds)])
})

test('so is every file with a button, a field or a key of its own', () => {
  const handler = /\son(?:Click|Submit|Change|KeyDown|MouseDown|PointerDown|Act|Toggle|Close)=\{/
  const files = sources.filter(({ text }) => handler.test(text)).map(({ name }) => name)
  const inTable = [...covered].filter((one) => one.endsWith('.tsx'))
  assert.deepEqual(inTable.sort(), files.sort())
})
