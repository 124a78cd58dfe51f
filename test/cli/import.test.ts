import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SurveyWish } from '../../src/cli/context.ts'
import { Fault } from '../../src/model/fault.ts'
import type { HostFacts } from '../../src/model/host-facts.ts'
import { folder, type } from './terminal.ts'

const facts: HostFacts = {
  uri: 'qemu:///system',
  hostname: 'atlas',
  memoryMib: 16_384,
  cpus: 8,
  domains: [
    {
      name: 'web',
      run: 'running',
      persistent: true,
      autostart: false,
      memoryMib: 512,
      memoryMaxMib: 512,
      cpus: 1,
      disks: [],
      interfaces: [],
      madeFor: null,
      addresses: [{ address: '10.0.0.2', source: 'lease' }],
      ports: [{ port: 80, protocol: 'tcp' }],
    },
  ],
  scan: { ports: [], perSecond: 50, asked: 0, leftOut: [] },
  traffic: { kind: 'unseen' },
}

function surveyed() {
  const wishes: SurveyWish[] = []
  const survey = async (wish: SurveyWish): Promise<HostFacts> => {
    wishes.push(wish)
    wish.onScan(1, 100)
    return facts
  }
  return { powers: { survey }, wishes }
}

test('import prints a draft, and beside it what it asks', async () => {
  const { powers, wishes } = surveyed()
  const { exitCode, out, err } = await type('import --ports 80,53/udp --rate 10 --uri xen:///system', { powers })
  assert.equal(exitCode, 0)
  assert.match(out, /^# Drafted by "vigia import" .*\n[\s\S]*\nguests:\n {2}web:\n[\s\S]*services: \[80\/tcp\]\n$/)
  assert.equal(err, 'asking 1 running guest: 100 questions, at most 10 a second, about 10 s\n')
  const [{ ports, perSecond, libvirtUri, libvirtSocket } = {} as SurveyWish] = wishes
  assert.deepEqual([perSecond, libvirtUri, libvirtSocket], [10, 'xen:///system', null])
  assert.deepEqual(ports, [
    { port: 53, protocol: 'udp' },
    { port: 80, protocol: 'tcp' },
  ])
})

test('import --save writes a new file, and touches none that is there', async (t) => {
  const { powers } = surveyed()
  const file = join(folder(t), 'vigia.yaml')
  const saved = await type(['import', '--save', file], { powers })
  assert.deepEqual([saved.exitCode, saved.out], [0, ''])
  assert.match(readFileSync(file, 'utf8'), /guests:/)
  assert.equal((await type(['check', file])).exitCode, 0)
  writeFileSync(file, 'mine')
  const again = await type(['import', '--save', file], { powers })
  assert.equal(again.exitCode, 64)
  assert.match(again.err, /--save: expected a file that does not exist yet, got ".*vigia\.yaml"/)
  assert.equal(readFileSync(file, 'utf8'), 'mine')
  const nowhere = await type(['import', '--save', join(file, 'x')], { powers })
  assert.equal(nowhere.exitCode, 65)
})

test('import -o json gives what was found', async () => {
  const { out } = await type('import -o json', surveyed())
  const { schemaVersion, domains } = JSON.parse(out) as { schemaVersion: number; domains: unknown[] }
  assert.equal(schemaVersion, 1)
  assert.deepEqual(domains, facts.domains)
})

test('a wrong port, a wrong rate, no libvirt', async () => {
  const bad = await type('import --ports 22,http', surveyed())
  assert.equal(bad.exitCode, 64)
  assert.match(bad.err, /--ports: expected ports such as .*, got "http"/)
  assert.equal((await type('import --rate 0', surveyed())).exitCode, 64)
  const survey = () => Promise.reject(new Fault('hypervisor-absent', 'not-done', { socket: '/run/x' }))
  const absent = await type('import', { powers: { survey } })
  assert.equal(absent.exitCode, 69)
  assert.match(absent.err, /libvirt does not answer at \/run\/x\nhint: /)
})
