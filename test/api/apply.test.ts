import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Check } from 'typebox/value'
import { ApplyResult, ClusterFileView } from '../../src/contract/apply.ts'
import { ErrorBody } from '../../src/contract/error.ts'
import { paths } from '../../src/contract/protocol.ts'
import type { Problem } from '../../src/model/file/problem.ts'
import { clusterOf, type GuestDraft } from '../core/world.ts'
import { chain, type FakeDaemon, launchedDaemon } from './fake-daemon.ts'

async function apply(daemon: FakeDaemon, drafts: Record<string, GuestDraft>, more: object = {}) {
  daemon.checked = { spec: clusterOf(drafts), format: 'vigia', problems: [] }
  const app = await daemon.api()
  try {
    const payload = { path: '/etc/vigia/vigia.yaml', text: JSON.stringify(drafts), ...more }
    const response = await app.inject({ method: 'POST', url: paths.apply, payload })
    return { status: response.statusCode, body: response.json() as ApplyResult & ErrorBody }
  } finally {
    await app.close()
  }
}

test('an applied file is stored with its text, its parsed form and who applied it', async () => {
  const daemon = launchedDaemon()
  const { status, body } = await apply(daemon, chain)
  assert.equal(status, 200)
  assert.ok(Check(ApplyResult, body))
  assert.equal(body.applied, true)
  assert.equal(daemon.stored()?.source.text, JSON.stringify(chain))
  assert.deepEqual(daemon.stored()?.spec, clusterOf(chain))
  const app = await daemon.api()
  const file = (await app.inject({ url: paths.clusterFile })).json()
  await app.close()
  assert.ok(Check(ClusterFileView, file))
  assert.equal(file.path, '/etc/vigia/vigia.yaml')
})

test('a dry run writes nothing; the same file twice writes once', async () => {
  const daemon = launchedDaemon()
  const dry = await apply(daemon, chain, { dryRun: true })
  assert.equal(dry.body.applied, false)
  assert.equal(daemon.stored(), null)
  await apply(daemon, chain)
  const { revision } = daemon.store.snapshot('wish/')
  const again = await apply(daemon, chain)
  assert.equal(again.body.applied, false)
  assert.equal(daemon.store.snapshot('wish/').revision, revision)
})

test('guests that libvirt would start by itself are told, ignored ones and strangers not', async () => {
  const daemon = launchedDaemon()
  assert.equal((await apply(daemon, chain)).body.autostarting, undefined)
  daemon.autostarting = ['dns', 'web', 'stranger']
  const { body } = await apply(daemon, { ...chain, web: { ...chain.web, wish: 'ignored' } })
  assert.ok(Check(ApplyResult, body))
  assert.deepEqual(body.autostarting, ['dns'])
})

test('a refused file comes back with every problem, and nothing is written', async () => {
  const daemon = launchedDaemon()
  const problem: Problem = {
    code: 'unknown-guest',
    severity: 'error',
    file: 'vigia.yaml',
    line: 3,
    column: 5,
    path: 'guests.web',
    got: 'dsn',
    nearest: 'dns',
  }
  daemon.checked = { spec: null, format: 'vigia', problems: [problem, { ...problem, line: 4 }] }
  const app = await daemon.api()
  const response = await app.inject({ method: 'POST', url: paths.apply, payload: { path: 'vigia.yaml', text: 'x' } })
  await app.close()
  assert.equal(response.statusCode, 422)
  const body = response.json() as ErrorBody
  assert.ok(Check(ErrorBody, body))
  assert.deepEqual(body.fault.details, { file: 'vigia.yaml', count: 2 })
  assert.equal(body.problems?.length, 2)
  assert.equal(daemon.stored(), null)
})

test('what would break something that runs needs force; a dry run only shows it', async () => {
  const next = { ...chain, dns: { ...chain.dns, source: { kind: 'existing' as const, domain: 'other' } } }
  const daemon = launchedDaemon()
  const refused = await apply(daemon, next)
  assert.equal(refused.status, 409)
  assert.equal(refused.body.fault.code, 'needs-force')
  assert.deepEqual(refused.body.fault.details, { guests: ['dns'] })
  assert.equal(refused.body.refusals?.[0]?.code, 'machine-changed-while-running')
  assert.equal(daemon.stored(), null)
  const dry = await apply(daemon, next, { dryRun: true })
  assert.equal(dry.status, 200)
  assert.equal(dry.body.refusals.length, 1)
  const forced = await apply(daemon, next, { force: true })
  assert.equal(forced.body.applied, true)
})

test('a guest dropped loses what was said of it; a wish newly said by the file goes before an older command', async () => {
  const daemon = launchedDaemon()
  const app = await daemon.api()
  for (const guest of ['lone', 'web', 'mail']) {
    await app.inject({ method: 'POST', url: paths.shutdown, payload: { guests: [guest], force: true } })
  }
  await app.close()
  const { lone: _, ...rest } = chain
  await apply(daemon, { ...rest, web: { ...rest.web, wish: 'disabled' } })
  assert.equal(daemon.store.snapshot('wish/guest/lone').entries.length, 0)
  assert.equal(daemon.wish('web').state, null)
  assert.equal(daemon.wish('web').launchSerial, 2)
  assert.equal(daemon.wish('mail').state, 'stopped')
})

test('two files applied at once: one is told that another came first', async () => {
  const daemon = launchedDaemon()
  daemon.checked = { spec: clusterOf(chain), format: 'vigia', problems: [] }
  const app = await daemon.api()
  const one = { method: 'POST', url: paths.apply, payload: { path: 'a', text: 'one' } } as const
  const answers = await Promise.all([app.inject(one), app.inject({ ...one, payload: { path: 'a', text: 'two' } })])
  await app.close()
  assert.deepEqual(answers.map(({ statusCode }) => statusCode).sort(), [200, 503])
})
