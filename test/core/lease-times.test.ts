import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { brokenS3, defaultLeaseMs, leaseTimes } from '../../src/core/lease-times.ts'
import { shortestLeaseMs } from '../../src/model/cluster.ts'

test('the default times are those of the safety rules', () => {
  assert.deepEqual(leaseTimes(defaultLeaseMs), {
    ...{ leaseMs: 10_000, feedMs: 3_500, watchdogMs: 5_000, marginMs: 1_500, gapMs: 1_750 },
    ...{ renewEachMs: 1_000, suspectMs: 2_000, askEachMs: 500 },
  })
})

test('the fast lease is the shortest: a host silent for 0.8 s is suspected, and its watchdog takes whole seconds', () => {
  assert.deepEqual(leaseTimes(shortestLeaseMs), {
    ...{ leaseMs: 4_000, feedMs: 1_400, watchdogMs: 2_000, marginMs: 600, gapMs: 700 },
    ...{ renewEachMs: 400, suspectMs: 800, askEachMs: 200 },
  })
})

test('S3 holds for the times of every lease, and a gap is at most half of what is fed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), (seconds) => {
      const times = leaseTimes(seconds * 1_000)
      const { leaseMs, feedMs, watchdogMs, marginMs, gapMs, renewEachMs } = times
      assert.equal(brokenS3(leaseMs, { feedMs, timeoutMs: watchdogMs, marginMs }), null)
      assert.ok(gapMs * 2 <= feedMs)
      assert.ok(renewEachMs < gapMs)
    }),
  )
})

const table = [
  { claim: 'what sums up to T exactly holds', feedMs: 3_500, timeoutMs: 5_000, marginMs: 1_500, broken: null },
  {
    claim: 'a watchdog that fires a moment too late does not',
    ...{ feedMs: 3_500, timeoutMs: 5_001, marginMs: 1_500 },
    broken: 'F 3500 + W 5001 + D 1500 = 10001 > T 10000',
  },
  {
    claim: 'nor one that a restart of the daemon may outlast',
    ...{ feedMs: 3_500, timeoutMs: 4_999, marginMs: 1_500 },
    broken: 'W 4999 < T / 2 = 5000',
  },
  {
    claim: 'a device that keeps a minute of its own needs a longer lease',
    ...{ feedMs: 3_500, timeoutMs: 60_000, marginMs: 1_500 },
    broken: 'F 3500 + W 60000 + D 1500 = 65000 > T 10000',
  },
]

for (const { claim, broken, ...armed } of table) {
  test(`S3: ${claim}`, () => assert.equal(brokenS3(10_000, armed), broken))
}
