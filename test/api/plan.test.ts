import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { Check } from 'typebox/value'
import { type ComparisonView, type ConsolidationView, PlanView, type ProposalsView } from '../../src/contract/plan.ts'
import { paths } from '../../src/contract/protocol.ts'
import { highsSolver } from '../../src/drivers/highs/solver.ts'
import { folder, type } from '../cli/terminal.ts'
import { threeHosts, type WideDaemon } from './wide-daemon.ts'

const examples = join(import.meta.dirname, '..', '..', 'examples')
const example = (name: string): string => readFileSync(join(examples, name), 'utf8')

async function stage(t: TestContext): Promise<{ app: FastifyInstance; daemon: WideDaemon }> {
  const daemon = threeHosts()
  const app = await daemon.api()
  t.after(() => app.close())
  return { app, daemon }
}

async function asked<Plan extends PlanView['plan']>(app: FastifyInstance, payload: object): Promise<Plan> {
  const answer = await app.inject({ method: 'POST', url: paths.plan, payload })
  assert.equal(answer.statusCode, 200, answer.body)
  assert.ok(Check(PlanView, answer.json()), answer.body.slice(0, 400))
  return answer.json().plan as Plan
}

/** As `vigia plan FILE -o json` prints it, but for the name of the file. */
async function printed(path: string): Promise<Record<string, unknown>> {
  const { out } = await type(`plan ${path} --time-limit 1min -o json`, {
    powers: { solver: async () => highsSolver() },
  })
  const { schemaVersion: _, file: __, ...data } = JSON.parse(out)
  return data
}

test('each kind of file is answered as the command line prints it', async (t) => {
  const { app } = await stage(t)
  // The last is proven best within milliseconds: what is answered hangs on no clock, however busy the machine is.
  const small = join(folder(t), 'small.yaml')
  writeFileSync(
    small,
    `hosts: { h1: { memory: 4 GiB }, h2: { memory: 4 GiB }, h3: { memory: 4 GiB } }
guests: { a: [h1, 1, 1], b: [h3, 1, 2], c: [h2, 1, 1] }
`,
  )
  for (const path of [
    ...['tco.yaml', 'tco-2009.yaml', 'tco-proposals.yaml'].map((name) => join(examples, name)),
    small,
  ]) {
    const name = basename(path)
    const wish = { text: readFileSync(path, 'utf8'), path: name, limitMs: 60_000 }
    const { file, ...plan } = await asked<PlanView['plan']>(app, wish)
    assert.equal(file, name)
    assert.deepEqual(plan, await printed(path), name)
    if (path === small) assert.ok('price' in plan && JSON.stringify(plan.price).includes('"proven":true'), name)
  }
})

test('amounts travel with all digits of their currency', async (t) => {
  const { app } = await stage(t)
  const answer = await app.inject({ method: 'POST', url: paths.plan, payload: { text: example('tco.yaml') } })
  assert.ok(answer.body.includes('"physical":298810.00,'), answer.body.slice(0, 300))
  const plan = answer.json().plan as ComparisonView
  assert.deepEqual(
    plan.sums.filter(({ path }) => path === 'saving'),
    [{ path: 'saving', unit: 'money', value: 269_904, stated: 269_904 }],
  )
  const proposals = await asked<ProposalsView>(app, { text: example('tco-proposals.yaml') })
  assert.ok((proposals.proposals.find(({ against }) => against !== null)?.against?.sensitivity.length ?? 0) > 3)
})

test('a file that names another is sent with it; one that is wrong is refused with each place', async (t) => {
  const { app } = await stage(t)
  const text = `hosts: { h1: { memory: 4 GiB }, h2: { memory: 4 GiB } }
guests: { a: [h1, 1, 1] }
use: use.csv
`
  const files = { 'use.csv': 'time,guest,memoryMib\n2026-01-01,a,300\n2026-01-02,a,310\n' }
  const plan = await asked<ConsolidationView>(app, { text, files, survive: 1 })
  assert.equal(plan.outcome, 'found')
  const lacking = await app.inject({ method: 'POST', url: paths.plan, payload: { text } })
  assert.equal(lacking.statusCode, 422)
  assert.equal(lacking.json().fault.code, 'plan-file-refused')
  const wrong = 'currency: BRL\nproposals: { a: { wats: 3 } }\n'
  const refused = await app.inject({ method: 'POST', url: paths.plan, payload: { text: wrong } })
  assert.deepEqual(
    refused.json().problems.map(({ line, column }: { line: number; column: number }) => [line, column]),
    [[2, 19]],
  )
})

test('of the cluster as it is now, with what guests were given, and with what they used', async (t) => {
  const { app, daemon } = await stage(t)
  const given = await asked<ConsolidationView>(app, { live: true, survive: 0 })
  assert.equal(given.guests, 4)
  assert.deepEqual(
    given.assumptions.filter(({ code }) => code === 'measured'),
    [],
  )
  // Half a processor in each of 720 hours; nothing was told of its memory.
  daemon.measured['n1 guest:web'] = Array.from({ length: 720 }, () => 50)
  const measured = await asked<ConsolidationView>(app, { live: true, survive: 0, use: 'month' })
  assert.equal(measured.outcome, given.outcome)
  // Not of every guest is known what it used: processors are not counted.
  assert.equal(measured.hosts?.[0]?.capacity.cpu, undefined)
  for (const [guest, host] of [
    ['db', 'n1'],
    ['mail', 'n2'],
    ['far', 'n2'],
  ] as const)
    daemon.measured[`${host} guest:${guest}`] = Array.from({ length: 720 }, () => 50)
  const all = await asked<ConsolidationView>(app, { live: true, survive: 0, use: 'month' })
  assert.equal(
    all.hosts?.reduce((sum, { held }) => sum + (held.cpu ?? 0), 0),
    4 * 500,
  )
})
