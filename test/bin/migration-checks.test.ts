import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MigrationWorld, migrationChecks } from '../../src/bin/migration-checks.ts'

const cpu = 'Intel Skylake-Client'
const capabilities = (model: string) =>
  `<capabilities><host><cpu><model>${model}</model><vendor>Intel</vendor></cpu></host></capabilities>`
const own = { hostname: 'h1', cpu }

function world(more: Partial<MigrationWorld> = {}): MigrationWorld {
  return {
    resolve: async () => ['10.0.0.2'],
    knock: async () => {},
    ask: async () => ({ kind: 'answered', capabilities: capabilities('Skylake-Client') }),
    nowMs: () => 0,
    ...more,
  }
}

const found = async (made: MigrationWorld, others = ['h2']) =>
  (await migrationChecks(own, others, made)).map(({ id, result, subject }) => `${subject} ${id} ${result}`)

test('with no other host there is nothing to check', async () => {
  assert.deepEqual(await found(world(), []), [])
})

test('names, libvirt and the CPU of each other host', async () => {
  assert.deepEqual(await found(world(), ['h2', 'h3']), [
    'h1 host-name pass',
    'h2 other-libvirt pass',
    'h2 other-cpu pass',
    'h3 other-libvirt pass',
    'h3 other-cpu pass',
  ])
})

test('a name that is unknown or slow to find would stall every migration', async () => {
  const nobody = world({ resolve: async () => [] })
  assert.deepEqual(await found(nobody), ['h1 host-name warn', 'h2 other-name fail'])
  let now = 0
  const slow = world({
    resolve: async () => {
      now += 1_500
      return ['10.0.0.2']
    },
    nowMs: () => now,
  })
  assert.deepEqual(await found(slow), ['h1 host-name warn', 'h2 other-name fail'])
})

test('TLS is asked first, then TCP; where nobody listens that is said', async () => {
  const knocked: string[] = []
  const open = (transports: readonly string[]) =>
    world({
      knock: async (uri) => {
        knocked.push(uri)
        if (!transports.some((transport) => uri.includes(transport))) throw new Error('refused')
      },
    })
  const [, tcp] = await migrationChecks(own, ['h2'], open(['tcp']))
  assert.deepEqual(tcp?.details, { name: 'h2', uri: 'qemu+tcp://h2/system' })
  assert.deepEqual(knocked, ['qemu+tls://h2/system', 'qemu+tcp://h2/system'])
  assert.deepEqual(await found(open([])), ['h1 host-name pass', 'h2 other-libvirt fail'])
})

test('a certificate that is not believed is told in the words of libvirt', async () => {
  const text = 'The certificate is not trusted'
  const [, trust] = await migrationChecks(own, ['h2'], world({ ask: async () => ({ kind: 'refused', text }) }))
  assert.equal(trust?.id, 'other-trust')
  assert.deepEqual(trust?.details, { name: 'h2', uri: 'qemu+tls://h2/system', text })
})

test('another CPU is warned of; one that is not told is passed over', async () => {
  const answering = (model: string) =>
    world({ ask: async () => ({ kind: 'answered', capabilities: capabilities(model) }) })
  assert.deepEqual((await found(answering('Broadwell'))).at(-1), 'h2 other-cpu warn')
  assert.deepEqual((await found(answering(''))).at(-1), 'h2 other-libvirt pass')
  assert.deepEqual((await found(world({ ask: async () => ({ kind: 'no-virsh' }) }))).at(-1), 'h2 other-libvirt pass')
})
