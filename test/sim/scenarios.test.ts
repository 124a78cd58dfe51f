import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Fault } from '../../src/model/fault.ts'
import { simulate } from '../../src/sim/simulate.ts'
import { Player } from './player.ts'

const scenarios = join(import.meta.dirname, '../scenarios')
const textOf = (folder: string, name: string) => readFileSync(join(scenarios, folder, name), 'utf8')

/** What one file promises must not hang on one throw of the dice: the full run throws them more often. */
const seeds = Array.from({ length: Number(process.env.VIGIA_SEEDS_A_SCENARIO ?? 1) }, (_, index) => index + 1)

const player = new Player()
after(() => player.close())

for (const folder of ['own', 'several-hosts', 'derived']) {
  for (const name of readdirSync(join(scenarios, folder)).sort()) {
    test(`scenario holds: ${folder}/${name}`, async () => {
      for (const seed of seeds) {
        const broken = await player.play({ kind: 'scenario', text: textOf(folder, name), path: name, seed })
        assert.ok(broken === null, broken ?? '')
      }
    })
  }
}

test('the same file and seed play the same story, byte for byte', async () => {
  const text = textOf('own', 'pause-what-depends.yaml')
  const play = async (seed: number) => JSON.stringify(await simulate(text, { path: 'f', seed }))
  const first = await play(7)
  assert.equal(await play(7), first)
  assert.notEqual(await play(8), first)
})

test('a file that cannot be read is a fault that lists what is wrong', async () => {
  await assert.rejects(simulate('claim: [', { path: 'f.yaml', seed: 1 }), (error: unknown) => {
    assert.ok(error instanceof Fault)
    assert.equal(error.code, 'bad-data')
    assert.match(String((error.details.problems as string[])[0]), /^f\.yaml:1:\d+: /)
    return true
  })
})

/** A story whose expectation is wrong: each must be told as broken. */
const wrong: readonly (readonly [string, string, string])[] = [
  ['guests', 'guests: { dns: { state: stopped } }', 'dns is running, expected stopped'],
  ['order', 'order: [start nfs < ready dns]', 'start nfs < ready dns: came in another order'],
  ['order', 'order: [start dns < failed nfs]', 'start dns < failed nfs: failed nfs never occurred'],
  ['orderAfter 100s', 'orderAfter: { 100s: [start dns < start nfs] }', 'start dns, start nfs never occurred'],
  ['never', 'never: [ready nfs]', 'ready nfs'],
  ['fenced', 'fenced: [node1]', 'fenced: none, expected node1'],
]

const twoGuests = (expect: string) => `claim: x
hosts: { node1: {} }
guests:
  dns: { host: node1, services: [53/udp] }
  nfs: { host: node1, services: [2049/tcp], needs: ["dns:53/udp"] }
script: [{ at: 1s, do: [power node1 on] }]
runFor: 200s
expect: { ${expect} }
`

for (const [rule, expect, text] of wrong) {
  test(`an expectation that does not hold is told: ${expect}`, async () => {
    const result = await simulate(twoGuests(expect), { path: 'f', seed: 1 })
    assert.equal(result.held, false)
    assert.ok(
      result.broken.some((broken) => broken.rule === rule && broken.text.includes(text)),
      JSON.stringify(result.broken),
    )
  })
}

/** What befalls, and after how long the file ends: too early for anybody to know, or for it to be over. */
const cutShort: readonly (readonly [string, number])[] = [
  ['power node3 off', 5],
  ['power node3 off', 9],
  ['shutdown node2', 4],
  ['guest b stop', 2],
  ['guest b crash', 8],
]

for (const [befalls, endsAfterS] of cutShort) {
  test(`a file that ends ${endsAfterS} s after «${befalls}» blames nobody for what cannot be over`, async () => {
    const text = `claim: x
hosts: { node1: {}, node2: {}, node3: {} }
guests: { a: { host: node3 }, b: { host: node2, services: [80/tcp] } }
script:
  - { at: 1s, do: [power node1 on, power node2 on, power node3 on] }
  - { at: 100s, do: [${befalls}] }
runFor: ${100 + endsAfterS}s
`
    assert.deepEqual((await simulate(text, { path: 'f', seed: 1 })).broken, [])
  })
}

test('restarts of a ready guest are counted', async () => {
  const text = textOf('own', 'restart-cures-a-silent-service.yaml').replace('dns: 1', 'dns: 0')
  const result = await simulate(text, { path: 'f', seed: 1 })
  assert.deepEqual(
    result.broken.map(({ rule, text }) => `${rule}: ${text}`),
    ['restarts: dns restarted 1 times, at most 0 expected'],
  )
})
