import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { presentValue } from '../../../src/core/tco/proposal-cost.ts'
import { type ProposalResult, weigh } from '../../../src/core/tco/proposals.ts'
import type { Proposals } from '../../../src/model/plan/cost.ts'
import { asNumber, ratio } from '../../../src/model/plan/ratio.ts'
import { parsePlanFile } from '../../../src/model/plan/read-plan-file.ts'

const examples = join(resolve(import.meta.dirname, '../../..'), 'examples')

function proposalsOf(text: string): Proposals {
  const read = parsePlanFile('plan.yaml', text)
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problems))
  return read.plan as Proposals
}

function resultOf(text: string, name: string): ProposalResult {
  return weigh(proposalsOf(text)).proposals.find((one) => one.name === name)!
}

test('the table of 2009: 1 798 against 31 798', () => {
  const text = readFileSync(join(examples, 'tco-2009.yaml'), 'utf8')
  assert.equal(resultOf(text, 'free').total, 179_800n)
  assert.equal(resultOf(text, 'proprietary').total, 3_179_800n)
  assert.equal(resultOf(text, 'free').against?.saving, 3_000_000n)
})

const small = `
currency: BRL
years: 3
discountRate: 0.10
inflation: 0.05
energy: { tariff: 0.7543, pue: 1.6, hoursAYear: 8000 }
prices: { lanPort: 262.00, workHour: 60.00 }
proposals:
  old: { machines: 10, watts: 415, yearlyHours: 24 }
  new: { machines: 1, watts: 415, yearlyHours: 24, setupHours: 40, lanPorts: 2, each: { hardware: 22706.00 }, once: { ups: 200.00 }, yearly: { support: 100.00 } }
`

test('each year is its parts, each rounded to the cent, as a calculator has them', () => {
  // 415 W x 1.6 x 8 000 h = 5 312 kWh; x 0.7543 = 4 006.8416
  const one = resultOf(small, 'new')
  assert.deepEqual(one.byYear, [
    BigInt(2_270_600 + 20_000 + 2 * 26_200 + 40 * 6_000),
    BigInt(400_684 + 24 * 6_000 + 10_000),
    BigInt(Math.round(400_684.16 * 1.05) + 151_200 + 10_500),
    BigInt(Math.round(400_684.16 * 1.1025) + 158_760 + 11_025),
  ])
  assert.equal(asNumber(one.energyKwh), 3 * 5_312)
  const old = resultOf(small, 'old')
  assert.deepEqual(old.byYear[1], BigInt(4_006_842 + 10 * 144_000))
  // Undiscounted to the cent; discounted as floating point has it, within a cent.
  assert.equal(one.against?.saving, old.total - one.total)
  const expected = old.byYear.reduce((sum, amount, year) => sum + Number(amount - one.byYear[year]!) / 1.1 ** year, 0)
  assert.ok(Math.abs(Number(one.against?.netPresentValue) - expected) < 1)
  assert.equal(asNumber(one.against!.returnOnInvestment!), asNumber(ratio(old.total - one.total, one.byYear[0]!)))
  // 25 830 to earn back, by 48 916.74 in the first year.
  const saved = Number(old.byYear[1]! - one.byYear[1]!)
  assert.equal(asNumber(one.against!.paybackYears!, 3), Number((Number(one.byYear[0]) / saved).toFixed(3)))
})

test('machines follow the workloads, are bought again when worn, and none in the last year', () => {
  const text = `
currency: USD
years: 4
growth: 0.5
workloads: 8
proposals: { now: { carries: 4, spare: 1, life: 2, each: { hardware: 1.00 } } }
`
  const one = resultOf(text, 'now')
  // 8, 12, 18, 27, 41 workloads -> 2, 3, 5, 7, 11 machines, and one to spare.
  assert.deepEqual(one.machines, [3, 4, 6, 8, 12])
  // Bought: 3, 1, 2, 2+4; again after two years: 3 of the start, 1 of the first year.
  assert.deepEqual(one.byYear, [300n, 100n, 500n, 700n, 0n])
  assert.equal(one.against, null)
})

test('sensitivity: what moves the result most comes first, and what moves nothing is left out', () => {
  const found = resultOf(small, 'new').against!.sensitivity
  assert.deepEqual(
    [...found].map(({ swing }) => swing),
    found.map(({ swing }) => swing).sort((a, b) => (a > b ? -1 : 1)),
  )
  assert.equal(found[0]?.input, 'proposals.old.watts')
  assert.ok(found.every(({ input }) => input !== 'prices.sanPort'))
  // The dearer machine by a tenth saves exactly a tenth of its price less.
  const hardware = found.find(({ input }) => input === 'proposals.new.each.hardware')
  assert.equal(hardware?.swing, 454_120n)
  assert.ok(hardware!.more < hardware!.less)
})

test('a payback that comes, goes and comes again is the last one; one that never comes is null', () => {
  const flows = (outlay: number, yearly: number) => `
currency: EUR
years: 3
proposals: { a: { yearly: { all: 100.00 } }, b: { once: { all: ${outlay}.00 }, yearly: { all: ${yearly}.00 } } }
`
  assert.equal(asNumber(resultOf(flows(150, 0), 'b').against!.paybackYears!), 1.5)
  assert.equal(resultOf(flows(301, 0), 'b').against!.paybackYears, null)
  assert.equal(asNumber(resultOf(flows(0, 0), 'b').against!.paybackYears!), 0)
  assert.equal(resultOf(flows(0, 101), 'b').against!.paybackYears, null)
})

test('sums are exact whatever their size: present value at no rate is the sum, at any rate within a unit of exact fractions', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 200 }),
      (amounts, percent) => {
        const sum = amounts.reduce((a, b) => a + b, 0n)
        assert.equal(presentValue(amounts, ratio(0n)), sum)
        // The same with one common denominator.
        const top = BigInt(100 + percent)
        const n = amounts.length - 1
        const over = amounts.reduce((a, b, year) => a + b * 100n ** BigInt(year) * top ** BigInt(n - year), 0n)
        const off = presentValue(amounts, ratio(BigInt(percent), 100n)) * top ** BigInt(n) - over
        assert.ok(2n * (off < 0n ? -off : off) <= top ** BigInt(n))
      },
    ),
  )
})
