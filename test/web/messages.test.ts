import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { web as en } from '../../src/text/en/web.ts'
import { namesIn } from '../../src/text/message.ts'
import { web as ptBr } from '../../src/text/pt-br/web.ts'

const folder = join(import.meta.dirname, '..', '..', 'src', 'web')
const sources = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .join('\n')

test('both languages say everything, with the same arguments', () => {
  assert.deepEqual(Object.keys(ptBr).sort(), Object.keys(en).sort())
  for (const [key, text] of Object.entries(en)) {
    assert.deepEqual(namesIn(ptBr[key as keyof typeof en]).sort(), namesIn(text).sort(), key)
  }
})

test('every word that the console asks for is there', () => {
  const asked = [...sources.matchAll(/\bt\('([^']+)'/g)].map((match) => match[1]!)
  assert.ok(asked.length > 100)
  assert.deepEqual(
    asked.filter((key) => !(key in en)),
    [],
  )
})

test('no word is there that nobody asks for', () => {
  const whole = new Set([...sources.matchAll(/'([a-z][a-z0-9-]*)'/g)].map((match) => match[1]!))
  const begun = [...sources.matchAll(/\bt\(`([a-z-]+)\$\{/g)].map((match) => match[1]!)
  const unasked = Object.keys(en).filter((key) => !whole.has(key) && !begun.some((start) => key.startsWith(start)))
  assert.deepEqual(unasked, [])
})

test('nothing is said to people in the code itself', () => {
  // Text between tags: letters that are no expression. A command is the same in every language.
  const said = [...sources.matchAll(/>\s*([A-Za-z][a-z]+ [a-z ]+[a-z])\s*</g)]
    .map((match) => match[1]!)
    .filter((text) => !text.startsWith('vigia '))
  assert.deepEqual(said, [])
})
