import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SimulatedLoss } from '../../src/cli/context.ts'
import type { ClusterSnapshot } from '../../src/core/snapshot.ts'
import { defaultSettings } from '../../src/model/cluster.ts'
import { guestId, hostId } from '../../src/model/ids.ts'
import { launchedDaemon } from '../api/fake-daemon.ts'
import { threeHosts } from '../api/wide-daemon.ts'
import { folder, served, type } from './terminal.ts'

test('migrate: to the host named last, to one named apart, or to the best place', async (t) => {
  const daemon = threeHosts()
  const socket = await served(t, daemon)
  const moved = await type('migrate web n2 --no-wait', { socket })
  assert.deepEqual([moved.exitCode, moved.out], [0, 'web: n1 -> n2, live\n'])
  assert.deepEqual(daemon.wish('web').move, { to: 'n2', how: 'live' })
  const cold = await type('migrate db --to n2 --cold --dry-run', { socket, language: 'pt' })
  assert.equal(cold.out, 'db: n1 -> n2, parada e reiniciada\nensaio: nada foi mudado\n')
  const best = await type('migrate db mail --dry-run', { socket })
  assert.match(best.out, /^db: n1 -> n2, live\nmail: n2 -> n1, live\n/)
  const json = JSON.parse((await type('migrate db n2 --dry-run -o json', { socket })).out)
  assert.deepEqual([json.schemaVersion, json.moves[0].to], [1, 'n2'])
})

test('migrate: refused with what stands in the way of each guest', async (t) => {
  const socket = await served(t, threeHosts())
  const silent = await type('migrate far n2', { socket })
  assert.equal(silent.exitCode, 1)
  assert.equal(
    silent.err,
    'vigia: refused: far cannot be moved\n' +
      '  far: its host n3 is silent and not proven dead: its lease is not over yet\n' +
      'hint: Nothing was changed; remove the reason named here and repeat.\n',
  )
  const nobody = await type('migrate web nod2', { socket })
  assert.equal(nobody.exitCode, 105)
  assert.match(nobody.err, /^vigia: no host is called nod2/)
  const alone = await type('migrate web', { socket: await served(t, launchedDaemon()) })
  assert.equal(alone.exitCode, 69)
})

test('migrate waits until the guest is there, and says so; Ctrl-C ends the waiting only', async (t) => {
  const daemon = threeHosts()
  const socket = await served(t, daemon)
  const stop = new AbortController()
  const ended = await type('migrate web n2', { socket, interrupted: stop.signal, seen: () => stop.abort() })
  assert.equal(ended.exitCode, 130)
  assert.match(ended.err, /the work goes on/)
  const late = await type('migrate web n2 --timeout 50ms', { socket })
  assert.equal(late.exitCode, 124)
})

test('maintenance: a preview, a refusal, and the thing itself', async (t) => {
  const daemon = threeHosts({ hosts: { n1: {}, n2: { memoryMib: 1_100 }, n3: { silentMs: 30_000 } } })
  const socket = await served(t, daemon)
  const dry = await type('maintenance n1 on --dry-run', { socket })
  assert.equal(
    dry.out,
    'db: n1 -> n2, live\n' +
      'these stay where they are:\n' +
      '  web: no host can take it:\n' +
      '    n2 has 76 MiB of memory to give, and it needs 512 MiB\n' +
      '    n3 is not there\n' +
      'dry run: nothing was changed\n',
  )
  const refused = await type('maintenance n1 on', { socket })
  assert.equal(refused.exitCode, 1)
  assert.match(refused.err, /^vigia: refused: n1 cannot be emptied: web would stay\n {2}web: no host can take it:\n/)
  const forced = await type('maintenance n1 on --force --no-wait', { socket })
  assert.match(forced.out, /\nn1 is in maintenance: its guests go, and none comes\n$/)
  assert.match(
    (await type('status --hosts', { socket })).out,
    /^Host n1: .*; leads the cluster; in maintenance; 2 guests\n/,
  )
  const off = await type('maintenance n1 off', { socket })
  assert.match(off.out, /n1 takes guests again\n$/)
  assert.equal((await type('maintenance n1 maybe', { socket })).exitCode, 64)
})

test('rebalance says what it moves', async (t) => {
  const guests = { a: { on: 'n1' }, b: { on: 'n1' }, c: { on: 'n1' } }
  const socket = await served(t, threeHosts({ hosts: { n1: {}, n2: {}, n3: {} }, guests }))
  assert.equal(
    (await type('rebalance --dry-run', { socket })).out,
    'a: n1 -> n2, live\nb: n1 -> n3, live\ndry run: nothing was changed\n',
  )
})

test('an oath wants the name typed again: yes is none', async (t) => {
  const daemon = threeHosts()
  const socket = await served(t, daemon)
  assert.equal((await type('swear-dead n3 --yes', { socket })).exitCode, 64)
  const wrong = await type('swear-dead n3', { socket, answer: 'y' })
  assert.deepEqual([wrong.exitCode, wrong.err], [1, 'that is not its name: nothing was done\n'])
  assert.deepEqual(daemon.hostWish('n3'), {})
  const online = await type('swear-dead n2 --yes-it-is-dead n2', { socket })
  assert.equal(online.exitCode, 1)
  assert.match(online.err, /^vigia: refused: n2 shows that it lives\n/)
  const done = await type('swear-dead n3', { socket, answer: 'n3' })
  assert.deepEqual([done.exitCode, done.out], [0, 'sworn: n3 is dead; its guests start elsewhere\n'])
  assert.equal(daemon.hostWish('n3').sworn?.by, 'ana')
})

test('arm, disarm, and for how long', async (t) => {
  const daemon = threeHosts()
  const socket = await served(t, daemon)
  assert.equal((await type('arm', { socket })).err, '')
  assert.equal((await type('disarm --for 2h', { socket })).out, 'disarmed for 2 h: nothing is taken from any host\n')
  assert.equal(daemon.armed()?.forMs, 7_200_000)
  assert.equal((await type('disarm --for soon', { socket })).exitCode, 64)
  const bare = threeHosts({ hosts: { n1: {}, n2: { armed: null }, n3: {} }, guests: {}, members: { armed: false } })
  const refused = await type('arm', { socket: await served(t, bare), language: 'pt' })
  assert.match(refused.err, /^vigia: recusado: nada comprovaria a morte de: n2\n/)
})

test('fence asks first, resets its count, and tests devices', async (t) => {
  const daemon = threeHosts({ members: { fenced: { hosts: [hostId('n2')] } } })
  const socket = await served(t, daemon)
  assert.equal((await type('fence n2', { socket })).exitCode, 64)
  assert.equal((await type('fence n2', { socket, answer: 'n' })).exitCode, 1)
  assert.deepEqual(daemon.hostWish('n2'), {})
  assert.match((await type('fence n2 --yes', { socket })).out, /^accepted: the power of n2 is taken/)
  assert.equal(daemon.hostWish('n2').fenceSerial, 1)
  assert.equal((await type('fence reset', { socket })).out, 'the count of fenced hosts begins anew\n')
  const good = await type('fence test n1', { socket })
  assert.deepEqual([good.exitCode, good.out], [0, 'fence_a: good\n  the power is read: on: yes\n'])
  const bad = await type('fence test n2 --take-power --yes', { socket })
  assert.equal(bad.exitCode, 1)
  assert.match(
    bad.out,
    /fence_b: not to be trusted\n {2}its program takes its parameters: NO \(the fence device of n2 failed/,
  )
  assert.deepEqual(daemon.fenceTests, [
    ['n1', false],
    ['n2', true],
  ])
  assert.equal((await type('fence test', { socket })).exitCode, 64)
  assert.equal((await type('fence n1 n2', { socket })).exitCode, 64)
})

test('clear and unmanage say what was done', async (t) => {
  const guests = { web: { on: 'n1', run: 'stopped', phase: { kind: 'failed' } } as const, db: { on: 'n1' } }
  const socket = await served(t, threeHosts({ guests }))
  assert.equal((await type('clear web', { socket })).out, 'web: its failures are forgotten\n')
  assert.equal((await type('clear db', { socket })).out, 'nothing to do: already so\n')
  assert.equal(
    (await type('unmanage db', { socket })).out,
    'db is left alone altogether; "vigia launch db" takes it back\n',
  )
})

test('status tells how hosts stand and what a loss would do; the probe warns of it', async (t) => {
  const over = { settings: { ...defaultSettings, survive: 1 } }
  const guests = { web: { on: 'n1' } }
  const daemon = threeHosts({ hosts: { n1: {}, n2: { memoryMib: 100 }, n3: { silentMs: 30_000 } }, guests, over })
  const socket = await served(t, daemon)
  const { out } = await type('status', { socket })
  assert.match(out, /\nHost n3: not heard of; silent for longer than its lease; its lease is not over yet; 0 guests\n/)
  assert.match(out, /\nThe loss of n1 would leave waiting: web\.\n/)
  assert.match(out, /\nGUEST +PHASE +HOST +/)
  const probe = await type('status --check', { socket })
  assert.equal(probe.exitCode, 1)
  assert.equal(probe.out, 'WARNING: n3 silent for longer than its lease; the loss of n1 would leave waiting web\n')
  const csv = (await type('status --hosts -o csv', { socket })).out.split('\r\n')
  assert.equal(csv[0], 'host,standing,leads,maintenance,goingDown,watchdog,guests,totalMib,guestsMib')
  assert.match(csv[3]!, /^n3,expired,false,false,false,armed,0,/)
})

test('what a cluster could not bear, and whose file only wants to be told, is launched with a warning', async (t) => {
  const daemon = threeHosts({
    hosts: { n1: {}, n2: { memoryMib: 100 }, n3: { memoryMib: 100 } },
    guests: { web: { on: 'n1', run: 'stopped', spec: { wish: 'stopped' }, phase: { kind: 'stopped' } } },
    over: { settings: { ...defaultSettings, survive: 1, survivePolicy: 'warn' } },
  })
  const socket = await served(t, daemon)
  const { exitCode, err } = await type('launch web --no-wait', { socket })
  assert.equal(exitCode, 0)
  assert.equal(err, 'warning: the loss of n1, which the file asks to bear, would leave waiting: web\n')
  const json = await type('launch web --no-wait -o json', { socket })
  assert.equal(json.err, '')
})

test('why lists each host that cannot take a waiting guest', async (t) => {
  const hosts = [
    { host: hostId('n1'), why: { code: 'maintenance' } as const },
    { host: hostId('n2'), why: { code: 'rule-apart', guests: [guestId('db')] } as const },
  ]
  const waiting = { phase: { kind: 'waiting', notBefore: null }, because: { code: 'no-place', hosts } } as const
  const socket = await served(t, threeHosts({ guests: { web: { on: 'n3', ...waiting } } }))
  assert.match(
    (await type('why web', { socket })).out,
    /^web: waiting; no host may take it\n {4}n1 is in maintenance\n {4}a rule keeps it apart from db on n2\n/,
  )
})

const small = `version: 1
hosts:
  n1: { memory: 2 GiB, reserved: 0 MiB }
  n2: { memory: 2 GiB, reserved: 0 MiB }
guests:
  web: { memory: 1 GiB, priority: 1 }
  db: { memory: 1 GiB }
`

test('check --survive answers for every loss of so many hosts, and by exit code', async (t) => {
  const file = join(folder(t), 'vigia.yaml')
  writeFileSync(file, small)
  const good = await type(['check', file, '--survive', '1'])
  assert.deepEqual([good.exitCode, good.out], [0, `${file}: bears the loss of any 1 host\n`])
  assert.deepEqual(JSON.parse((await type(['check', file, '--survive', '1', '-o', 'json'])).out), {
    survives: true,
    losses: [
      { hosts: ['n1'], waiting: [] },
      { hosts: ['n2'], waiting: [] },
    ],
  })
  writeFileSync(file, `${small}  mail: { memory: 1 GiB }\n`)
  const bad = await type(['check', file, '--survive', '1'])
  assert.equal(bad.exitCode, 1)
  assert.match(
    bad.out,
    /^without n1:\n {2}mail: no host can take it:\n {4}n2 has 0 MiB of memory to give, and it needs 1 GiB\n/,
  )
  const json = JSON.parse((await type(['check', file, '--survive', '1', '-o', 'json'])).out)
  assert.deepEqual(json.losses[0].waiting, [
    {
      guest: 'mail',
      because: { code: 'no-place', hosts: [{ host: 'n2', why: { code: 'memory', neededMib: 1024, freeMib: 0 } }] },
    },
  ])
  assert.equal((await type(['check', file, '--survive', '3'])).exitCode, 64)
})

test('check --survive says of which hosts it knows no memory', async (t) => {
  const file = join(folder(t), 'vigia.yaml')
  writeFileSync(file, small.replace('memory: 2 GiB, ', ''))
  const { exitCode, err } = await type(['check', file, '--survive', '1'])
  assert.equal(exitCode, 0)
  assert.equal(err, 'the file does not say how much memory n1 has: its room is not judged, only the rules\n')
  assert.equal((await type(['check', file, '--survive', '1', '-o', 'json'])).err, '')
})

test('check --survive refuses more losses than it can look at, with their number', async (t) => {
  const file = join(folder(t), 'vigia.yaml')
  const hosts = Array.from({ length: 60 }, (_, index) => `  n${index}: { memory: 2 GiB }\n`).join('')
  writeFileSync(file, `version: 1\nhosts:\n${hosts}guests:\n  web: {}\n`)
  const { exitCode, err } = await type(['check', file, '--survive', '5'])
  assert.equal(exitCode, 64)
  assert.match(err, /there are 5461512 ways to lose 5 hosts, and at most 100000 are looked at/)
})

test('a snapshot is written down and decided from again', async (t) => {
  const daemon = threeHosts({
    hosts: { n1: {}, n2: {}, n3: { lost: true } },
    guests: { web: { on: 'n3' } },
  })
  const socket = await served(t, daemon)
  const { out } = await type('snapshot', { socket })
  const file = join(folder(t), 'snapshot.json')
  writeFileSync(file, out)
  const told = await type(['decide', file])
  assert.equal(told.exitCode, 0)
  assert.match(told.out, /^web on n1: /)
  assert.match(told.out, /web is started on another host, its own was lost/)
  const json = JSON.parse((await type(['decide', file, '-o', 'json'])).out)
  assert.deepEqual([json.schemaVersion, json.records[0].owner, json.takenFrom], [1, 'n1', ['n3']])
  writeFileSync(file, '{}')
  const bad = await type(['decide', file])
  assert.equal(bad.exitCode, 65)
  assert.match(bad.err, /expected a snapshot of this version/)
})

test('simulate --live asks for the cluster as it is, or reads it, and tells who goes where and who waits', async (t) => {
  const asked: [ClusterSnapshot, readonly string[]][] = []
  const loss: SimulatedLoss = {
    ...{ lost: [hostId('n1')], seed: 1, quorum: true, untouched: [guestId('mail')] },
    events: [{ at: 1_000, actor: 'leader', word: 'recover', guest: guestId('web'), host: hostId('n2'), because: null }],
    guests: [
      { ...place('web', 'n1', 'n2'), state: 'running', readyMs: 24_000, because: { code: 'runs' } },
      { ...place('db', 'n1', null), state: 'waiting', readyMs: null, because: { code: 'no-place', hosts: [] } },
    ],
  }
  const powers = {
    simulateLoss: async (snapshot: ClusterSnapshot, hosts: readonly string[]) => {
      asked.push([snapshot, hosts])
      return loss
    },
  }
  const socket = await served(t, threeHosts())
  const { exitCode, out } = await type('simulate --live --lose n1 n3', { socket, powers })
  assert.equal(exitCode, 1)
  assert.match(
    out,
    /^1 s +web is started on another host, its own was lost\n\nweb: n1 -> n2, answers after 24 s\ndb: no host can take it:\n1 guest is not touched\n$/,
  )
  assert.deepEqual(asked[0]?.[1], ['n1', 'n3'])
  const file = join(folder(t), 'snapshot.json')
  writeFileSync(file, (await type('snapshot', { socket })).out)
  const json = await type(['simulate', '--live', '--lose', 'n1,n2', '--snapshot', file, '--json'], { powers })
  assert.deepEqual(JSON.parse(json.out).guests[0].readyMs, 24_000)
  assert.deepEqual(asked[1]?.[1], ['n1', 'n2'])
  for (const line of ['simulate --live', 'simulate --lose n1', 'simulate']) {
    assert.equal((await type(line, { socket, powers })).exitCode, 64, line)
  }
})

function place(guest: string, from: string, to: string | null) {
  return { guest: guestId(guest), from: hostId(from), to: to === null ? null : hostId(to) }
}
