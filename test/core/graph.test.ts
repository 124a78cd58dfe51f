import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileCluster } from '../../src/core/graph.ts'
import { clusterOf } from './world.ts'

test('needs come before what needs them; waves are the longest way; ties by priority, then id', () => {
  const { order } = compileCluster(
    clusterOf({
      z: {},
      a: {},
      first: { priority: 5 },
      deep: { needs: ['mid'] },
      mid: { needs: ['z', 'a'] },
      short: { needs: ['a'] },
    }),
  )
  assert.deepEqual(
    order.map((guest) => `${guest.wave}${guest.id}`),
    ['0first', '0a', '0z', '1mid', '1short', '2deep'],
  )
})

test('a port that others need and the guest does not declare is probed once, not its own', () => {
  const { byId } = compileCluster(
    clusterOf({ a: { services: ['22/tcp'] }, b: { needs: ['a:80/tcp'] }, c: { needs: ['a:80/tcp'] } }),
  )
  const a = [...byId.values()].find((guest) => guest.id === 'a')
  assert.deepEqual(
    a?.probed.map((service) => service.key),
    ['22/tcp', '80/tcp'],
  )
  assert.equal(a?.spec.services.length, 1)
})

test('several needs of one guest make one dependent', () => {
  const { order } = compileCluster(
    clusterOf({ a: { services: ['1/tcp', '2/tcp'] }, b: { needs: ['a:1/tcp', 'a:2/tcp'] } }),
  )
  assert.deepEqual(order[0]?.dependents, [1])
})

test('ten thousand guests in a row compile', () => {
  const drafts = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, i) => [`g${i}`, i === 0 ? {} : { needs: [`g${i - 1}`] }]),
  )
  assert.equal(compileCluster(clusterOf(drafts)).order.at(-1)?.wave, 9_999)
})
