import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { clusterChecks } from '../../src/bin/cluster-checks.ts'
import { HostHere, type HostHereOptions } from '../../src/bin/host-here.ts'
import { type HostQuestions, hostQuestionPath, hostRoute, questionsTo } from '../../src/drivers/peers/host-questions.ts'
import type { HttpsPeers } from '../../src/drivers/peers/peers.ts'
import { openSqlite } from '../../src/drivers/sqlite/open.ts'
import { type ClusterSpec, defaultSettings } from '../../src/model/cluster.ts'
import type { GuestSpec } from '../../src/model/guest.ts'
import { guestId, type HostId, hostId, instant, wallTime } from '../../src/model/ids.ts'
import type { MemberSight } from '../../src/model/member.ts'
import { folderOf, refused } from '../drivers/ca/parts.ts'
import { directory, knows, local, members, openPeers } from '../drivers/peers/parts.ts'

const names = ['alfa', 'beta', 'gamma'] as const
const web = guestId('web')

/** The wall clock of all of them, which stands still: how long they take on a busy machine says nothing of their clocks. */
const wallMs = Date.now()

interface TestHost {
  readonly here: HostQuestions
  readonly peers: HttpsPeers
}

/** Three daemons' channels on the loopback, each host as it is told to be; files are real ones. */
async function hosts(t: TestContext, of: (name: string) => Partial<HostHereOptions>) {
  const { members: identities } = await members(...names)
  const known = directory()
  known.standing = knows(...identities)
  const made = new Map<HostId, TestHost>()
  for (const identity of identities) {
    const host = hostId(identity.member)
    const here = new HostHere({
      ...{ host, wall: () => wallTime(wallMs), watchdogDevice: null, storeFolder: null },
      hostname: async () => identity.member,
      cpu: async () => 'Intel Xeon avx',
      resolve: async () => ['192.0.2.1'],
      disks: async () => ({}),
      isVirtual: () => false,
      ...of(identity.member),
    })
    const routes = new Map([
      [hostQuestionPath, hostRoute(() => here, { standingOf: (...shown) => known.standing(...shown) })],
    ])
    const peers = await openPeers(identity, known, { routes })
    t.after(() => peers.close())
    known.addresses.set(host, [local(peers.port)])
    made.set(host, { here, peers })
  }
  return { made, known }
}

async function found(t: TestContext, made: ReadonlyMap<HostId, TestHost>, spec: ClusterSpec | null = null) {
  const { store, close } = await openSqlite(folderOf(t))
  t.after(close)
  const self = hostId('alfa')
  let nowMs = 0
  const { peers, here } = made.get(self)!
  const checks = await clusterChecks({
    // By this clock, too, each write to the store takes a millisecond.
    ...{ self, spec, store, wall: () => wallMs, nowMs: () => nowMs++ },
    members: new Map([...made.keys()].map((id) => [id, sight(id)])),
    questionsTo: (of) => (of === self ? here : questionsTo(peers, of)),
    roundTripMs: async () => null,
    authority: () => ({ kind: 'calm' }),
  })
  assert.deepEqual((await store.read('doctor/')).entries, [])
  return checks.map(({ id, result, subject, fault }) => `${subject ?? '-'} ${fault?.code ?? id} ${result}`)
}

const sight = (member: HostId): MemberSight => ({
  ...{ member, kind: 'host', alive: null, revision: 1, renewed: true, askedSince: null, heardAt: null },
  unchangedSince: instant(0),
})

const fileOf = (guests: readonly string[]): ClusterSpec =>
  ({
    ...{ version: 1, name: 'office', rules: [], settings: defaultSettings },
    hosts: names.map((name) => ({ id: hostId(name), fence: [{ name: 'pdu' }] })),
    guests: guests.map((id) => ({ id: guestId(id) }) as GuestSpec),
  }) as unknown as ClusterSpec

test('each host speaks for itself: its clock, its CPU, its watchdog, its own name', async (t) => {
  const { made } = await hosts(t, (name) =>
    name === 'gamma'
      ? { wall: () => wallTime(wallMs - 90_000), cpu: async () => 'AMD EPYC', resolve: async () => [] }
      : {},
  )
  assert.deepEqual(await found(t, made, fileOf([])), [
    'gamma clock-behind fail',
    '- cpus warn',
    'alfa no-watchdog warn',
    'alfa host-name pass',
    'beta no-watchdog warn',
    'beta host-name pass',
    'gamma no-watchdog warn',
    'gamma host-name warn',
    '- store-writes pass',
  ])
})

test('a host that does not answer is said to be one, and the others are judged', async (t) => {
  const { made } = await hosts(t, () => ({}))
  await made.get(hostId('beta'))!.peers.close()
  const told = await found(t, made)
  assert.deepEqual(told.slice(0, 3), ['beta peer-lost fail', '- clocks pass', '- cpus pass'])
  assert.ok(told.includes('gamma no-watchdog fail'))
})

test('a disk of a guest is compared by a mark beside it, from whichever host has the guest; nothing stays', async (t) => {
  const [folder, local] = [folderOf(t), folderOf(t)]
  for (const place of [folder, local]) writeFileSync(join(place, 'disk'), 'x')
  const disks = { [web]: [join(folder, 'disk')], [guestId('mail')]: [join(local, 'disk')] }
  const { made } = await hosts(t, (name) => (name === 'beta' ? { disks: async () => disks } : {}))
  const spec = fileOf(['web', 'mail'])
  const alike = await found(t, made, spec)
  assert.deepEqual(alike.slice(-2), ['web shared-disks pass', 'mail shared-disks pass'])
  // As gamma sees it, this folder is another one: the same path, and no mark.
  const { here } = made.get(hostId('gamma'))!
  const look = here.look.bind(here)
  here.look = (files) => look(files.map((one) => (one.path.startsWith(local) ? { ...one, mark: 'another-one' } : one)))
  assert.deepEqual((await found(t, made, spec)).slice(-2), ['web shared-disks pass', 'mail disks-not-shared fail'])
  assert.deepEqual([readdirSync(folder), readdirSync(local)], [['disk'], ['disk']])
})

test('only members are answered, and only what is asked in order', async (t) => {
  const { made, known } = await hosts(t, () => ({}))
  const { peers } = made.get(hostId('alfa'))!
  const limits = { timeoutMs: 5_000, maxAnswerBytes: 10_000 }
  const ask = (body: object) => peers.request(hostId('beta'), hostQuestionPath, JSON.stringify(body), limits)
  for (const body of [{}, { ask: 'mark', mark: '../x' }, { ask: 'look', files: [{ path: 'etc', mark: null }] }]) {
    await assert.rejects(ask(body), refused('bad-data'))
  }
  await assert.rejects(peers.request(hostId('beta'), '/nowhere', '{}', limits), refused('peer-lost', 'HTTP 404'))
  known.standing = () => 'foreign'
  await assert.rejects(ask({ ask: 'clock' }), refused('certificate-refused'))
})
