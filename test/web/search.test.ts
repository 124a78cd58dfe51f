import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupsOf } from '../../src/web/app/inventory-groups.ts'
import { foundAtMost, search } from '../../src/web/app/search-results.ts'
import { guest, status } from './samples.ts'

const view = status([
  guest('web', { tags: ['front'], services: [{ key: '80/tcp', verdict: 'answering' }], wave: 2 }),
  guest('webmail', { address: '192.0.2.7', tags: ['front', 'mail'], wave: 10 }),
  guest('db', { host: null }),
])

test('names that begin so come first, then what is found by address, tag or service', () => {
  assert.deepEqual(
    search(view, [], 'web').map(({ name }) => name),
    ['web', 'webmail'],
  )
  assert.deepEqual(
    search(view, [], '192.0').map(({ name, by }) => [name, by]),
    [['webmail', '192.0.2.7']],
  )
  assert.deepEqual(
    search(view, [], '80/').map(({ name, by }) => [name, by]),
    [['web', '80/tcp']],
  )
  assert.deepEqual(search(view, [], '  '), [])
  assert.deepEqual(search(null, [], 'web'), [])
})

test('the list ends', () => {
  const many = status(Array.from({ length: 50 }, (_, index) => guest(`guest-${index}`)))
  assert.equal(search(many, [], 'guest').length, foundAtMost)
})

test('guests are grouped by host, wave or tag; those without come last', () => {
  const named = (by: 'host' | 'wave' | 'tag') =>
    groupsOf(view, by).map(({ name, guests }) => `${name}: ${guests.map(({ id }) => id).join()}`)
  assert.deepEqual(named('host'), ['h1: web,webmail', 'null: db'])
  assert.deepEqual(named('wave'), ['1: db', '2: web', '10: webmail'])
  assert.deepEqual(named('tag'), ['front: web,webmail', 'mail: webmail', 'null: db'])
})
