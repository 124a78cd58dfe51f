import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { LabCluster, type LabMember } from '../../lab/cluster.ts'
import { whereGuestsRun } from '../../lab/qemu.ts'
import { eventually, until } from '../../lab/run.ts'
import { scenarioGuests } from '../../lab/scenario.ts'
import type { DoctorCheck } from '../../src/contract/doctor.ts'

const scenario = join(import.meta.dirname, '../../examples/scenario-b.conf')

/** A boot, or a question to all hosts, on a busy machine. */
const limitMs = 180_000

let cluster: LabCluster

before(async () => {
  cluster = await LabCluster.start({ id: `doc${process.pid.toString(36)}` })
  await cluster.found()
})

after(async () => {
  await cluster?.stop()
})

test('a disk that only its host has is told from one that all have, though the path is the same on all', async () => {
  const [shared, own] = scenarioGuests(scenario).slice(0, 2)
  assert.ok(shared && own)
  const folder = join(cluster.lab.sharedFolder, 'disks')
  mkdirSync(folder, { recursive: true })
  // Each host has a folder of its own there: as machines with local disks have.
  const paths = new Map([
    [shared.name, join(folder, 'disk.raw')],
    [own.name, '/var/lib/libvirt/disk.raw'],
  ])
  const guests = [shared, { ...own, needs: [] }]
  // Long: nobody is lost here before the last test, and a host that a busy machine keeps waiting must not be.
  const text = guests.reduce(
    (all, { name }) => withDisk(all, name, paths.get(name)!),
    cluster.file(guests, { settings: '{ lease: 30s }' }),
  )
  const first = cluster.members[0]!
  await first.client.apply({ path: 'vigia.yaml', text })
  await until('both guests run', limitMs, () => guests.every(({ name }) => placeOf(name) !== undefined))
  // As a copy made by hand would be: only the mark tells it from the real one.
  for (const member of cluster.members) {
    if (member.host.name === placeOf(own.name)) continue
    writeFileSync(join(member.host.folder, 'lib', 'disk.raw'), Buffer.alloc(1024 * 1024))
  }
  await found(first, (checks) => {
    const about = (name: string): string[] =>
      checks
        .filter(({ subject, id }) => subject === name && (id === 'shared-disks' || id.startsWith('disks-')))
        .map(({ id, result }) => `${id} ${result}`)
    assert.deepEqual(about(own.name), ['disks-not-shared fail', 'disks-not-shared fail'])
    const good = checks.filter(({ id, subject }) => id === 'shared-disks' && subject === shared.name)
    assert.deepEqual(
      good.map(({ details }) => details),
      [{ hosts: ['h1', 'h2', 'h3'] }],
    )
    assert.deepEqual(about(shared.name), ['shared-disks pass'])
  })
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('.')),
    [],
  )
})

test('clocks, CPUs, watchdogs, names and the store of all three hosts, as they are', async () => {
  await found(cluster.members[1]!, (checks) => {
    const said = checks.map(({ id, result, subject }) => `${subject ?? '-'} ${id} ${result}`)
    for (const expected of ['- clocks pass', '- cpus pass']) assert.ok(said.includes(expected), said.join('\n'))
    for (const { host } of cluster.members) {
      assert.ok(said.includes(`${host.name} watchdog-unknown warn`), said.join('\n'))
      assert.ok(said.includes(`${host.name} host-name pass`), said.join('\n'))
    }
    assert.equal(checks.filter(({ id }) => id === 'store-writes').length, 1)
  })
})

// The last: a host whose daemon is gone loses its power.
test('a host without a daemon is named; the others are judged', async () => {
  const [first, , last] = cluster.members
  assert.ok(first && last)
  await last.vigiad.kill()
  await found(first, (checks) => {
    const asked = checks.filter(({ id }) => id === 'host-asked')
    assert.deepEqual(
      asked.map(({ subject, fault }) => [subject, fault?.code]),
      [['h3', 'peer-lost']],
    )
    assert.ok(checks.some(({ id, result }) => id === 'clocks' && result === 'pass'))
  })
})

/** Asks doctor until it finds this: a host that answers late for once is a finding, too, and none of ours. */
async function found(member: LabMember, holds: (checks: readonly DoctorCheck[]) => void): Promise<void> {
  await eventually(`doctor on ${member.host.name} finds it`, limitMs, async () => {
    holds(await doctor(member))
    return true
  }).catch((error: unknown) => assert.fail(`${String(error)}\n${cluster.lastWords()}`))
}

async function doctor(member: LabMember): Promise<DoctorCheck[]> {
  const { stdout, stderr } = await cluster.vigia(member, ['doctor', '-o', 'json'])
  assert.notEqual(stdout, '', stderr)
  return (JSON.parse(stdout) as { checks: DoctorCheck[] }).checks
}

function placeOf(guest: string): string | undefined {
  return whereGuestsRun(cluster.lab.hosts).get(guest)?.[0]
}

function withDisk(text: string, guest: string, path: string): string {
  const at = text.indexOf('      boot:', text.indexOf(`  ${guest}:\n`))
  return `${text.slice(0, at)}      disks: [{ path: ${path}, format: raw, create: 1 MiB }]\n${text.slice(at)}`
}
