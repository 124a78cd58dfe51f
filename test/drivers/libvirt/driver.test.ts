import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { openLibvirt } from '../../../src/drivers/libvirt/driver.ts'
import type { ArgsFor } from '../../../src/drivers/libvirt/procedures.ts'
import type { TypedParam } from '../../../src/drivers/libvirt/values.ts'
import { Fault } from '../../../src/model/fault.ts'
import type { DomainEvent, Hypervisor } from '../../../src/ports/hypervisor.ts'
import { until } from '../../until.ts'
import { FakeLibvirtd } from './fake-libvirtd.ts'

const RUNNING = { state: 1, reason: 1 }
const NO_DOMAIN = 42
const NO_SUPPORT = 3

const web = { name: 'web', uuid: Buffer.alloc(16, 1), id: 4 }
const db = { name: 'db', uuid: Buffer.alloc(16, 2), id: -1 }

const ullong = (field: string, value: bigint): TypedParam => ({ field, type: 'ullong', value })
const int = (field: string, value: number): TypedParam => ({ field, type: 'int', value })

describe('the libvirt driver', () => {
  let fake: FakeLibvirtd
  let hypervisor: Hypervisor

  beforeEach(async () => {
    fake = new FakeLibvirtd()
    await fake.listen()
    const refuse = [
      'domainSetMemoryFlags',
      'qemuAgentCommand',
      'domainMigratePerform3Params',
      'domainOpenConsole',
    ] as const
    for (const name of refuse) fake.on(name, (r) => r.client.fail(r, NO_SUPPORT, 'not supported'))
    fake.on('domainSetMemoryStatsPeriod', (r) => r.client.reply(r, 'domainSetMemoryStatsPeriod', {}))
    fake.on('domainLookupByName', (r) => {
      const { name } = r.args as ArgsFor<'domainLookupByName'>
      const dom = [web, db].find((one) => one.name === name)
      if (dom === undefined) r.client.fail(r, NO_DOMAIN, 'Domain not found')
      else r.client.reply(r, 'domainLookupByName', { dom })
    })
    fake.on('connectListAllDomains', (r) => {
      const { flags } = r.args as ArgsFor<'connectListAllDomains'>
      const domains = flags === 0 ? [web, db] : [db]
      r.client.reply(r, 'connectListAllDomains', { domains, ret: domains.length })
    })
    fake.on('domainGetState', (r) => r.client.reply(r, 'domainGetState', RUNNING))
    fake.on('domainGetInfo', (r) => r.client.reply(r, 'domainGetInfo', info))
    hypervisor = await openLibvirt({ socketPath: fake.socketPath, uri: 'qemu:///system' })
  })
  afterEach(async () => {
    await hypervisor.close()
    await fake.remove()
  })

  const info = { state: 1, maxMem: 65_536n, memory: 49_152n, nrVirtCpu: 1, cpuTime: 1n }
  const bulk = (params: TypedParam[]) =>
    fake.on('connectGetAllDomainStats', (r) => {
      const stopped = [int('state.state', 5), int('state.reason', 1), ...balloon]
      const retStats = [
        { dom: web, params },
        { dom: db, params: stopped },
      ]
      r.client.reply(r, 'connectGetAllDomainStats', { retStats })
    })
  const balloon = [ullong('balloon.current', 49_152n), ullong('balloon.maximum', 65_536n)]
  const running = [int('state.state', 1), int('state.reason', 1), ...balloon]

  it('sees all in bulk: states, memory, what is used, what persists', async () => {
    bulk([...running, ullong('balloon.available', 40_960n), ullong('balloon.usable', 10_240n)])
    assert.deepEqual(await hypervisor.list(), [
      {
        name: 'web',
        uuid: '01010101-0101-0101-0101-010101010101',
        run: 'running',
        stopCause: null,
        pauseCause: null,
        memoryMib: 48,
        memoryMaxMib: 64,
        memoryUsedMib: 30,
        persistent: false,
      },
      {
        name: 'db',
        uuid: '02020202-0202-0202-0202-020202020202',
        run: 'stopped',
        stopCause: 'shutdown',
        pauseCause: null,
        memoryMib: 48,
        memoryMaxMib: 64,
        memoryUsedMib: null,
        persistent: true,
      },
    ])
    assert.equal(count('domainGetInfo'), 0)
  })

  it('asks a balloon driver that does not report to do so, once a run', async () => {
    bulk(running)
    for (let look = 0; look < 3; look++) await hypervisor.list()
    assert.equal(count('domainSetMemoryStatsPeriod'), 1)
  })

  it('without bulk statistics it asks about each domain', async () => {
    fake.on('connectGetAllDomainStats', (r) => r.client.fail(r, NO_SUPPORT, 'not supported'))
    const seen = await hypervisor.list()
    assert.deepEqual(
      seen.map(({ name, run, memoryMib }) => [name, run, memoryMib]),
      [
        ['web', 'running', 48],
        ['db', 'running', 48],
      ],
    )
    assert.equal((await hypervisor.capabilities()).bulkStatistics, false)
    assert.equal(count('connectGetAllDomainStats'), 1)
  })

  it('what it can do is probed once a connection, and again after a reconnect', async () => {
    bulk(running)
    await hypervisor.list()
    await hypervisor.capabilities()
    const before = count('domainMigratePerform3Params')
    assert.equal(before, 1)
    const heard: string[] = []
    hypervisor.subscribe((event) => heard.push(event.kind))
    await fake.stop()
    await fake.listen()
    await until(() => heard.includes('back'))
    await hypervisor.capabilities()
    assert.equal(count('domainMigratePerform3Params'), before + 1)
  })

  it('a domain started by somebody else between look and call was already running', async () => {
    let asked = 0
    fake.on('domainLookupByName', (r) => {
      asked += 1
      r.client.reply(r, 'domainLookupByName', { dom: asked === 1 ? db : { ...db, id: 9 } })
    })
    fake.on('domainCreateWithFlags', (r) => r.client.fail(r, 55, 'domain is already running'))
    assert.equal(await hypervisor.start('db', { kind: 'existing' }), 'already-running')
  })

  it('a start that QEMU refuses had no effect, and says why', async () => {
    fake.on('domainCreateWithFlags', (r) => r.client.fail(r, 1, 'process exited while connecting to monitor'))
    await assert.rejects(hypervisor.start('db', { kind: 'existing' }), (error: unknown) => {
      assert.ok(error instanceof Fault)
      assert.deepEqual([error.code, error.outcome], ['domain-refused', 'not-done'])
      assert.match(String(error.details.text), /process exited/)
      return true
    })
  })

  it('a stopped domain that stands in the way of a transient one is not overwritten', async () => {
    await assert.rejects(
      hypervisor.start('db', { kind: 'transient', xml: '<domain/>' }),
      (error: unknown) => error instanceof Fault && error.code === 'domain-exists' && error.outcome === 'not-done',
    )
    assert.equal(count('domainCreateXml'), 0)
  })

  it('a transient domain that comes up under another name is ended, and refused', async () => {
    fake.on('domainLookupByName', (r) => r.client.fail(r, NO_DOMAIN, 'Domain not found'))
    fake.on('domainCreateXml', (r) => r.client.reply(r, 'domainCreateXml', { dom: web }))
    fake.on('domainDestroyFlags', (r) => r.client.reply(r, 'domainDestroyFlags', {}))
    await assert.rejects(
      hypervisor.start('other', { kind: 'transient', xml: '<domain/>' }),
      (error: unknown) => error instanceof Fault && error.code === 'domain-refused' && error.outcome === 'not-done',
    )
    assert.equal(count('domainDestroyFlags'), 1)
  })

  it('a guest that ends while it is being destroyed was destroyed', async () => {
    let gone = false
    fake.on('domainLookupByName', (r) => {
      if (gone) r.client.fail(r, NO_DOMAIN, 'Domain not found')
      else r.client.reply(r, 'domainLookupByName', { dom: web })
    })
    fake.on('domainDestroyFlags', (r) => {
      gone = true
      r.client.fail(r, NO_DOMAIN, 'Domain not found')
    })
    assert.equal(await hypervisor.destroy('web'), 'destroyed')
  })

  it('dropped in the middle of a deed, its effect is unknown', async () => {
    fake.on('domainSuspend', (r) => r.client.drop())
    await assert.rejects(
      hypervisor.suspend('web'),
      (error: unknown) => error instanceof Fault && error.code === 'hypervisor-lost' && error.outcome === 'unknown',
    )
  })

  it('events are told in our words, gaps are marked', async () => {
    const heard: DomainEvent[] = []
    hypervisor.subscribe((event) => heard.push(event))
    const [client] = fake.clients
    client?.event('lifecycle', { callbackId: 1, dom: web, event: 5, detail: 5 })
    client?.event('balloonChange', { callbackId: 1, dom: web, actual: 81_920n })
    client?.event('agentLifecycle', { callbackId: 1, dom: web, state: 1, reason: 2 })
    await until(() => heard.length === 3)
    await fake.stop()
    await fake.listen()
    await until(() => heard.length === 5)
    assert.deepEqual(heard, [
      { kind: 'domain', name: 'web', change: { kind: 'stopped', cause: 'failed' } },
      { kind: 'domain', name: 'web', change: { kind: 'memory', memoryMib: 80 } },
      { kind: 'domain', name: 'web', change: { kind: 'other' } },
      { kind: 'lost' },
      { kind: 'back' },
    ])
  })

  it('libvirtd absent: calls fail at once, with the socket in the fault', async () => {
    const away = await openLibvirt({ socketPath: '/nonexistent/libvirt-sock', uri: 'qemu:///system' })
    await assert.rejects(away.list(), (error: unknown) => {
      assert.ok(error instanceof Fault)
      assert.deepEqual([error.code, error.outcome], ['hypervisor-absent', 'not-done'])
      assert.equal(error.details.socket, '/nonexistent/libvirt-sock')
      return true
    })
    await away.close()
  })

  it('tells when the request of a deed was written', async () => {
    const issued: string[] = []
    const onIssued = (action: string, domain: string) => issued.push(`${action} ${domain}`)
    const watched = await openLibvirt({ socketPath: fake.socketPath, uri: 'qemu:///system', onIssued })
    fake.on('domainSuspend', (r) => r.client.reply(r, 'domainSuspend', {}))
    await watched.suspend('web')
    assert.deepEqual(issued, ['suspend web'])
    await watched.close()
  })

  const count = (name: string) => fake.seen.filter((seen) => seen === name).length
})
