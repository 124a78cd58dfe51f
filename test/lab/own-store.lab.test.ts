import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { compiled } from '../../bench/build.ts'
import type { LabHost } from '../../lab/host.ts'
import { type Lab, startLab } from '../../lab/lab.ts'
import { until } from '../../lab/run.ts'
import type { LabVigiad } from '../../lab/vigiad.ts'
import { must, ownStoreDaemons, vigia } from './own-store.ts'

interface Line {
  readonly id: string
  readonly kind: string
  readonly renews: boolean
}

let lab: Lab
let daemons: Map<string, LabVigiad>

before(async () => {
  await compiled()
  lab = await startLab({ id: `own${process.pid.toString(36)}`, hosts: 3 })
  daemons = ownStoreDaemons(lab)
})

after(async () => {
  await lab?.stop()
})

test('two hosts and a witness with a store that Vigia looks after: founded, joined, one lost, replaced by another', async () => {
  const [first, second, witness] = lab.hosts as [LabHost, LabHost, LabHost]
  const refused = await vigia(first, ['cluster', 'token'])
  assert.equal(refused.status, 1)
  assert.match(refused.stderr, /no member of a cluster/)

  await must(first, ['cluster', 'init', '--name', 'office', '--address', first.address, ...libvirt(first)])
  await started(first)
  assert.equal((await vigia(first, ['cluster', 'init', '--name', 'other', '--address', first.address])).status, 1)

  await must(second, ['cluster', 'join', await token(first), ...libvirt(second)])
  await started(second)
  // Two votes would stop with either of them: the copy has none yet.
  assert.deepEqual(await voters(first), ['h1'])

  await must(witness, ['cluster', 'join', await token(second, '--witness')])
  await started(witness)
  await until('all three have a vote', 60_000, async () => (await voters(first)).length === 3, 500)
  assert.deepEqual(await members(witness), [
    { id: 'h1', kind: 'host', renews: true },
    { id: 'h2', kind: 'host', renews: true },
    { id: 'h3', kind: 'witness', renews: true },
  ])
  assert.equal((await vigia(witness, ['cluster', 'token'])).status, 1)
})

test('the store goes on without the host that founded it, and takes it back', async () => {
  const [first, second] = lab.hosts as [LabHost, LabHost, LabHost]
  await first.powerCut()
  await until(
    'the other two renew',
    30_000,
    async () => {
      const lines = await members(second)
      return lines.filter(({ renews }) => renews).length === 2
    },
    500,
  )
  await first.powerOn()
  await started(first)
  await until('all three renew', 60_000, async () => (await members(second)).every(({ renews }) => renews), 500)
})

test('a host leaves, and its daemon ends by itself; a leave that would leave two votes is refused', async () => {
  const [first, second, witness] = lab.hosts as [LabHost, LabHost, LabHost]
  const two = await vigia(second, ['cluster', 'leave', '--yes'])
  assert.equal(two.status, 106, two.stderr)
  assert.match(two.stderr, /two members with a vote/)
  await must(second, ['cluster', 'leave', '--yes', '--replaced'])
  await until('the daemon of the host that left ends', 20_000, () => !daemons.get('h2')!.isRunning)
  assert.deepEqual(
    (await members(first)).map(({ id }) => id),
    ['h1', 'h3'],
  )
  await must(second, ['cluster', 'join', await token(first), ...libvirt(second)])
  await started(second)
  await until('all three have a vote again', 60_000, async () => (await voters(witness)).length === 3, 500)
  await until('all three renew', 60_000, async () => (await members(first)).every(({ renews }) => renews), 500)
})

test('all copies of the store are lost: the hosts stand down, a backup is restored, and all come back', async (context) => {
  const [first, second, witness] = lab.hosts as [LabHost, LabHost, LabHost]
  const file = join(first.stateFolder, 'office.snapshot')
  await must(first, ['cluster', 'backup', file])
  const early = await vigia(second, ['cluster', 'stand-down', '--yes'])
  assert.match(early.stderr, /the store answers/)
  for (const host of lab.hosts) {
    await host.must('sh', [
      '-c',
      `kill -9 $(cat ${host.stateFolder}/etcd/etcd.pid) && rm -r ${host.stateFolder}/etcd/data`,
    ])
  }
  const began = performance.now()
  for (const host of lab.hosts) {
    await until('the hosts know that it is lost for all', 60_000, async () => {
      return (await vigia(host, ['cluster', 'stand-down', '--yes'])).status === 0
    })
  }
  for (const host of lab.hosts) await daemons.get(host.name)!.kill()
  assert.match((await vigia(second, ['cluster', 'restore', file])).stderr, /--yes/)
  await must(first, ['cluster', 'restore', file, '--yes'])
  await started(first)
  // A majority is not needed for those who were members before.
  for (const [host, kind] of [
    [second, []],
    [witness, ['--witness']],
  ] as const) {
    await must(host, ['cluster', 'leave', '--forget', '--yes'])
    await must(host, ['cluster', 'join', await token(first, '--replaces', host.name, ...kind), ...libvirt(host)])
    await started(host)
  }
  await until('all three renew', 60_000, async () => (await members(first)).every(({ renews }) => renews), 500)
  await until('all three have a vote again', 60_000, async () => (await voters(first)).length === 3, 500)
  context.diagnostic(`from the loss to three renewing hosts: ${((performance.now() - began) / 1_000).toFixed(1)} s`)
})

async function started({ name }: LabHost): Promise<void> {
  await daemons.get(name)!.start()
}

async function token(host: LabHost, ...options: string[]): Promise<string> {
  return (await must(host, ['cluster', 'token', ...options])).trim()
}

async function members(host: LabHost): Promise<Line[]> {
  const { stdout, stderr } = await vigia(host, ['cluster', 'members', '-o', 'json'])
  assert.notEqual(stdout, '', stderr)
  const told = JSON.parse(stdout) as { members: Line[] }
  return told.members.map(({ id, kind, renews }) => ({ id, kind, renews }))
}

/** By etcd's own word. */
async function voters(host: LabHost): Promise<string[]> {
  const folder = join(host.stateFolder, 'ca')
  const files = [
    '--cacert',
    join(folder, 'authority.crt'),
    '--cert',
    join(folder, 'member.crt'),
    '--key',
    join(folder, 'member.key'),
  ]
  const url = 'https://127.0.0.1:2379/v3/cluster/member/list'
  const answer = await host.must('curl', ['--silent', '--fail', ...files, '--data', '{}', url])
  const { members: all } = JSON.parse(answer) as { members: { name: string; isLearner?: boolean }[] }
  return all
    .filter(({ isLearner }) => isLearner !== true)
    .map(({ name }) => name)
    .sort()
}

function libvirt({ address }: LabHost): string[] {
  return ['--libvirt-uri', `qemu+tcp://${address}/system`]
}
