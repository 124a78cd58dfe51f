import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namesIn } from '../../src/text/message.ts'
import { catalogues } from '../../src/text/text.ts'
import { thrownFaults } from './thrown-faults.ts'

// The simulator's faults are pretended: they reach no reader but a developer.
const thrown = thrownFaults().filter(({ place }) => !place.startsWith('src/sim/'))
const { faults, refusals, actions, faultWords } = catalogues.en

test('the source is read: faults are found in it', () => {
  assert.ok(thrown.length > 20, `${thrown.length} faults found`)
})

test('every detail a fault is thrown with has a place in its sentence', () => {
  const lost = thrown.flatMap(({ place, code, keys }) => {
    const names = new Set([...namesIn(faults[code]), ...Object.values(refusals).flatMap(namesIn)])
    if (keys.includes('file')) names.add('path')
    return keys.filter((key) => !names.has(key.replace(/(Mib|Ms)$/, ''))).map((key) => `${place} ${code}: ${key}`)
  })
  assert.deepEqual(lost, [])
})

test('every text of our own in a fault is translated: add it to actions, refusals or faultWords', () => {
  const known = new Set<string>([...Object.keys(actions), ...Object.keys(refusals), ...Object.values(faultWords)])
  const unknown = thrown.flatMap(({ place, code, texts }) =>
    texts.filter((text) => text.includes(' ') && !known.has(text)).map((text) => `${place} ${code}: ${text}`),
  )
  assert.deepEqual(unknown, [])
})
