import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { highsSolver } from '../../src/drivers/highs/solver.ts'
import { type } from './terminal.ts'

const examples = join(resolve(import.meta.dirname, '../..'), 'examples')
const powers = { solver: async () => highsSolver() }

test('plan isp.yaml: ranking, totals, a placement of all that frees two hosts and survives any loss, the moves in order', async () => {
  const { exitCode, out, err } = await type(`plan ${join(examples, 'isp.yaml')} --time-limit 10min -o json`, { powers })
  assert.deepEqual([exitCode, err], [0, ''])
  const plan = JSON.parse(out)
  assert.deepEqual(
    plan.critical.ranking.map((one: { guests: string[] }) => one.guests.join()),
    ['passata', 'speedauth,masterauth', 'soldi', 'simplesip'],
  )
  assert.deepEqual(plan.critical.totals, { cores: 11, memoryGb: 13, diskGb: 156 })
  assert.deepEqual(plan.critical.differences, [{ list: 'printedTotals', what: 'memoryGb', stated: 12, derived: 13 }])
  assert.equal(Object.keys(plan.placement).length, 46)
  assert.equal(plan.freed.length, 2)
  assert.equal(plan.kept.length, 5)
  assert.ok(Object.values(plan.placement).every((host) => plan.kept.includes(host)))
  assert.equal(plan.price.proven, true)
  assert.equal(plan.moves.kind, 'order')
  assert.deepEqual(
    plan.losses.map((one: { lost: string[] }) => one.lost),
    plan.kept.map((host: string) => [host]),
  )
  // Each loss by hand: memory of what stays and what comes, host by host.
  const memory = sizesOf(readFileSync(join(examples, 'isp.yaml'), 'utf8'))
  for (const { lost, goes } of plan.losses) {
    const then = {
      ...plan.placement,
      ...Object.fromEntries(goes.map((one: { guest: string; to: string }) => [one.guest, one.to])),
    }
    assert.ok(Object.values(then).every((host) => !lost.includes(host)))
    for (const host of plan.kept) {
      const held = Object.entries(then).reduce(
        (sum, [guest, at]) => sum + (at === host ? (memory.get(guest) ?? 2) : 0),
        0,
      )
      assert.ok(held <= 31.5, `${host} holds ${held} GB when ${lost} is lost`)
    }
  }
})

/** GB of each guest of the file; the unknown ones have two. */
function sizesOf(text: string): Map<string, number> {
  const { guests } = parse(text) as { guests: Record<string, [string, number, number]> }
  return new Map(Object.entries(guests).map(([name, [, , memory]]) => [name, memory]))
}

test('plan isp.yaml for people, in both languages', async () => {
  const english = (await type(`plan ${join(examples, 'isp.yaml')} --time-limit 10min`, { powers })).out
  assert.match(english, /printedTotals says 12 for GB of memory; the guests add up to 13/)
  assert.match(english, /46 guests on 7 hosts today; 5 are enough, also when any 1 of them is lost/)
  assert.doesNotMatch(english, /undefined|NaN|\{/)
  const portuguese = (await type(`plan ${join(examples, 'isp.yaml')} --time-limit 10min --lang pt-BR`, { powers })).out
  assert.match(portuguese, /46 VMs em 7 hosts hoje; 5 bastam/)
})
