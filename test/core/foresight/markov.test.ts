import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Design, foresee, improvements } from '../../../src/core/foresight/design.ts'
import { longRun } from '../../../src/core/foresight/markov.ts'
import { cpuMsOf } from '../../cpu-time.ts'
import { solve } from './linear.ts'

const hour = 3_600_000

function close(got: number, expected: number, digits = 1e-10): void {
  assert.ok(Math.abs(got - expected) <= digits * Math.max(Math.abs(expected), 1e-300), `${got} beside ${expected}`)
}

/** `size` parts, each failing at `fails` and repaired at `repairs`, at most `crews` at once; the state is how many are up. */
function parts(size: number, fails: number, repairs: number, crews: number) {
  const chain = longRun(
    size,
    (up) => [
      { to: up - 1, rate: up * fails },
      { to: up + 1, rate: Math.min(size - up, crews) * repairs },
    ],
    String,
  )
  assert.ok(chain !== null)
  return chain
}

function choose(n: number, k: number): number {
  return k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k
}

test('one part: MTBF / (MTBF + MTTR)', () => {
  close(
    parts(1, 1 / 1000, 1 / 8, 1).share((up) => up === 1),
    1000 / 1008,
  )
})

test('k of n parts, each with its own repair: the sum of the binomial', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.double({ min: 1e-6, max: 1, noNaN: true }),
      fc.double({ min: 1e-3, max: 10, noNaN: true }),
      (n, fails, repairs) => {
        const up = repairs / (fails + repairs)
        const chain = parts(n, fails, repairs, n)
        for (let k = 0; k <= n; k++) {
          let expected = 0
          for (let i = k; i <= n; i++) expected += choose(n, i) * up ** i * (1 - up) ** (n - i)
          close(
            chain.share((one) => one >= k),
            expected,
            1e-9,
          )
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('one repairman for n machines (M/M/1//n): n! / (n - j)! (λ/μ)^j', () => {
  const [n, fails, repairs] = [6, 0.02, 0.3]
  const weights = Array.from({ length: n + 1 }, (_, down) => {
    let weight = 1
    for (let i = 0; i < down; i++) weight *= ((n - i) * fails) / repairs
    return weight
  })
  const total = weights.reduce((a, b) => a + b, 0)
  const chain = parts(n, fails, repairs, 1)
  for (let down = 0; down <= n; down++)
    close(
      chain.share((up) => up === n - down),
      weights[down]! / total,
    )
})

test('a thousand machines and one repairman: the same, and not in the cube of them', () => {
  const [n, fails, repairs] = [1_000, 0.0004, 0.9]
  const weights = [1]
  for (let down = 1; down <= n; down++) weights.push((weights[down - 1]! * (n - down + 1) * fails) / repairs)
  const total = weights.reduce((a, b) => a + b, 0)
  let chain = parts(1, fails, repairs, 1)
  const tookMs = cpuMsOf(() => {
    chain = parts(n, fails, repairs, 1)
  })
  assert.ok(tookMs < 2_000, `${tookMs} ms`)
  for (const down of [0, 1, 2, 10, 100])
    close(
      chain.share((up) => up === n - down),
      weights[down]! / total,
      1e-9,
    )
})

test('two in parallel with one repairman: (μ² + 2λμ) / (μ² + 2λμ + 2λ²)', () => {
  const [a, b] = [1 / 8760, 1 / 24]
  close(
    parts(2, a, b, 1).share((up) => up >= 1),
    (b * b + 2 * a * b) / (b * b + 2 * a * b + 2 * a * a),
  )
})

test('shares of 10⁻¹⁸ have all their digits, where plain elimination loses them', () => {
  const [n, fails, repairs] = [3, 1e-6, 1]
  close(
    parts(n, fails, repairs, n).share((up) => up === 0),
    (fails / (fails + repairs)) ** 3,
    1e-12,
  )
})

test('the chain solved by plain elimination is the same', () => {
  const [n, fails, repairs] = [5, 0.1, 0.7]
  const rows: number[][] = Array.from({ length: n + 1 }, () => new Array<number>(n + 1).fill(0))
  for (let up = 0; up <= n; up++) {
    for (const [to, rate] of [
      [up - 1, up * fails],
      [up + 1, (n - up) * repairs],
    ] as const) {
      if (to < 0 || to > n) continue
      rows[to]![up]! += rate
      rows[up]![up]! -= rate
    }
  }
  rows[0] = new Array<number>(n + 1).fill(1)
  const found = solve(rows, [1, ...new Array<number>(n).fill(0)])
  assert.ok(found !== null)
  const chain = parts(n, fails, repairs, n)
  found.forEach((share, up) => {
    close(
      chain.share((one) => one === up),
      share,
    )
  })
  assert.equal(
    solve(
      [
        [1, 2],
        [2, 4],
      ],
      [1, 2],
    ),
    null,
  )
})

const one: Design = {
  ...{ hosts: 1, hostsNeeded: 1, hostMtbfMs: 1000 * hour, hostMttrMs: 8 * hour, quorum: 0, crews: 1, failoverMs: null },
  ...{ bootMs: 60_000, guestMtbfMs: null, noticeMs: 25_000, incurable: 0, triesMs: 600_000, personMs: 4 * hour },
  standby: false,
}

test('one host: up for MTBF, down for its repair and a boot', () => {
  // The host may be lost again while the guest boots: that boot does not count as up.
  const up = 1000 * hour
  close(foresee(one)!.availability, up / (up + 8 * hour + one.bootMs + (one.bootMs / up) * 8 * hour), 1e-9)
})

test('a guest that fails by itself: MTBF / (MTBF + time to notice and boot)', () => {
  const never = { ...one, hostMtbfMs: 1e18, guestMtbfMs: 500 * hour }
  close(foresee(never)!.availability, (500 * hour) / (500 * hour + 85_000), 1e-9)
  const incurable = { ...never, incurable: 0.25 }
  const down = 0.75 * 85_000 + 0.25 * (600_000 + 4 * hour)
  close(foresee(incurable)!.availability, (500 * hour) / (500 * hour + down), 1e-9)
  const standby = { ...incurable, standby: true }
  close(foresee(standby)!.availability, (500 * hour) / (500 * hour + 0.75 * 85_000 + 0.25 * 660_000), 1e-9)
})

test('where moving takes no time, a guest is up while enough hosts are: k of n', () => {
  const design = { ...one, hosts: 3, hostsNeeded: 2, crews: 3, failoverMs: 1e-6, bootMs: 1e-6 }
  // Guests that are on a host stay there however few are left: down only who was on the lost ones, and too few remain.
  const up = 1000 / 1008
  const enough = up ** 3 + 3 * up ** 2 * (1 - up)
  const { availability, shares } = foresee(design)!
  assert.ok(availability > enough && availability < 1, `${availability}`)
  // Whoever was on the second of two that are down waits: one half.
  close(shares.waitingForHost, 3 * up * (1 - up) ** 2 * 0.5 + (1 - up) ** 3, 2e-2)
})

test('what would make it better is sorted by gain, and a second host goes first', () => {
  const better = improvements({ ...one, guestMtbfMs: 500 * hour, incurable: 0.1 }, 12_000)
  assert.equal(better[0]!.change, 'host-more')
  assert.ok(better.every(({ gain }, index) => gain > 0 && gain <= (better[index - 1]?.gain ?? 1)))
  assert.ok(better.some(({ change }) => change === 'standby'))
  assert.ok(!better.some(({ change }) => change === 'failover'))
})
