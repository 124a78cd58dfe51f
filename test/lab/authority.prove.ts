import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { compiled } from '../../bench/build.ts'
import type { LabHost } from '../../lab/host.ts'
import { type Lab, startLab } from '../../lab/lab.ts'
import { sleep, until } from '../../lab/run.ts'
import type { LabVigiad } from '../../lab/vigiad.ts'
import { signMember } from '../../src/drivers/ca/certificate-maker.ts'
import { publicKeyOf } from '../../src/drivers/ca/certificates.ts'
import { hostId, wallTime } from '../../src/model/ids.ts'
import { must, ownStoreDaemons, vigia } from './own-store.ts'

/** A change of three members is over in ten to twenty seconds; daemons are killed meanwhile. */
const changeLimitMs = 120_000

let lab: Lab
let daemons: Map<string, LabVigiad>

before(async () => {
  await compiled()
  lab = await startLab({ id: `auth${process.pid.toString(36)}`, hosts: 3 })
  daemons = ownStoreDaemons(lab)
  const [first, ...others] = hosts()
  await must(first, ['cluster', 'init', '--name', 'office', '--address', first.address])
  await daemons.get(first.name)!.start()
  for (const host of others) {
    const token = (await must(first, ['cluster', 'token', ...(host.name === 'h3' ? ['--witness'] : [])])).trim()
    await must(host, ['cluster', 'join', token])
    await daemons.get(host.name)!.start()
  }
  await until('all three renew', 60_000, () => allRenew(first), 500)
})

after(async () => {
  await lab?.stop()
})

test('the authority is changed while each daemon is killed: nobody is lost, and what the old one signs opens nothing', async (context) => {
  const [first, second, witness] = hosts()
  const stolen = join(first.folder, 'stolen')
  cpSync(join(first.stateFolder, 'ca'), stolen, { recursive: true })
  assert.equal(await opensStore(second, stolen), true)
  const began = performance.now()
  await must(second, ['cluster', 'rotate-ca', '--yes', '--no-wait'])
  const refused = await vigia(first, ['cluster', 'token'])
  assert.match(refused.stderr, /authority of the cluster is being changed/)
  const over = vigia(first, ['cluster', 'rotate-ca', '--yes'])
  for (const host of [first, second, witness]) {
    await sleep(1_500)
    await daemons.get(host.name)!.kill()
    await daemons.get(host.name)!.start()
  }
  const { status, stdout, stderr } = await over
  assert.equal(status, 0, stderr)
  // The command that began second finds the first one's; all of it was over before, or it followed it to its end.
  assert.match(stdout, /has a new authority/)
  context.diagnostic(`changed in ${((performance.now() - began) / 1_000).toFixed(1)} s, three daemons killed meanwhile`)
  await until('all three renew', 60_000, () => allRenew(first), 500)
  const authorities = hosts().map(authorityOf)
  assert.equal(new Set(authorities).size, 1)
  assert.notEqual(authorities[0], readFileSync(join(stolen, 'authority.crt'), 'utf8'))
  assert.equal(authorities[0]!.split('BEGIN CERTIFICATE').length, 2, 'one authority, not two')
  // A certificate for another member's name, made today with the stolen key.
  const pair = {
    certificate: readFileSync(join(stolen, 'authority.crt'), 'utf8'),
    key: readFileSync(join(stolen, 'authority.key'), 'utf8'),
  }
  const publicKey = publicKeyOf(readFileSync(join(stolen, 'member.key'), 'utf8'))
  const names = { member: hostId('h2'), addresses: [second.address] }
  writeFileSync(join(stolen, 'member.crt'), await signMember(pair, publicKey, names, wallTime(Date.now())))
  for (const host of hosts()) assert.equal(await opensStore(host, stolen), false, `the store of ${host.name}`)
  assert.equal(await opensStore(second, join(second.stateFolder, 'ca')), true)
})

test('a member that is away is waited for and named; taken out, it is not, and is told when it comes back what to do', async (context) => {
  const [first, second, witness] = hosts()
  const before = authorityOf(first)
  await second.powerCut()
  await must(first, ['cluster', 'rotate-ca', '--yes', '--no-wait'])
  await until(
    'it is told for whom it waits',
    60_000,
    async () => {
      const { stdout } = await vigia(first, ['doctor'])
      return /is being changed, and waits for h2/.test(stdout)
    },
    1_000,
  )
  await until(
    'h2 does not renew',
    30_000,
    async () => {
      return (await vigia(first, ['cluster', 'leave', 'h2', '--replaced', '--yes'])).status === 0
    },
    1_000,
  )
  const began = performance.now()
  await until(
    'it is over',
    changeLimitMs,
    async () => {
      const now = authorityOf(first)
      return now === authorityOf(witness) && now !== before && now.split('BEGIN CERTIFICATE').length === 2
    },
    500,
  )
  context.diagnostic(`over ${((performance.now() - began) / 1_000).toFixed(1)} s after it was taken out`)
  await second.powerOn()
  const daemon = daemons.get('h2')!
  await daemon.start()
  await until(
    'it is told what to do',
    60_000,
    () => /changed while this host was away/.test(readFileSync(daemon.logFile, 'utf8')),
    500,
  )
  const doctor = await vigia(second, ['doctor'])
  assert.match(doctor.stdout, /no member any more/, doctor.stdout + doctor.stderr)
  await daemon.stop()
  await must(second, ['cluster', 'leave', '--forget', '--yes'])
  await until(
    'its place is free',
    60_000,
    async () => {
      const token = await vigia(first, ['cluster', 'token'])
      if (token.status !== 0) return false
      return (await vigia(second, ['cluster', 'join', token.stdout.trim()])).status === 0
    },
    1_000,
  )
  await daemon.start()
  await until('all three renew', 60_000, () => allRenew(first), 500)
})

function authorityOf({ stateFolder }: LabHost): string {
  return readFileSync(join(stateFolder, 'ca', 'authority.crt'), 'utf8')
}

function hosts(): [LabHost, LabHost, LabHost] {
  return lab.hosts as unknown as [LabHost, LabHost, LabHost]
}

async function allRenew(host: LabHost): Promise<boolean> {
  const { status, stdout } = await vigia(host, ['cluster', 'members', '-o', 'json'])
  return status === 0 && (JSON.parse(stdout) as { members: unknown[] }).members.length === 3
}

/** Whether etcd of this host lets in whoever has these files. */
async function opensStore(host: LabHost, folder: string): Promise<boolean> {
  const files = ['--cert', join(folder, 'member.crt'), '--key', join(folder, 'member.key'), '--insecure']
  const url = 'https://127.0.0.1:2379/v3/cluster/member/list'
  return (await host.run('curl', ['--silent', '--fail', ...files, '--data', '{}', url])).status === 0
}
