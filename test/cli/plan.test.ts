import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { highsSolver } from '../../src/drivers/highs/solver.ts'
import { threeHosts } from '../api/wide-daemon.ts'
import { folder, served, type } from './terminal.ts'

const examples = join(resolve(import.meta.dirname, '../..'), 'examples')
const tco = join(examples, 'tco.yaml')

test('plan tco.yaml: numbers of JSON with all their digits, the same in YAML and CSV', async () => {
  const { exitCode, out, err } = await type(`plan ${tco} -o json`)
  assert.deepEqual([exitCode, err], [0, ''])
  for (const text of ['"physical": 298810.00,', '"virtual": 28906.00,', '"saving": 269904.00,', '"perPort": 2362.50,'])
    assert.ok(out.includes(text), text)
  const data = JSON.parse(out)
  assert.deepEqual([data.physical, data.virtual, data.saving, data.differences], [298_810, 28_906, 269_904, []])
  const yaml = (await type(`plan ${tco} -o yaml`)).out
  assert.match(yaml, /^physical: 298810\.00$/m)
  assert.deepEqual(parse(yaml), data)
  assert.match((await type(`plan ${tco} -o csv`)).out, /^saving,BRL,269904\.00,269904\.00\r$/m)
})

test('plan tco.yaml for people, in both languages', async () => {
  const english = (await type(`plan ${tco}`)).out
  assert.match(english, /10 physical servers against 1 host\n/)
  assert.match(english, /Saved: R\$269,904\.00 \(90\.3%\)/)
  assert.match((await type(`plan ${tco} --lang pt-BR`)).out, /Economia: R\$\s269\.904,00 \(90,3%\)/)
})

test('a sum that its own figures do not give is told, exit 1', async (t) => {
  const file = join(folder(t), 'tco.yaml')
  writeFileSync(file, readFileSync(tco, 'utf8').replace('saving: 269904.00', 'saving: 269940.00'))
  const { exitCode, err, out } = await type(`plan ${file} -o json`)
  assert.equal(exitCode, 1)
  assert.match(err, /expected\.saving is stated as R\$269,940\.00; its own figures give R\$269,904\.00\n/)
  assert.deepEqual(JSON.parse(out).differences, [{ path: 'expected.saving', stated: 269_940, derived: 269_904 }])
})

test('proposals over years: a table, and the inputs that matter most', async () => {
  const { exitCode, out } = await type(`plan ${join(examples, 'tco-proposals.yaml')}`)
  assert.equal(exitCode, 0)
  assert.match(out, /^machines +1 … 2 +2 … 3 +10 … 13$/m)
  assert.match(out, /one-host: what is saved .* with one input 10% less and 10% more/)
  assert.doesNotMatch(out, /undefined|NaN/)
})

test('a wrong file is refused with the place of each problem, exit 65', async (t) => {
  const file = join(folder(t), 'plan.yaml')
  writeFileSync(file, 'currency: BRL\nproposals: { a: { wats: 3 } }\n')
  const { exitCode, err } = await type(`plan ${file}`)
  assert.equal(exitCode, 65)
  assert.match(err, /plan\.yaml:2:19: error: proposals\.a\.wats: no key is called wats here; did you mean watts/)
  assert.equal((await type(`plan ${join(file, 'x')}`)).exitCode, 65)
})

const powers = { solver: async () => highsSolver() }

test('what cannot be is refused with its sum, exit 1; weights and losses may be given; wrong ones are refused', async (t) => {
  const file = join(folder(t), 'hosts.yaml')
  writeFileSync(
    file,
    'hosts: { a: { memory: 4 GiB }, b: { memory: 4 GiB } }\nguests: { x: { host: a, memory: 3 GiB }, y: { host: b, memory: 3 GiB } }\n',
  )
  const { exitCode, out } = await type(`plan ${file}`, { powers })
  assert.equal(exitCode, 1)
  assert.match(
    out,
    /No plan exists, on all hosts together: the guests need 6 GiB of memory, and 3\.5 GiB is left when a is lost/,
  )
  assert.equal((await type(`plan ${file} --survive 0`, { powers })).exitCode, 0)
  assert.equal((await type(`plan ${file} --weights users=x`, { powers })).exitCode, 64)
  writeFileSync(file, 'hosts: { a: { memory: 4 GiB } }\nguests: { x: { host: c, memory: 3 GiB } }\n')
  const wrong = await type(`plan ${file}`, { powers })
  assert.equal(wrong.exitCode, 65)
  assert.match(wrong.err, /hosts\.yaml:2:22: error: no host is called c/)
})

test('plan --live: the cluster as it is, its hosts, its guests and what they hold', async (t) => {
  const socket = await served(t, threeHosts())
  const { exitCode, out, err } = await type('plan --live -o json', { socket, powers })
  assert.equal(err, '')
  const plan = JSON.parse(out)
  assert.equal(exitCode, 0)
  // One of two hosts is enough for what they hold, and another for its loss; far has not run yet, and says so.
  assert.deepEqual([plan.kept.length, plan.freed.length, plan.survives], [2, 1, true])
  assert.deepEqual(Object.keys(plan.placement), ['db', 'far', 'mail', 'web'])
  assert.deepEqual(plan.assumptions, [{ code: 'size-unknown', guests: ['far'] }])
  for (const line of ['plan', `plan ${tco} --live`]) assert.equal((await type(line)).exitCode, 64)
})
