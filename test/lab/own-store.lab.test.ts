import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { compiled } from '../../bench/build.ts'
import type { LabHost } from '../../lab/host.ts'
import { type Lab, startLab } from '../../lab/lab.ts'
import { goFirst } from '../../lab/priority.ts'
import { eventually, found, until } from '../../lab/run.ts'
import { type LabVigiad, lastLines } from '../../lab/vigiad.ts'
import { must, ownStoreDaemons, vigia } from './own-store.ts'

interface Line {
  readonly id: string
  readonly kind: string
  readonly renews: boolean
}

/** An election, a disk that others write to, a machine that is busy. */
const limitMs = 120_000

let lab: Lab
let daemons: Map<string, LabVigiad>

before(async () => {
  goFirst()
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
  await eventually('all three have a vote', limitMs, async () => (await voters(first)).length === 3, 500)
  await allRenew(witness, 3)
  assert.deepEqual(
    (await members(witness)).map(({ id, kind }) => [id, kind]),
    [
      ['h1', 'host'],
      ['h2', 'host'],
      ['h3', 'witness'],
    ],
  )
  assert.equal((await vigia(witness, ['cluster', 'token'])).status, 1)
})

test('the store goes on without the host that founded it, and takes it back', async () => {
  const [first, second] = lab.hosts as [LabHost, LabHost, LabHost]
  await first.powerCut()
  await eventually(
    'the other two renew',
    limitMs,
    async () => {
      const lines = await members(second)
      return lines.filter(({ renews }) => renews).length === 2
    },
    500,
  )
  await first.powerOn()
  await started(first)
  await allRenew(second, 3)
})

test('a host leaves, and its daemon ends by itself; a leave that would leave two votes is refused', async () => {
  const [first, second, witness] = lab.hosts as [LabHost, LabHost, LabHost]
  const two = await vigia(second, ['cluster', 'leave', '--yes'])
  assert.equal(two.status, 106, two.stderr)
  assert.match(two.stderr, /two members with a vote/)
  await must(second, ['cluster', 'leave', '--yes', '--replaced'])
  await until('the daemon of the host that left ends', limitMs, () => !daemons.get('h2')!.isRunning)
  await eventually('two members are left', limitMs, async () => {
    return (await members(first)).map(({ id }) => id).join() === 'h1,h3'
  })
  await must(second, ['cluster', 'join', await token(first), ...libvirt(second)])
  await started(second)
  await eventually('all three have a vote again', limitMs, async () => (await voters(witness)).length === 3, 500)
  await allRenew(first, 3)
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
    await eventually('the hosts know that it is lost for all', limitMs, async () => {
      await must(host, ['cluster', 'stand-down', '--yes'])
      return true
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
  await allRenew(first, 3)
  await eventually('all three have a vote again', limitMs, async () => (await voters(first)).length === 3, 500)
  context.diagnostic(`from the loss to three renewing hosts: ${((performance.now() - began) / 1_000).toFixed(1)} s`)
})

/** Answers, and renews: nobody is taken in without a majority that does, and a daemon may answer before. */
async function started({ name }: LabHost): Promise<void> {
  const daemon = daemons.get(name)!
  await daemon.start()
  await eventually(`${name} renews`, limitMs, async () => {
    return (await members(daemon.host)).some(({ id, renews }) => id === name && renews)
  }).catch((error: unknown) =>
    assert.fail(`${String(error)}\n--- ${name}\n${lastLines(daemon.logFile, 30).join('\n')}`),
  )
}

async function allRenew(host: LabHost, count: number): Promise<void> {
  let seen: readonly Line[] = []
  await eventually(
    `all ${count} renew, as ${host.name} tells`,
    limitMs,
    async () => {
      seen = await members(host)
      return seen.length === count && seen.every(({ renews }) => renews)
    },
    500,
  ).catch((error: unknown) => assert.fail(`${String(error)}\n${JSON.stringify(seen)}`))
}

/** Asked again where the store elects: one that nobody uses does no harm. */
function token(host: LabHost, ...options: string[]): Promise<string> {
  return found(`a token of ${host.name}`, limitMs, async () =>
    (await must(host, ['cluster', 'token', ...options])).trim(),
  )
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
