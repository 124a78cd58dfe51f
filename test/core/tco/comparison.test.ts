import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { compare, differences } from '../../../src/core/tco/comparison.ts'
import type { Comparison } from '../../../src/model/plan/cost.ts'
import { asNumber } from '../../../src/model/plan/ratio.ts'
import { parsePlanFile } from '../../../src/model/plan/read-plan-file.ts'

const text = readFileSync(join(resolve(import.meta.dirname, '../../..'), 'examples/tco.yaml'), 'utf8')

function comparisonOf(source: string): Comparison {
  const read = parsePlanFile('tco.yaml', source)
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problems))
  assert.equal(read.plan.kind, 'comparison')
  return read.plan as Comparison
}

/** Money in cents. */
const wanted: Readonly<Record<string, number>> = {
  'expected.physical': 29_881_000,
  'expected.virtual': 2_890_600,
  'expected.saving': 26_990_400,
  'ports.lan.savingAtLow': 235_800,
  'ports.lan.savingAtHigh': 450_000,
  'ports.san.perPort': 236_250,
  'ports.san.perServer': 472_500,
  'ports.san.physical': 2_362_500,
  'ports.san.virtual': 472_500,
  'backup.physical': 4_900_000,
  'backup.virtual': 490_000,
  'power.physicalWatts': 41_500,
  'power.virtualWatts': 415,
  'power.claimedReduction': 0.99,
}

test('the case of 2008: every sum to the cent, whatever the file states', () => {
  for (const source of [text, withoutSums(text)]) {
    const sums = new Map(compare(comparisonOf(source)).sums.map(({ path, value }) => [path, asNumber(value)]))
    for (const [path, value] of Object.entries(wanted)) assert.equal(sums.get(path), value, path)
  }
  assert.ok(!withoutSums(text).includes('298810'))
})

test('every sum that the file states is compared, and one that is wrong is told', () => {
  const stated = compare(comparisonOf(text)).sums.filter((sum) => sum.stated !== null)
  assert.equal(stated.length, 13)
  assert.deepEqual(differences(compare(comparisonOf(text))), [])
  for (const [right, wrong, path] of [
    ['269904.00', '269904.01', 'expected.saving'],
    ['savingAtLow: 2358.00', 'savingAtLow: 2357.99', 'ports.lan.savingAtLow'],
    ['perPort: 2362.50', 'perPort: 2362.05', 'ports.san.perPort'],
    ['virtual: 4900.00', 'virtual: 49000.00', 'backup.virtual'],
    ['virtualWatts: 415,', 'virtualWatts: 414,', 'power.virtualWatts'],
    ['claimedReduction: 0.99', 'claimedReduction: 0.9', 'power.claimedReduction'],
  ] as const) {
    assert.ok(text.includes(right))
    const found = differences(compare(comparisonOf(text.replace(right, wrong))))
    assert.deepEqual(
      found.map((sum) => sum.path),
      [path],
    )
  }
})

test('more hosts cost more; a currency without cents has none', () => {
  const three = comparisonOf(text.replace('[10, 1]', '[10, 3]'))
  const sums = new Map(compare({ ...three, stated: [] }).sums.map(({ path, value }) => [path, asNumber(value)]))
  assert.equal(sums.get('expected.virtual'), 3 * 2_870_600 + 20_000)
  assert.equal(sums.get('ports.lan.savingAtLow'), 7 * 26_200)
  const yen = 'currency: JPY\nservers: 3\nperServer: { hardware: 1000 }\nphysicalExtra: { rack: 1 }\n'
  assert.equal(asNumber(compare(comparisonOf(yen)).sums[0]!.value), 3_001)
})

/** Only the inputs: each stated sum is taken out. */
function withoutSums(source: string): string {
  return source
    .replace(/expected:\n(?: {2}.*\n)+/, '')
    .replace(/, savingAtLow: [\d.]+/, '')
    .replace(/ perPort: [\d.]+,/, '')
    .replace(/ perServer: [\d.]+,/, '')
    .replaceAll(/, (?:physical|virtual|physicalWatts|virtualWatts|claimedReduction): [\d.]+/g, '')
}
