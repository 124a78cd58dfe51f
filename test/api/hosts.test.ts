import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { ApplyResult } from '../../src/contract/apply.ts'
import { ErrorBody } from '../../src/contract/error.ts'
import { DoneResult, FenceTestResult } from '../../src/contract/hosts.ts'
import { MovesResult } from '../../src/contract/moves.ts'
import { paths, speakerHeader } from '../../src/contract/protocol.ts'
import { StatusView } from '../../src/contract/status.ts'
import { WishResult } from '../../src/contract/wishes.ts'
import { snapshotFrom } from '../../src/core/snapshot-text.ts'
import { defaultSettings } from '../../src/model/cluster.ts'
import { guestId, hostId } from '../../src/model/ids.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { launchedDaemon } from './fake-daemon.ts'
import { threeHosts, type WideDaemon } from './wide-daemon.ts'

type Body = MovesResult & DoneResult & FenceTestResult & ErrorBody & Pick<WishResult, 'risks'>

async function post(daemon: WideDaemon, url: string, payload: object = {}, by = 'ana') {
  const app = await daemon.api()
  try {
    const response = await app.inject({
      method: 'POST',
      url,
      payload,
      headers: by === '' ? {} : { [speakerHeader]: by },
    })
    return { status: response.statusCode, body: response.json() as Body }
  } finally {
    await app.close()
  }
}

async function get(daemon: WideDaemon, url: string) {
  const app = await daemon.api()
  try {
    return await app.inject({ url })
  } finally {
    await app.close()
  }
}

function assertIs(schema: TSchema, value: unknown): void {
  assert.ok(Check(schema, value), JSON.stringify([...Errors(schema, value)]))
}

const history = async (daemon: WideDaemon) => {
  await setTimeout(20)
  return daemon.history.events.map(({ guest, host, note }) => `${guest ?? host}: ${note}`)
}

test('migrate: the wish is durable, and says where and how', async () => {
  const daemon = threeHosts()
  const { status, body } = await post(daemon, paths.migrate, { guests: ['web'], to: 'n2', cold: true })
  assert.equal(status, 200)
  assertIs(MovesResult, body)
  assert.deepEqual(body.moves, [{ guest: 'web', from: 'n1', to: 'n2', how: 'cold', cause: 'operator' }])
  assert.deepEqual(daemon.wish('web').move, { to: 'n2', how: 'cold' })
  assert.equal(daemon.wish('web').moveSerial, 1)
  assert.deepEqual(await history(daemon), ['web: migrate n2 --cold (ana)'])
})

test('migrate: what cannot be is refused with the reason of each guest, and nothing is written', async () => {
  const daemon = threeHosts()
  const { status, body } = await post(daemon, paths.migrate, { guests: ['web', 'far'], to: 'n2' })
  assert.equal(status, 409)
  assertIs(ErrorBody, body)
  assert.deepEqual(body.fault.details, { why: 'cannot-move', guests: ['far'] })
  assert.deepEqual(
    body.reasons?.map(({ guest, because }) => [guest, because.code]),
    [['far', 'host-silent']],
  )
  assert.deepEqual(daemon.store.snapshot('wish/').entries, [])
  const dry = await post(daemon, paths.migrate, { guests: ['web'], dryRun: true })
  assert.deepEqual(
    dry.body.moves.map(({ to }) => to),
    ['n2'],
  )
  assert.deepEqual(daemon.store.snapshot('wish/').entries, [])
})

test('maintenance: a dry run tells who could not go, the real one is refused for it, force goes ahead', async () => {
  const daemon = threeHosts({ hosts: { n1: {}, n2: { memoryMib: 1_100 }, n3: { silentMs: 30_000 } } })
  const url = paths.hostDo('n1', 'maintenance')
  const dry = await post(daemon, url, { on: true, dryRun: true })
  assertIs(MovesResult, dry.body)
  assert.deepEqual(
    dry.body.moves.map(({ guest, to }) => [guest, to]),
    [['db', 'n2']],
  )
  assert.deepEqual(
    dry.body.stays.map(({ guest }) => guest),
    ['web'],
  )
  const refused = await post(daemon, url, { on: true })
  assert.deepEqual(refused.body.fault.details, { why: 'cannot-empty', host: 'n1', guests: ['web'] })
  assert.deepEqual(daemon.hostWish('n1'), {})
  const forced = await post(daemon, url, { on: true, force: true })
  assert.equal(forced.body.changed, true)
  assert.equal(daemon.hostWish('n1').maintenance, true)
  assert.equal((await post(daemon, url, { on: true })).body.changed, false)
  await post(daemon, url, { on: false })
  assert.equal(daemon.hostWish('n1').maintenance, false)
  assert.deepEqual(await history(daemon), ['n1: maintenance n1 on (ana)', 'n1: maintenance n1 off (ana)'])
})

test('rebalance: the moves that make hosts even, as wishes', async () => {
  const daemon = threeHosts({ hosts: { n1: {}, n2: {}, n3: {} } })
  const dry = await post(daemon, paths.rebalance, { dryRun: true })
  assert.equal(dry.body.moves.length, 0)
  const uneven = threeHosts({
    hosts: { n1: {}, n2: {}, n3: {} },
    guests: { a: { on: 'n1' }, b: { on: 'n1' }, c: { on: 'n1' } },
  })
  const { body } = await post(uneven, paths.rebalance)
  assert.deepEqual(
    body.moves.map(({ guest, to }) => [guest, to]),
    [
      ['a', 'n2'],
      ['b', 'n3'],
    ],
  )
  assert.equal(uneven.wish('b').moveSerial, 1)
})

test('an oath: the name said twice, by somebody, about a silent host, and only while its record stays as it was', async () => {
  const daemon = threeHosts()
  const url = paths.hostDo('n3', 'swear-dead')
  assert.equal((await post(daemon, url, { isDead: 'n2' })).status, 400)
  assert.equal((await post(daemon, url, { isDead: 'n3' }, '')).body.fault.details.why, 'oath-without-name')
  const online = await post(daemon, paths.hostDo('n2', 'swear-dead'), { isDead: 'n2' })
  assert.deepEqual(online.body.fault.details, { why: 'host-online', host: 'n2' })
  const { status, body } = await post(daemon, url, { isDead: 'n3' })
  assert.equal(status, 200)
  assertIs(DoneResult, body)
  assert.deepEqual(daemon.hostWish('n3').sworn, { aliveRevision: 1, by: 'ana' })
  assert.deepEqual(await history(daemon), ['n3: swear-dead n3 (ana)'])

  const renewed = threeHosts()
  renewed.store.apply({ when: [], put: [{ key: storeKeys.alive('n3'), value: '{}' }], remove: [] })
  const late = await post(renewed, url, { isDead: 'n3' })
  assert.equal(late.body.fault.code, 'daemon-busy')
  assert.deepEqual(renewed.hostWish('n3'), {})
})

test('what was said of a host before stays said', async () => {
  const daemon = threeHosts()
  await post(daemon, paths.hostDo('n3', 'swear-dead'), { isDead: 'n3' })
  await post(daemon, paths.hostDo('n3', 'maintenance'), { on: true })
  const { sworn, maintenance, downInBoot } = daemon.hostWish('n3')
  assert.deepEqual([sworn?.by, maintenance, downInBoot], ['ana', true, null])
})

test('arming and disarming, with the reason why not', async () => {
  const daemon = threeHosts({ members: { armed: false } })
  const bare = threeHosts({
    hosts: { n1: {}, n2: { armed: null }, n3: {} },
    guests: { web: { on: 'n1' } },
    members: { armed: false },
  })
  const refused = await post(bare, paths.arm, { armed: true })
  assert.deepEqual(refused.body.fault.details, { why: 'no-proof', hosts: ['n2'] })
  assert.equal((await post(bare, paths.arm, { armed: true, force: true })).body.changed, true)
  daemon.autostarting = ['web']
  assert.deepEqual((await post(daemon, paths.arm, { armed: true })).body.fault.details, {
    why: 'autostart',
    guests: ['web'],
  })
  daemon.autostarting = []
  assert.equal((await post(daemon, paths.arm, { armed: true })).body.changed, true)
  assert.equal(daemon.armed()?.armed, true)
  await post(threeHosts(), paths.arm, { armed: false })
  const timed = threeHosts()
  await post(timed, paths.arm, { armed: false, forMs: 7_200_000 })
  assert.deepEqual([timed.armed()?.armed, timed.armed()?.forMs], [false, 7_200_000])
  assert.deepEqual(await history(timed), ['h1: disarm for 2h (ana)'])
  assert.equal((await post(timed, paths.arm, { armed: true, forMs: 1 })).status, 400)
})

test('fencing by hand, its count, and its test', async () => {
  const daemon = threeHosts()
  const done = await post(daemon, paths.hostDo('n2', 'fence'))
  assert.equal(done.body.changed, true)
  assert.deepEqual([daemon.hostWish('n2').fenceSerial, daemon.hostWish('n2').fenceBoot], [1, 'boot-n2'])
  assert.equal((await post(daemon, paths.hostDo('n3', 'fence'))).body.fault.code, 'fence-absent')
  const full = threeHosts({ members: { fenced: { hosts: [hostId('n1')] } } })
  const limited = await post(full, paths.hostDo('n2', 'fence'))
  assert.deepEqual(limited.body.fault.details, { why: 'fence-limit', limit: 1, hosts: ['n1'] })
  assert.equal((await post(full, paths.fenceReset)).body.changed, true)
  assert.equal(full.fencingWish()?.resetSerial, 1)
  const tested = await post(daemon, paths.hostDo('n2', 'fence-test'), { takePower: true })
  assertIs(FenceTestResult, tested.body)
  assert.deepEqual(daemon.fenceTests, [['n2', true]])
  assert.equal(
    (await post(daemon, paths.hostDo('n9', 'fence-test'), { takePower: false })).body.fault.code,
    'host-unknown',
  )
})

test('a failed guest is forgotten, another is left alone altogether', async () => {
  const daemon = threeHosts({
    hosts: { n1: {}, n2: {} },
    guests: { web: { on: 'n1', run: 'stopped', phase: { kind: 'failed' } }, db: { on: 'n1' } },
  })
  const cleared = await post(daemon, paths.guestDo('web', 'clear'))
  assert.equal(cleared.status, 200)
  const { state, launchSerial, clears } = daemon.wish('web')
  assert.deepEqual([state, launchSerial, clears], [null, 1, true])
  await post(daemon, paths.guestDo('db', 'clear'))
  assert.equal(daemon.wish('db').launchSerial, 0)
  await post(daemon, paths.guestDo('db', 'unmanage'))
  assert.equal(daemon.wish('db').state, 'ignored')
  await post(daemon, paths.guestDo('db', 'launch'))
  assert.equal(daemon.wish('db').state, null)
})

test('status: how each host stands, who leads, where guests are and go, what a loss would do', async () => {
  const daemon = threeHosts({
    hosts: { n1: { fence: ['fence_a'] }, n2: { armed: null, memoryMib: 600 }, n3: { silentMs: 30_000 } },
    guests: {
      web: { on: 'n1', seat: { move: { to: hostId('n2'), how: 'live', cause: 'rule', serial: 1 } } },
      db: { on: 'n1' },
    },
    over: { settings: { ...defaultSettings, survive: 1 } },
    members: { armed: false, disarmedForMs: 3_500, fenced: { hosts: [hostId('n3')] } },
  })
  await post(daemon, paths.hostDo('n2', 'maintenance'), { on: true })
  const status = (await get(daemon, paths.status)).json() as StatusView
  assertIs(StatusView, status)
  assert.deepEqual(
    status.hosts.map(({ id, guests, member }) => [
      id,
      guests,
      member?.standing,
      member?.leads,
      member?.maintenance,
      member?.watchdog,
    ]),
    [
      ['n1', 2, 'online', true, false, 'armed'],
      ['n2', 0, 'online', false, true, 'none'],
      ['n3', 0, 'expired', false, false, 'armed'],
    ],
  )
  const { survival, ...members } = status.members!
  const fenced = { fenced: ['n3'], fencedAtMost: 1 }
  assert.deepEqual(members, { leader: 'n1', armed: false, disarmedForMs: 4_000, ...fenced })
  assert.equal(survival?.survives, false)
  assert.deepEqual(
    survival?.losses.map(({ hosts, waiting }) => [hosts, waiting.map(({ guest }) => guest)]),
    [[['n1'], ['db', 'web']]],
  )
  assert.deepEqual(status.guests.find(({ id }) => id === 'web')?.move, { to: 'n2', how: 'live', cause: 'rule' })
})

test('with one host there is nothing of this, and commands say so', async () => {
  const daemon = launchedDaemon()
  const app = await daemon.api()
  const status = (await app.inject({ url: paths.status })).json() as StatusView
  assert.equal(status.members, undefined)
  assert.equal(status.hosts[0]?.member, undefined)
  for (const [url, payload] of [
    [paths.migrate, { guests: ['web'] }],
    [paths.rebalance, {}],
    [paths.hostDo('h1', 'maintenance'), { on: true }],
    [paths.hostDo('h1', 'swear-dead'), { isDead: 'h1' }],
    [paths.hostDo('h1', 'fence'), {}],
    [paths.fenceReset, {}],
    [paths.arm, { armed: true }],
  ] as const) {
    const response = await app.inject({ method: 'POST', url, payload })
    assert.equal((response.json() as ErrorBody).fault.code, 'needs-several-hosts', url)
  }
  await app.close()
})

test('apply refuses a file that could not bear what it asks to bear, unless forced', async () => {
  const daemon = threeHosts({
    hosts: { n1: { memoryMib: 1_100 }, n2: { memoryMib: 600 }, n3: {} },
    guests: { web: { on: 'n1' } },
    over: {
      settings: { ...defaultSettings, survive: 1 },
      rules: [{ kind: 'hosts', guests: [guestId('web')], hosts: { n1: 0 }, strict: true }],
    },
  })
  const request = { path: 'vigia.yaml', text: 'x' }
  const refused = await post(daemon, paths.apply, request)
  assert.equal(refused.body.fault.code, 'needs-force')
  assertIs(ErrorBody, refused.body)
  assert.deepEqual(refused.body.refusals, [{ code: 'would-not-survive', hosts: ['n1'], guests: ['web'] }])
  assert.equal((await post(daemon, paths.apply, { ...request, force: true })).status, 200)
})

test('where the file only wants to be told, what it could not bear is applied and launched, and answered with the loss', async () => {
  const daemon = threeHosts({
    hosts: { n1: { memoryMib: 1_100 }, n2: { memoryMib: 600 }, n3: {} },
    guests: { web: { on: 'n1', run: 'stopped', spec: { wish: 'stopped' }, phase: { kind: 'stopped' } } },
    over: {
      settings: { ...defaultSettings, survive: 1, survivePolicy: 'warn' },
      rules: [{ kind: 'hosts', guests: [guestId('web')], hosts: { n1: 0 }, strict: true }],
    },
  })
  const request = { path: 'vigia.yaml', text: 'x' }
  const before = await post(daemon, paths.apply, request)
  assert.deepEqual([before.status, before.body.refusals, before.body.risks], [200, [], undefined])
  const launched = await post(daemon, paths.launch, { guests: ['web'] })
  const risks = [{ code: 'would-not-survive', hosts: ['n1'], guests: ['web'] }]
  assert.deepEqual([launched.status, launched.body.changed, launched.body.risks], [200, ['web'], risks])
  assertIs(WishResult, launched.body)
  const applied = await post(daemon, paths.apply, request)
  assert.deepEqual([applied.status, applied.body.refusals, applied.body.risks], [200, [], risks])
  assertIs(ApplyResult, applied.body)
})

test('the snapshot is all that decisions are made from', async () => {
  const daemon = threeHosts()
  const response = await get(daemon, paths.snapshot)
  assert.equal(response.statusCode, 200)
  assert.match(String(response.headers['content-type']), /^application\/json/)
  assert.deepEqual(snapshotFrom(response.body)?.members?.sights.size, 3)
})
