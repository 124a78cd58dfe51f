import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawLoss, lossKinds, onlyProofs, seriesOf } from '../../bench/series-plan.ts'
import { absent } from '../../bench/series-verify.ts'
import { defaultSettings } from '../../src/model/cluster.ts'

test('twenty of each kind, half of them by each proof', () => {
  const wanted = seriesOf(20)
  assert.equal(wanted.length, 60)
  for (const kind of lossKinds) {
    for (const proof of onlyProofs) {
      assert.equal(wanted.filter((one) => one[0] === proof && one[1] === kind).length, 10, `${kind} ${proof}`)
    }
  }
})

test('the same seed draws the same; other seeds, all there is', () => {
  const drawn = Array.from({ length: 200 }, (_, seed) => drawLoss(seed, 'freeze', 'fence'))
  assert.deepEqual(drawLoss(7, 'freeze', 'fence'), drawn[7])
  assert.deepEqual(new Set(drawn.map(({ part }) => part)), new Set(['any', 'leader', 'etcd-leader']))
  assert.deepEqual(new Set(drawn.map(({ moment }) => moment)), new Set(['rest', 'move']))
  assert.ok(new Set(drawn.map(({ waitMs }) => waitMs % 1_000)).size > 100, 'moments all over a renewal second')
})

test('every freeze is longer than the lease', () => {
  const holds = Array.from({ length: 1_000 }, (_, seed) => drawLoss(seed, 'freeze', 'watchdog').holdMs)
  assert.ok(Math.min(...holds) > defaultSettings.leaseMs)
})

test('what is missing is found', () => {
  assert.deepEqual(absent([1, 2, 3], new Set([1, 3, 4])), [2])
})
