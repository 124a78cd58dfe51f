import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { compiled, daemonCommand } from '../../bench/build.ts'
import { LabCluster, type LabMember } from '../../lab/cluster.ts'
import type { DefinedGuest } from '../../lab/cluster-file.ts'
import { NeverTwice } from '../../lab/never-twice.ts'
import { qemuProcesses, whereGuestsRun } from '../../lab/qemu.ts'
import { until } from '../../lab/run.ts'
import { SilenceMeter } from '../../lab/silence.ts'
import type { StoredEvent } from '../../src/model/event.ts'
import { noWish } from '../../src/model/wish.ts'

/** It writes more memory in a second than it is given to send: copied while it runs, it would never arrive. */
const busy: DefinedGuest = {
  name: 'busy',
  address: '10.77.0.131',
  services: ['22/tcp', '69/udp'],
  needs: [],
  dirtyMib: 24,
}
const settings = '{ migrationTimeLimit: 2s, migrationBandwidth: 8 MiB, onMigrationTimeLimit: post-copy }'

/** An emulated guest that boots on a busy machine. */
const bootLimitMs = 60_000
/** Fifteen seconds in which nothing arrives, and a boot. */
const recoverLimitMs = 90_000

let cluster: LabCluster
let watch: NeverTwice
let serial = 0

before(async () => {
  await compiled()
  const program = daemonCommand().at(-1)!
  cluster = await LabCluster.start({ id: `pc${process.pid.toString(36)}`, vigiad: { program } })
  watch = new NeverTwice(cluster.lab.hosts)
  await cluster.found()
  await cluster.members[0]!.client.apply({ path: 'vigia.yaml', text: cluster.file([busy], { settings }) })
  await ready(bootLimitMs)
})

after(async () => {
  watch?.stop()
  await cluster?.stop()
})

describe('a guest that writes faster than the network carries', { timeout: 300_000 }, () => {
  test('after the time limit it runs on at its new host: said, handed over, and a client stays connected', async (context) => {
    const { from, to } = places()
    const mark = await newest()
    const meter = await SilenceMeter.start(cluster.lab.client.namespace, busy.address)
    const began = performance.now()
    await move(to)
    await until('handed over', 60_000, async () => (await record())?.owner === to.host.name)
    const tookMs = performance.now() - began
    const { kept, longestMs } = await meter.stop()
    context.diagnostic(`moved in ${seconds(tookMs)}, longest silence ${Math.round(longestMs)} ms`)
    assert.equal(kept, true)
    assert.deepEqual(whereGuestsRun(cluster.lab.hosts).get(busy.name), [to.host.name])
    assert.ok(
      qemuProcesses(cluster.lab.hosts).every(({ incoming }) => incoming),
      'it was started anew',
    )
    const events = await eventsSince(mark)
    const words = events.map(({ word }) => word)
    assert.deepEqual(
      words.filter((word) => ['migrate', 'move-limit', 'moved', 'start', 'resume', 'crashed'].includes(word)),
      ['migrate', 'move-limit', 'moved'],
    )
    const limit = events.find(({ word }) => word === 'move-limit')
    assert.deepEqual(limit?.because, { code: 'move-limit', limitMs: 2_000, done: 'post-copy' })
    assert.equal(limit?.host, from.host.name)
    await ready(bootLimitMs)
  })

  test('the way breaks after it began to run there: told as lost, both halves are taken away, and it starts anew', async (context) => {
    const { from, to } = places()
    const mark = await newest()
    await move(to)
    await until('it runs over there', 30_000, async () => (await wordsSince(mark)).includes('move-limit'))
    await memoryWay(to, 'cut')
    const cut = performance.now()
    await until('it is told', recoverLimitMs, async () => (await wordsSince(mark)).includes('move-failed'))
    context.diagnostic(`told as lost ${seconds(performance.now() - cut)} after the cut`)
    const told = (await eventsSince(mark)).find(({ word }) => word === 'move-failed')
    assert.deepEqual(told?.because, { code: 'move-broken', to: to.host.name })
    await until('it starts anew', recoverLimitMs, async () => (await wordsSince(mark)).includes('start'))
    await ready(recoverLimitMs)
    context.diagnostic(`answers again ${seconds(performance.now() - cut)} after the cut`)
    assert.deepEqual(whereGuestsRun(cluster.lab.hosts).get(busy.name), [from.host.name])
    assert.ok(
      qemuProcesses(cluster.lab.hosts).every(({ incoming }) => !incoming),
      'a half of it is left',
    )
    await memoryWay(to, 'whole')
  })

  test('it has never run twice', () => {
    assert.ok(watch.looks > 100)
    assert.deepEqual(watch.seen, [])
  })
})

function places(): { readonly from: LabMember; readonly to: LabMember } {
  const [at] = whereGuestsRun(cluster.lab.hosts).get(busy.name) ?? []
  const from = cluster.members.find(({ host }) => host.name === at)!
  return { from, to: cluster.members.find(({ host }) => host.name !== at)! }
}

async function move(to: LabMember): Promise<void> {
  serial += 1
  await cluster.wish(`wish/guest/${busy.name}`, {
    ...noWish,
    ...{ move: { to: to.host.name, how: 'live' }, moveSerial: serial },
  })
}

/** Only the ports that memory travels by: hosts, stores and libvirt go on hearing each other. */
async function memoryWay({ host }: LabMember, is: 'cut' | 'whole'): Promise<void> {
  if (is === 'whole') return void (await host.must('nft', ['delete', 'table', 'ip', 'cut']))
  const table = 'table ip cut { chain in { type filter hook input priority 0; tcp dport 49152-49215 drop; }; }'
  await host.must('nft', [table])
}

async function ready(limitMs: number): Promise<void> {
  await until(`${busy.name} is ready and answers`, limitMs, async () => {
    const { guests } = await cluster.members[0]!.client.status()
    if (!guests.every(({ phase }) => phase.kind === 'ready')) return false
    return (await cluster.lab.client.tcp(busy.address, 22, 500)).verdict === 'answered'
  })
}

function record(): Promise<Record<string, unknown> | undefined> {
  return cluster.stored(`record/guest/${busy.name}`)
}

async function newest(): Promise<number> {
  return (await cluster.members[0]!.client.events({ limit: '1', newestFirst: '1' })).events[0]?.id ?? 0
}

/** In one host's history, copies of the others' among it: sorted by when they happened. */
async function eventsSince(mark: number): Promise<readonly StoredEvent[]> {
  const { events } = await cluster.members[0]!.client.events({ limit: '1000', after: String(mark), guest: busy.name })
  return [...events].sort((a, b) => a.at - b.at)
}

async function wordsSince(mark: number): Promise<string[]> {
  return (await eventsSince(mark)).map(({ word }) => word)
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}
