import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Check } from 'typebox/value'
import type { ErrorBody } from '../../src/contract/error.ts'
import { paths, speakerHeader } from '../../src/contract/protocol.ts'
import { WishResult } from '../../src/contract/wishes.ts'
import { home } from '../core/world.ts'
import { chain, FakeDaemon, launchedDaemon } from './fake-daemon.ts'

async function post(daemon: FakeDaemon, url: string, payload: object = {}) {
  const app = await daemon.api()
  try {
    const response = await app.inject({ method: 'POST', url, payload, headers: { [speakerHeader]: 'ana' } })
    return { status: response.statusCode, body: response.json() as WishResult & ErrorBody }
  } finally {
    await app.close()
  }
}

test('a launch is durable when it is confirmed, and says who wished it', async () => {
  const daemon = new FakeDaemon(chain)
  daemon.world.settle()
  const { status, body } = await post(daemon, paths.launch)
  assert.equal(status, 200)
  assert.ok(Check(WishResult, body))
  // dns and lone are starting already: wished by the file.
  assert.deepEqual(body.changed, ['mail', 'web'])
  assert.deepEqual(body.already, ['dns', 'lone'])
  assert.equal(daemon.wish('web').launchSerial, 1)
  assert.equal(daemon.wish('web').by, 'ana')
  await setTimeout(20)
  assert.deepEqual(
    daemon.history.events.map(({ word, guest, note }) => [word, guest, note]),
    [
      ['wish', 'mail', 'launch (ana)'],
      ['wish', 'web', 'launch (ana)'],
    ],
  )
})

test('launching one guest launches what it needs, and no other', async () => {
  const daemon = launchedDaemon()
  await post(daemon, paths.shutdown)
  const { body } = await post(daemon, paths.guestDo('mail', 'launch'))
  assert.deepEqual(body.changed, ['dns', 'mail'])
  assert.deepEqual(body.also, ['dns'])
  assert.equal(daemon.wish('dns').state, null)
  assert.equal(daemon.wish('web').state, 'stopped')
})

test('shutting down what others need is refused, naming them; nothing is written', async () => {
  const daemon = launchedDaemon()
  const { status, body } = await post(daemon, paths.guestDo('dns', 'shutdown'))
  assert.equal(status, 409)
  assert.equal(body.fault.code, 'needs-force')
  assert.deepEqual(body.fault.details, { named: ['dns'], guests: ['mail', 'web'] })
  assert.equal(daemon.store.snapshot('wish/').entries.length, 0)
})

test('dependents go down too when asked, or are left to their fate by force', async () => {
  const both = launchedDaemon()
  const also = await post(both, paths.shutdown, { guests: ['dns'], dependents: true })
  assert.deepEqual(also.body.changed, ['dns', 'mail', 'web'])
  assert.deepEqual(also.body.also, ['mail', 'web'])
  assert.equal(both.wish('web').state, 'stopped')

  const alone = launchedDaemon()
  const forced = await post(alone, paths.guestDo('dns', 'shutdown'), { force: true })
  assert.deepEqual(forced.body.changed, ['dns'])
  assert.deepEqual(forced.body.affects, ['mail', 'web'])
  assert.equal(alone.wish('dns').ignoreDependents, true)
  assert.equal(alone.wish('web').state, null)
})

test('a second shutdown changes nothing', async () => {
  const daemon = launchedDaemon()
  await post(daemon, paths.guestDo('lone', 'shutdown'))
  daemon.readWishes()
  daemon.world.settle()
  daemon.world.see('lone', 'stopped').settle()
  const { body } = await post(daemon, paths.guestDo('lone', 'shutdown'))
  assert.deepEqual(body.changed, [])
  assert.deepEqual(body.already, ['lone'])
  assert.equal(daemon.wish('lone').launchSerial, 1)
})

const refusals: readonly [string, string, object, string, object][] = [
  ['an unknown guest', paths.guestDo('wep', 'launch'), {}, 'guest-unknown', { guest: 'wep', nearest: 'web' }],
  ['an unknown tag', paths.launch, { guests: ['@frond'] }, 'guest-unknown', { guest: '@frond', nearest: '@front' }],
  [
    'memory too small to live on',
    paths.guestDo('web', 'memory'),
    { memoryMib: 3 },
    'refused',
    {
      why: 'memory-too-small',
      guest: 'web',
      wishedMib: 3,
      smallestMib: 16,
    },
  ],
  [
    'memory above the maximum',
    paths.guestDo('web', 'memory'),
    { memoryMib: 2000 },
    'refused',
    {
      why: 'memory-above-maximum',
      guest: 'web',
      wishedMib: 2000,
      maximumMib: 1024,
    },
  ],
  [
    'memory the host has not',
    paths.guestDo('dns', 'memory'),
    { memoryMib: 5000 },
    'not-enough-memory',
    {
      guest: 'dns',
      neededMib: 5000,
      freeMib: 3488,
      host: 'h1',
    },
  ],
]

for (const [name, url, payload, code, details] of refusals) {
  test(`refused with the reason: ${name}`, async () => {
    const daemon = launchedDaemon()
    daemon.world.memoryMib = 4000
    daemon.world.see('web', 'running', { '80/tcp': 'answering' }, { memoryMib: 512, memoryMaxMib: 1024 })
    const { body } = await post(daemon, url, payload)
    assert.equal(body.fault.code, code)
    assert.deepEqual(body.fault.details, details)
    assert.equal(body.fault.outcome, 'not-done')
    assert.equal(daemon.store.snapshot('wish/').entries.length, 0)
  })
}

test('pausing what does not run is refused; pausing tells what is paused with it', async () => {
  const daemon = launchedDaemon()
  const paused = await post(daemon, paths.guestDo('dns', 'pause'))
  assert.deepEqual(paused.body.changed, ['dns'])
  assert.deepEqual(paused.body.affects, ['mail', 'web'])
  assert.equal(daemon.wish('dns').pausedByHand, true)
  const again = await post(daemon, paths.guestDo('dns', 'pause'))
  assert.deepEqual(again.body.already, ['dns'])
  await post(daemon, paths.guestDo('dns', 'resume'))
  assert.equal(daemon.wish('dns').pausedByHand, false)

  const down = new FakeDaemon({ off: { wish: 'stopped' } })
  down.world.settle()
  const { body } = await post(down, paths.guestDo('off', 'pause'))
  assert.deepEqual(body.fault.details, { why: 'not-running', guest: 'off' })
})

test('a guest whose watch is off is not launched, and left out of a launch of all', async () => {
  const daemon = launchedDaemon()
  await post(daemon, paths.shutdown)
  await post(daemon, paths.guestDo('dns', 'watch'), { on: false })
  const named = await post(daemon, paths.guestDo('dns', 'launch'))
  assert.equal(named.body.fault.code, 'watch-off')
  const all = await post(daemon, paths.launch)
  assert.deepEqual(all.body.skipped, [{ guest: 'dns', why: 'watch-off' }])
  await post(daemon, paths.guestDo('dns', 'watch'), { on: true })
  assert.equal(daemon.wish('dns').watch, true)
})

test('disabled, ignored and stopped guests are started by name only, or not at all', async () => {
  const daemon = new FakeDaemon({
    off: { wish: 'stopped' },
    dead: { wish: 'disabled' },
    alien: { wish: 'ignored' },
    user: { needs: ['off'] },
    widow: { needs: ['dead'] },
  })
  daemon.world.settle()
  const all = await post(daemon, paths.launch)
  assert.deepEqual(all.body.skipped, [
    { guest: 'alien', why: 'ignored' },
    { guest: 'dead', why: 'disabled' },
    { guest: 'off', why: 'wished-stopped' },
  ])
  const user = await post(daemon, paths.guestDo('user', 'launch'))
  assert.deepEqual(user.body.also, ['off'])
  assert.equal(daemon.wish('off').state, 'running')
  const widow = await post(daemon, paths.guestDo('widow', 'launch'))
  assert.deepEqual(widow.body.fault.details, { why: 'need-disabled', guest: 'widow', need: 'dead' })
  for (const action of ['launch', 'shutdown', 'pause', 'resume'] as const) {
    const alien = await post(daemon, paths.guestDo('alien', action))
    assert.deepEqual(alien.body.fault.details, { why: 'ignored', guest: 'alien' }, action)
  }
})

test('two who command the same guest at once both get through', async () => {
  const daemon = launchedDaemon()
  const app = await daemon.api()
  const memory = paths.guestDo('lone', 'memory')
  const watch = paths.guestDo('lone', 'watch')
  const [one, two] = await Promise.all([
    app.inject({ method: 'POST', url: memory, payload: { memoryMib: 64 } }),
    app.inject({ method: 'POST', url: watch, payload: { on: false } }),
  ])
  await app.close()
  assert.deepEqual([one.statusCode, two.statusCode], [200, 200])
  assert.equal(daemon.wish('lone').memoryMib, 64)
  assert.equal(daemon.wish('lone').watch, false)
})

test('a store that fails is said, and nothing is claimed', async () => {
  const daemon = launchedDaemon()
  const { Fault } = await import('../../src/model/fault.ts')
  const powers = daemon.powers()
  const full = {
    ...powers,
    store: daemon.store.connect({ fail: () => new Fault('disk-full', 'not-done', { path: '/x' }) }),
  }
  const { createApi } = await import('../../src/api/server.ts')
  const app = await createApi(full)
  const response = await app.inject({ method: 'POST', url: paths.launch, payload: {} })
  await app.close()
  assert.equal(response.statusCode, 507)
  assert.equal((response.json() as ErrorBody).fault.code, 'disk-full')
})

test('a host that goes down: nobody is asked about dependents, no guest has another wish, and a launch takes it back', async () => {
  const daemon = launchedDaemon()
  const { status, body } = await post(daemon, paths.shutdown, { untilBoot: true })
  assert.equal(status, 200)
  assert.ok(Check(WishResult, body))
  assert.deepEqual([...body.changed].sort(), ['dns', 'lone', 'mail', 'web'])
  assert.deepEqual(daemon.store.snapshot('wish/guest/').entries, [])
  daemon.readWishes()
  daemon.world.settle()
  assert.equal(daemon.world.because('web'), 'host-shutdown')
  assert.equal(daemon.world.because('dns'), 'waiting-for-dependents')
  await setTimeout(20)
  assert.deepEqual(
    daemon.history.events.map(({ word, guest, note }) => [word, guest, note]),
    [['wish', null, 'shutdown --until-boot (ana)']],
  )

  assert.deepEqual((await post(daemon, paths.shutdown, { untilBoot: true })).body.changed, [])
  const taken = await post(daemon, paths.guestDo('web', 'launch'))
  assert.equal(taken.status, 200)
  daemon.readWishes()
  assert.equal(daemon.world.hostWishes.get(home)?.downInBoot, null)
})

test('a shutdown said while the host goes down outlasts its boot', async () => {
  const daemon = launchedDaemon()
  await post(daemon, paths.shutdown, { untilBoot: true })
  await post(daemon, paths.guestDo('lone', 'shutdown'))
  assert.equal(daemon.wish('lone').state, 'stopped')
})

test('a shutdown with the host names no guests', async () => {
  const { status, body } = await post(launchedDaemon(), paths.shutdown, { untilBoot: true, guests: ['web'] })
  assert.equal(status, 400)
  assert.equal(body.fault.code, 'bad-request')
})
