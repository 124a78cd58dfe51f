import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { currencyDigits, isCurrency, moneyFrom, moneyText } from '../../../src/model/plan/money.ts'
import { asNumber, ratio, ratioFrom, rounded, roundedUp } from '../../../src/model/plan/ratio.ts'
import { parsePlanFile } from '../../../src/model/plan/read-plan-file.ts'

/** `line:column code path` of every problem. */
function problemsOf(text: string): string[] {
  const read = parsePlanFile('plan.yaml', text)
  return read.ok ? [] : read.problems.map(({ line, column, code, path }) => `${line}:${column} ${code} ${path}`.trim())
}

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['nothing', '', ['1:1 empty-file']],
  ['no map', '- a\n', ['1:1 wrong-type']],
  ['another file', 'currency: BRL\n', ['1:1 missing-key']],
  ['no currency', 'proposals: {}\n', ['1:1 missing-key']],
  ['no such currency', 'currency: REAL\nproposals: { a: }\n', ['1:11 bad-form currency']],
  ['no proposal', 'currency: BRL\nproposals: {}\n', ['2:12 missing-key']],
  [
    'a cent and a half',
    'currency: BRL\nproposals: { a: { once: { rack: 1.005 } } }\n',
    ['2:33 bad-form proposals.a.once.rack'],
  ],
  ['a sen', 'currency: JPY\nproposals: { a: { once: { rack: 1.5 } } }\n', ['2:33 bad-form proposals.a.once.rack']],
  [
    'less than nothing',
    'currency: BRL\nproposals: { a: { once: { rack: -1 } } }\n',
    ['2:33 bad-form proposals.a.once.rack'],
  ],
  ['an unknown key', 'currency: BRL\nproposals: { a: { wats: 3 } }\n', ['2:19 unknown-key proposals.a.wats']],
  ['a baseline that is none', 'currency: BRL\nbaseline: b\nproposals: { a: { machines: 1 } }\n', ['2:11 bad-choice']],
  ['carries without workloads', 'currency: BRL\nproposals: { a: { carries: 4 } }\n', ['2:14 missing-key']],
  [
    'a pue below 1',
    'currency: BRL\nenergy: { pue: 0.9 }\nproposals: { a: { machines: 1 } }\n',
    ['2:16 out-of-range energy.pue'],
  ],
  [
    'a tariff with a comma',
    'currency: BRL\nenergy: { tariff: "0,75" }\nproposals: { a: { machines: 1 } }\n',
    ['2:19 bad-form energy.tariff'],
  ],
  ['no servers', 'currency: BRL\nperServer: { hardware: 1 }\n', ['1:1 missing-key']],
  ['no amount', 'currency: BRL\nservers: 1\nperServer: { hardware: 1.005 }\n', ['3:14 bad-form']],
]

for (const [says, text, problems] of cases) {
  test(`${says}: ${problems.join(', ')}`, () => assert.deepEqual(problemsOf(text), problems))
}

test('any text at all is read or refused, never thrown', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      parsePlanFile('plan.yaml', text)
      parsePlanFile('plan.yaml', `currency: BRL\nproposals:\n  a: ${text}\n`)
      parsePlanFile('plan.yaml', `currency: BRL\nservers: ${text}\nperServer: { watts: 1 }\n`)
    }),
  )
})

test('money: as written, exactly, by the digits of its currency', () => {
  assert.deepEqual(['BRL', 'JPY', 'KWD', 'CLF'].map(currencyDigits), [2, 0, 3, 4])
  assert.ok(isCurrency('BRL') && !isCurrency('XXX') && !isCurrency('brl'))
  assert.equal(moneyFrom('298810.00', 'BRL'), 29_881_000n)
  assert.equal(moneyFrom('1.500', 'BRL'), 150n)
  assert.equal(moneyFrom('1.501', 'BRL'), null)
  assert.equal(moneyFrom('1e3', 'BRL'), null)
  for (const currency of ['BRL', 'JPY', 'KWD', 'CLF']) {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), (amount) => {
        assert.equal(moneyFrom(moneyText(amount, currency), currency), amount)
      }),
    )
  }
})

test('fractions: exact, halves away from zero', () => {
  assert.equal(rounded(ratio(5n, 2n)), 3n)
  assert.equal(rounded(ratio(-5n, 2n)), -3n)
  assert.equal(rounded(ratio(7n, 3n)), 2n)
  assert.equal(roundedUp(ratio(7n, 3n)), 3n)
  assert.equal(roundedUp(ratio(-7n, 3n)), -2n)
  assert.equal(ratioFrom('0.1')!.under, 10n)
  assert.equal(ratioFrom('.1'), null)
  assert.equal(asNumber(ratio(1n, 3n), 3), 0.333)
})
