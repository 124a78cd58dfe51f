import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { compiled, daemonCommand } from '../../bench/build.ts'
import { LabCluster, type LabMember } from '../../lab/cluster.ts'
import type { DefinedGuest } from '../../lab/cluster-file.ts'
import { NeverTwice } from '../../lab/never-twice.ts'
import { qemuProcesses } from '../../lab/qemu.ts'
import { until } from '../../lab/run.ts'

const guest: DefinedGuest = { name: 'web', address: '10.77.0.141', services: ['22/tcp'], needs: [] }
const limitMs = 60_000

let cluster: LabCluster
let watch: NeverTwice

before(async () => {
  await compiled()
  const program = daemonCommand().at(-1)!
  cluster = await LabCluster.start({ id: `ext${process.pid.toString(36)}`, vigiad: { program } })
  watch = new NeverTwice(cluster.lab.hosts)
  await cluster.found()
})

after(async () => {
  watch?.stop()
  await cluster?.stop()
})

test('an etcd that Vigia does not look after is lost and restored by its own tool: a guest goes on untouched', async (context) => {
  const { members } = cluster
  const [first] = members as [LabMember]
  await first.client.apply({ path: 'vigia.yaml', text: cluster.file([guest]) })
  await until('the guest is ready', limitMs, ready)
  const file = join(first.host.stateFolder, 'store.snapshot')
  await first.etcd.saveSnapshot(file)
  // Wished after the store was saved: it will be forgotten.
  await first.client.apply({ path: 'later.yaml', text: cluster.file([guest], { settings: '{ historyDays: 44 }' }) })
  assert.match((await cluster.vigia(first, ['cluster', 'restore', file, '--yes'])).stderr, /restore --external/)
  const early = await cluster.vigia(first, ['cluster', 'restore', '--external', '--yes'])
  assert.match(early.stderr, /vigiad runs here/)
  const before = picture()

  await Promise.all(members.map(({ etcd }) => etcd.kill()))
  const lost = performance.now()
  for (const member of members) {
    await until('the hosts know that it is lost for all', limitMs, async () => {
      return (await cluster.vigia(member, ['cluster', 'stand-down', '--yes'])).status === 0
    })
  }
  await Promise.all(members.map(({ vigiad }) => vigiad.stop()))
  for (const { etcd } of members) await etcd.restoreSnapshot(file)
  await Promise.all(members.map(({ etcd }) => etcd.start()))
  await Promise.all(members.map(({ etcd }) => etcd.ready()))
  await cluster.must(first, ['cluster', 'restore', '--external', '--yes'])
  // Given again it does the same, as long as no daemon has used it.
  await cluster.must(first, ['cluster', 'restore', '--external', '--yes'])
  const { owner } = (await cluster.stored(`record/guest/${guest.name}`))!
  assert.equal(owner, null)

  await Promise.all(members.map(({ vigiad }) => vigiad.start()))
  await until('all renew', limitMs, async () => (await cluster.vigia(first, ['cluster', 'members'])).status === 0)
  await until('the guest is found and taken where it runs', limitMs, ready)
  context.diagnostic(
    `from the loss of the store to all as before: ${((performance.now() - lost) / 1_000).toFixed(1)} s`,
  )
  assert.deepEqual(picture(), before)
  assert.equal((await first.client.clusterFile()).path, 'vigia.yaml')
  assert.ok(members.every(({ host, watchdog }) => host.isOn && watchdog?.fired === false))
  const stopped = await cluster.vigia(members[1]!, ['cluster', 'restore', '--external', '--yes'])
  assert.match(stopped.stderr, /vigiad runs here/)
  // Its watchdog would take its power while its daemon is away.
  await cluster.must(first, ['disarm'])
  await until('h2 is disarmed', limitMs, async () => (await cluster.stored('alive/h2'))?.armed === null)
  await members[1]!.vigiad.stop()
  const there = await cluster.vigia(members[1]!, ['cluster', 'restore', '--external', '--yes'])
  assert.match(there.stderr, /vigiad runs on h[13]/)
  await members[1]!.vigiad.start()
  assert.deepEqual(watch.seen, [])
})

async function ready(): Promise<boolean> {
  const { guests } = await cluster.members[0]!.client.status().catch(() => ({ guests: [] }))
  return guests.length === 1 && guests.every(({ phase }) => phase.kind === 'ready')
}

/** Each guest with its process: the same later means that nothing was started again. */
function picture(): string[] {
  return qemuProcesses(cluster.lab.hosts).map(({ guest: name, host, pid }) => `${name} ${host} ${pid}`)
}
