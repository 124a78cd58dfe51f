import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failsafeFrom, mayTakeOver, neededToTakeOver } from '../../src/core/failsafe.ts'
import { type HostId, hostId, type Instant, instant } from '../../src/model/ids.ts'

const hosts = ['n1', 'n2', 'n3', 'n4', 'n5'].map(hostId)

test('S5: of one list, more than half cannot fail to renew while at least half renew, whoever says what', () => {
  for (let size = 1; size <= hosts.length; size++) {
    const list = hosts.slice(0, size)
    for (let says = 0; says < 3 ** size; says++) {
      const words = list.map((_, place) => Math.floor(says / 3 ** place) % 3)
      const cannot = new Map(list.filter((_, place) => words[place] === 1).map((host) => [host, instant(5)]))
      const renewing = list.filter((_, place) => words[place] === 2)
      const both = failsafeFrom([list], cannot) !== null && mayTakeOver(list, renewing)
      assert.equal(both, false, `${size}: ${words}`)
    }
  }
})

test('S5: N/2 rounded down and one more keep each other alive; N/2 rounded up may take over', () => {
  const rows = [1, 2, 3, 4, 5].map((size) => {
    const list = hosts.slice(0, size)
    const least = list.findIndex((_, place) => {
      const askedAt = new Map(list.slice(0, place + 1).map((host) => [host, instant(1)]))
      return failsafeFrom([list], askedAt) !== null
    })
    return [size, least + 1, neededToTakeOver(list)]
  })
  assert.deepEqual(rows, [
    [1, 1, 1],
    [2, 2, 1],
    [3, 2, 2],
    [4, 3, 2],
    [5, 3, 3],
  ])
})

test('it lasts from the oldest question that it needs, and the newest of those that are enough count', () => {
  const asked = (...ms: (number | null)[]) =>
    new Map(ms.flatMap((at, place): [HostId, Instant][] => (at === null ? [] : [[hosts[place]!, instant(at)]])))
  const three = hosts.slice(0, 3)
  assert.equal(failsafeFrom([three], asked(10, 30, 20)), 20)
  assert.equal(failsafeFrom([three], asked(10, null, 20)), 10)
  assert.equal(failsafeFrom([three], asked(10, null, null)), null)
})

test('every list must hold, in any order; without one nothing does, and a stranger counts in none', () => {
  const askedAt = new Map([hosts[0]!, hosts[2]!].map((host) => [host, instant(7)]))
  const [two, three] = [hosts.slice(0, 2), hosts.slice(0, 3)]
  assert.equal(failsafeFrom([three], askedAt), 7)
  assert.equal(failsafeFrom([two, three], askedAt), null)
  assert.equal(failsafeFrom([three, two], askedAt), null)
  assert.equal(failsafeFrom([], askedAt), null)
  assert.equal(failsafeFrom([[]], askedAt), null)
  assert.equal(mayTakeOver(two, hosts.slice(2)), false)
})
