import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { MAX_IN_FLIGHT } from '../../../src/drivers/libvirt/calls.ts'
import { ConnectionError } from '../../../src/drivers/libvirt/errors.ts'
import { LibvirtPool, SLOW_CONNECTIONS_MAX } from '../../../src/drivers/libvirt/pool.ts'
import { socketsRead, until } from '../../until.ts'
import { FakeLibvirtd, type Request } from './fake-libvirtd.ts'

const dom = { name: 'web', uuid: Buffer.alloc(16, 7), id: 3 }

describe('a pool of connections', () => {
  let fake: FakeLibvirtd
  let pool: LibvirtPool
  let states: string[]

  beforeEach(async () => {
    fake = new FakeLibvirtd()
    await fake.listen()
    pool = new LibvirtPool({
      socketPath: fake.socketPath,
      uri: 'test:///default',
      events: ['lifecycle', 'balloonChange'],
    })
    states = []
    pool.onState((state) => states.push(state.kind))
  })
  afterEach(async () => {
    pool.close()
    await fake.remove()
  })

  it('starts up, with its events registered', async () => {
    assert.deepEqual(await pool.start(), { kind: 'up' })
    assert.deepEqual(states, ['up'])
    assert.equal(count('connectDomainEventCallbackRegisterAny'), 2)
  })

  it('slow calls never delay a question (P1), and use several connections', async () => {
    const held: Request[] = []
    fake.on('domainCreateXml', (request) => held.push(request))
    await pool.start()
    const room = MAX_IN_FLIGHT * SLOW_CONNECTIONS_MAX
    // All in one turn: each has to see those before it (P5).
    const creating = Array.from({ length: room + 1 }, (_, i) =>
      pool.call('domainCreateXml', { xmlDesc: `<domain>${i}</domain>`, flags: 0 }),
    )
    await until(() => held.length === room)
    assert.deepEqual(await pool.call('connectGetHostname', {}), { hostname: 'fake' })
    // Those for questions and events, for pauses, and for slow calls.
    assert.equal(fake.clients.length, 2 + SLOW_CONNECTIONS_MAX)
    for (const request of held.slice()) request.client.reply(request, 'domainCreateXml', { dom })
    await until(() => held.length === room + 1)
    for (const request of held.slice(room)) request.client.reply(request, 'domainCreateXml', { dom })
    await Promise.all(creating)
  })

  it('a pause does not wait behind starts', async () => {
    fake.on('domainCreateXml', () => {})
    fake.on('domainSuspend', (request) => request.client.reply(request, 'domainSuspend', {}))
    await pool.start()
    const starts = Array.from({ length: 20 }, () =>
      pool.call('domainCreateXml', { xmlDesc: '<domain/>', flags: 0 }).catch((error: unknown) => error),
    )
    await pool.call('domainSuspend', { dom })
    pool.close()
    for (const error of await Promise.all(starts)) assert.ok(error instanceof ConnectionError)
  })

  it('libvirtd goes away and comes back: told once each, events registered anew (P3)', async () => {
    await pool.start()
    const registered = count('connectDomainEventCallbackRegisterAny')
    await fake.stop()
    await until(() => states.length === 2)
    await assert.rejects(
      pool.call('connectGetHostname', {}),
      (error: unknown) => error instanceof ConnectionError && error.outcome === 'not-done',
    )
    await fake.listen()
    await until(() => states.length === 3)
    assert.deepEqual(states, ['up', 'down', 'up'])
    assert.equal(count('connectDomainEventCallbackRegisterAny'), registered * 2)
    assert.deepEqual(await pool.call('connectGetHostname', {}), { hostname: 'fake' })
  })

  it('when the first connection is lost, all are (P4)', async () => {
    fake.on('domainCreateXml', () => {})
    await pool.start()
    const creating = assert.rejects(
      pool.call('domainCreateXml', { xmlDesc: '<domain/>', flags: 0 }),
      (error: unknown) => error instanceof ConnectionError && error.outcome === 'unknown',
    )
    await until(() => fake.seen.includes('domainCreateXml'))
    fake.clients[0]?.drop()
    await creating
  })

  it('a lost slow connection alone is replaced at the next slow call', async () => {
    fake.on('domainCreateXml', (request) => request.client.reply(request, 'domainCreateXml', { dom }))
    await pool.start()
    await pool.call('domainCreateXml', { xmlDesc: '<domain/>', flags: 0 })
    fake.clients[1]?.drop()
    await until(() => fake.clients[1]?.socket.destroyed === true)
    // The end is read on our side, too.
    await socketsRead()
    await pool.call('domainCreateXml', { xmlDesc: '<domain/>', flags: 0 })
    assert.deepEqual(states, ['up'])
  })

  it('libvirtd absent at the start: down with the reason, and up when it appears', async () => {
    await fake.stop()
    const state = await pool.start()
    assert.equal(state.kind, 'down')
    assert.deepEqual(states, [])
    await fake.listen()
    await until(() => pool.state.kind === 'up')
    assert.deepEqual(states, ['up'])
  })

  it('an event the hypervisor does not have is left out', async () => {
    fake.on('connectDomainEventCallbackRegisterAny', (request) => request.client.fail(request, 3, 'not supported'))
    assert.deepEqual(await pool.start(), { kind: 'up' })
  })

  it('libvirtd that lost its hypervisor is opened again', async () => {
    await pool.start()
    fake.clients[0]?.event('connectionClosed', { reason: 1 })
    await until(() => states.length === 3)
    assert.deepEqual(states, ['up', 'down', 'up'])
  })

  it('a stream has a connection of its own', async () => {
    const asked: Request[] = []
    fake.on('domainOpenConsole', (request) => {
      asked.push(request)
      request.client.reply(request, 'domainOpenConsole', {})
    })
    fake.on('domainCreateXml', (request) => {
      asked.push(request)
      request.client.reply(request, 'domainCreateXml', { dom })
    })
    await pool.start()
    const { stream, close } = await pool.openStream('domainOpenConsole', { dom, devName: null, flags: 0 })
    for (let i = 0; i < SLOW_CONNECTIONS_MAX; i++)
      await pool.call('domainCreateXml', { xmlDesc: '<domain/>', flags: 0 })
    assert.equal(asked.filter(({ client }) => client === asked[0]?.client).length, 1)
    await fake.stop()
    await assert.rejects(async () => {
      for await (const _ of stream) break
    }, ConnectionError)
    close()
  })

  it('closed, it fails calls as not done and never comes back', async () => {
    await pool.start()
    pool.close()
    await assert.rejects(
      pool.call('connectGetHostname', {}),
      (error: unknown) =>
        error instanceof ConnectionError && error.problem === 'closed' && error.outcome === 'not-done',
    )
    assert.deepEqual(states, ['up', 'closed'])
  })

  const count = (name: string) => fake.seen.filter((seen) => seen === name).length
})
