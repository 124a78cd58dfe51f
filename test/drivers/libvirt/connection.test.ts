import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { MAX_IN_FLIGHT } from '../../../src/drivers/libvirt/calls.ts'
import type { Connection } from '../../../src/drivers/libvirt/connection.ts'
import {
  ConnectionError,
  type ConnectionProblem,
  LibvirtError,
  type Outcome,
} from '../../../src/drivers/libvirt/errors.ts'
import type { WireEvent } from '../../../src/drivers/libvirt/event-messages.ts'
import { openConnection } from '../../../src/drivers/libvirt/open-connection.ts'
import { encodeFrame, MessageType, Program, Status } from '../../../src/drivers/libvirt/protocol.ts'
import { readAll } from '../../../src/drivers/libvirt/stream.ts'
import { until } from '../../until.ts'
import { FakeLibvirtd, type Request } from './fake-libvirtd.ts'

const dom = { name: 'web', uuid: Buffer.alloc(16, 7), id: 3 }
const df = { dom, flags: 0 }

/** The promise must fail with this problem and outcome. */
async function fails(promise: Promise<unknown>, problem: ConnectionProblem, outcome: Outcome): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof ConnectionError, `got ${String(error)}`)
    assert.deepEqual([error.problem, error.outcome], [problem, outcome])
    return true
  })
}

describe('a connection and a libvirtd that behaves or not', () => {
  let fake: FakeLibvirtd
  let connection: Connection
  const open = (keepalive: { intervalMs: number; misses: number } | null = null) =>
    openConnection({ socketPath: fake.socketPath, uri: 'test:///default', keepalive, timeoutMs: 20_000 })
  /** The last client the fake accepted. */
  const client = () => fake.clients.at(-1)!

  beforeEach(async () => {
    fake = new FakeLibvirtd()
    await fake.listen()
    connection = await open()
  })
  afterEach(async () => {
    connection.close()
    await fake.remove()
  })

  it('a call is answered with its result', async () => {
    assert.deepEqual(await connection.call('connectGetHostname', {}), { hostname: 'fake' })
  })

  it('replies may come out of order', async () => {
    const held: Request[] = []
    fake.on('domainGetState', (request) => {
      held.push(request)
      if (held.length < 2) return
      held[1]!.client.reply(held[1]!, 'domainGetState', { state: 5, reason: 2 })
      held[0]!.client.reply(held[0]!, 'domainGetState', { state: 1, reason: 1 })
    })
    const both = await Promise.all([connection.call('domainGetState', df), connection.call('domainGetState', df)])
    assert.deepEqual(both, [
      { state: 1, reason: 1 },
      { state: 5, reason: 2 },
    ])
  })

  it("libvirt's no is a LibvirtError with its code", async () => {
    fake.on('domainLookupByName', (request) => client().fail(request, 42, 'Domain not found'))
    await assert.rejects(
      connection.call('domainLookupByName', { name: 'web' }),
      (error: unknown) => error instanceof LibvirtError && error.code === 42 && error.message === 'Domain not found',
    )
    assert.deepEqual(await connection.call('connectGetHostname', {}), { hostname: 'fake' })
  })

  it('an error without a message is still an error', async () => {
    fake.on('domainLookupByName', (request) => client().fail(request, 38, null))
    await assert.rejects(connection.call('domainLookupByName', { name: 'web' }), LibvirtError)
  })

  it('after its deadline a call is unknown, and its late reply does no harm', async () => {
    let held: Request | undefined
    fake.on('domainGetState', (request) => (held = request))
    await fails(connection.call('domainGetState', df, { timeoutMs: 20 }), 'timeout', 'unknown')
    await until(() => held !== undefined)
    client().reply(held!, 'domainGetState', { state: 1, reason: 1 })
    assert.deepEqual(await connection.call('connectGetHostname', {}), { hostname: 'fake' })
  })

  it('a caller that gives up hears so at once', async () => {
    const asked = connection.call('domainGetState', df, { signal: AbortSignal.timeout(20) })
    await fails(asked, 'aborted', 'unknown')
    await fails(connection.call('domainGetState', df, { signal: AbortSignal.abort() }), 'aborted', 'not-done')
  })

  it('at most four calls are on the wire; the fifth waits, and is not done when given up (C1, C2)', async () => {
    const held: Request[] = []
    fake.on('domainGetState', (request) => held.push(request))
    const calls = Array.from({ length: MAX_IN_FLIGHT }, () => connection.call('domainGetState', df))
    await fails(connection.call('domainGetState', df, { timeoutMs: 20 }), 'timeout', 'not-done')
    await until(() => held.length === MAX_IN_FLIGHT)
    for (const request of held.slice()) client().reply(request, 'domainGetState', { state: 1, reason: 1 })
    await Promise.all(calls)
  })

  it('a call given up keeps its place until libvirtd answers it (C3)', async () => {
    const held: Request[] = []
    fake.on('domainGetState', (request) => held.push(request))
    const given = Array.from({ length: MAX_IN_FLIGHT }, () =>
      fails(connection.call('domainGetState', df, { timeoutMs: 20 }), 'timeout', 'unknown'),
    )
    await Promise.all(given)
    await until(() => held.length === MAX_IN_FLIGHT)
    const next = connection.call('connectGetHostname', {})
    assert.equal(connection.load, MAX_IN_FLIGHT + 1)
    client().reply(held[0]!, 'domainGetState', { state: 1, reason: 1 })
    assert.deepEqual(await next, { hostname: 'fake' })
  })

  it('dropped in the middle of a call: what was sent is unknown, what waited is not done, later calls are not done', async () => {
    fake.on('domainGetState', () => {})
    const sent = Array.from({ length: MAX_IN_FLIGHT }, () =>
      fails(connection.call('domainGetState', df), 'lost', 'unknown'),
    )
    const waiting = fails(connection.call('domainGetState', df), 'lost', 'not-done')
    await until(() => fake.seen.filter((name) => name === 'domainGetState').length === MAX_IN_FLIGHT)
    client().drop()
    await Promise.all([...sent, waiting])
    await fails(connection.call('connectGetHostname', {}), 'lost', 'not-done')
  })

  it('half a frame and then the end is lost, not malformed', async () => {
    fake.on('domainGetState', (request) => {
      const frame = encodeFrame({ ...request.header, type: MessageType.reply }, Buffer.alloc(8))
      client().bytes(frame.subarray(0, 20))
      setImmediate(() => client().drop())
    })
    await fails(connection.call('domainGetState', df), 'lost', 'unknown')
    assert.match(connection.endReason?.message ?? '', /middle of a message/)
  })

  it('a frame that comes in single bytes is whole in the end', async () => {
    fake.on('domainGetState', (request) => {
      const frame = encodeFrame({ ...request.header, type: MessageType.reply }, Buffer.from('0000000100000001', 'hex'))
      for (const byte of frame) client().bytes(Buffer.from([byte]))
    })
    assert.deepEqual(await connection.call('domainGetState', df), { state: 1, reason: 1 })
  })

  const malformed: readonly (readonly [string, (request: Request) => Buffer])[] = [
    ['a length word of zero', () => Buffer.alloc(64)],
    ['a length word of 4 GiB', () => Buffer.alloc(64, 0xff)],
    ['text of another protocol', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a reply that is too short', (r) => encodeFrame({ ...r.header, type: 1 }, Buffer.alloc(4))],
    ['a reply that is too long', (r) => encodeFrame({ ...r.header, type: 1 }, Buffer.alloc(12))],
    ['an error body that is no error body', (r) => encodeFrame({ ...r.header, type: 1, status: 1 }, Buffer.alloc(3))],
    ['a reply to a serial never used', (r) => encodeFrame({ ...r.header, type: 1, serial: 999 }, Buffer.alloc(8))],
    ['a reply to another procedure', (r) => encodeFrame({ ...r.header, type: 1, procedure: 1 }, Buffer.alloc(8))],
    ['a message type that does not exist', (r) => encodeFrame({ ...r.header, type: 9 }, Buffer.alloc(8))],
    ['a call from the server', (r) => encodeFrame({ ...r.header, type: 0 }, Buffer.alloc(8))],
    [
      'an event whose body is cut',
      () =>
        encodeFrame(
          { program: Program.remote, version: 1, procedure: 318, type: 2, serial: 0, status: 0 },
          Buffer.alloc(4),
        ),
    ],
  ]
  for (const [name, bytes] of malformed) {
    it(`${name} ends the connection as malformed, and nothing else (L2)`, async () => {
      fake.on('domainGetState', (request) => client().bytes(bytes(request)))
      await fails(connection.call('domainGetState', df), 'malformed', 'unknown')
      assert.equal(connection.endReason?.problem, 'malformed')
    })
  }

  it('a reply with file descriptors fails its call alone', async () => {
    fake.on('domainGetState', (request) => {
      client().send({ ...request.header, type: MessageType.replyWithDescriptors }, Buffer.alloc(4))
    })
    await fails(connection.call('domainGetState', df), 'needs-descriptors', 'unknown')
    assert.deepEqual(await connection.call('connectGetHostname', {}), { hostname: 'fake' })
  })

  it('events reach every listener, in order; unknown ones and other programs are passed over', async () => {
    const heard: WireEvent[] = []
    connection.onEvent((event) => heard.push(event))
    client().message(Program.remote, 9999, Buffer.alloc(40))
    client().message(0x12345678, 1)
    client().event('lifecycle', { callbackId: 1, dom, event: 2, detail: 0 })
    client().event('balloonChange', { callbackId: 2, dom, actual: 81920n })
    await connection.call('connectGetHostname', {})
    assert.deepEqual(heard, [
      { name: 'lifecycle', body: { callbackId: 1, dom, event: 2, detail: 0 } },
      { name: 'balloonChange', body: { callbackId: 2, dom, actual: 81920n } },
    ])
  })

  it('a ping is answered with a pong', async () => {
    client().message(Program.keepalive, 1)
    await until(() =>
      client().others.some(({ header }) => header.program === Program.keepalive && header.procedure === 2),
    )
  })

  it('onSent tells when the request was written, and trace shows every frame', async () => {
    const before = process.hrtime.bigint()
    let sentAt = 0n
    await connection.call('connectGetHostname', {}, { onSent: (atNs) => (sentAt = atNs) })
    assert.ok(sentAt > before && sentAt < process.hrtime.bigint())
    const seen: string[] = []
    const traced = await openConnection({
      socketPath: fake.socketPath,
      uri: '',
      keepalive: null,
      trace: (direction) => seen.push(direction),
    })
    traced.close()
    assert.deepEqual(seen, ['sent', 'received', 'sent', 'received', 'sent', 'received'])
  })

  it('a silent libvirtd is noticed by our pings', async () => {
    fake.on('domainGetState', () => {})
    const watched = await open({ intervalMs: 10, misses: 3 })
    await fails(watched.call('domainGetState', df), 'silent', 'unknown')
    await until(() => client().others.length >= 3)
  })

  it('without the keepalive feature there are no pings', async () => {
    fake.keepalive = 0
    const watched = await open({ intervalMs: 5, misses: 1 })
    await fails(watched.call('domainGetState', df, { timeoutMs: 50 }), 'timeout', 'unknown')
    assert.equal(client().others.length, 0)
    watched.close()
  })

  describe('streams', () => {
    let request: Request
    beforeEach(() => {
      fake.on('domainOpenConsole', (asked) => {
        request = asked
        client().reply(asked, 'domainOpenConsole', {})
      })
    })
    const openConsole = async () =>
      (await connection.openStream('domainOpenConsole', { dom, devName: null, flags: 0 })).stream

    it('data arrives, an empty packet ends it, and we confirm', async () => {
      const stream = await openConsole()
      client().stream(request, Status.continue, Buffer.from('hello '))
      client().stream(request, Status.continue, Buffer.from('world'))
      client().stream(request, Status.continue, Buffer.alloc(0))
      assert.equal((await readAll(stream, 100, 20_000)).toString(), 'hello world')
      await until(() => client().others.some(({ header }) => header.type === 3 && header.status === Status.ok))
    })

    it('data in the same packet as the reply is not lost', async () => {
      fake.on('domainScreenshot', (asked) => {
        client().reply(asked, 'domainScreenshot', { mime: 'image/png' })
        client().stream(asked, Status.continue, Buffer.from('PNG'))
        client().stream(asked, Status.continue, Buffer.alloc(0))
      })
      const { result, stream } = await connection.openStream('domainScreenshot', { dom, screen: 0, flags: 0 })
      assert.equal(result.mime, 'image/png')
      assert.equal((await readAll(stream, 100, 20_000)).toString(), 'PNG')
    })

    it('what is written arrives as stream packets', async () => {
      const stream = await openConsole()
      await stream.write(Buffer.from('root\n'))
      await until(() => client().others.length > 0)
      assert.equal(client().others[0]?.payload.toString(), 'root\n')
      stream.abort()
      await fails(stream.write(Buffer.from('x')), 'closed', 'not-done')
    })

    it("libvirt's error ends it with that error, after what had arrived", async () => {
      const stream = await openConsole()
      client().stream(request, Status.continue, Buffer.from('last words'))
      const body = Buffer.from(`00000026${'00000000'.repeat(2)}00000002${'00000000'.repeat(7)}`, 'hex')
      client().stream(request, Status.error, body)
      const parts: string[] = []
      const reading = (async () => {
        for await (const part of stream) parts.push(part.toString())
      })()
      await assert.rejects(reading, LibvirtError)
      assert.deepEqual(parts, ['last words'])
    })

    it('dropped in the middle, the reader hears it', async () => {
      const stream = await openConsole()
      client().stream(request, Status.continue, Buffer.from('a'))
      setImmediate(() => client().drop())
      await fails(readAll(stream, 100, 20_000), 'lost', 'unknown')
    })

    it('leaving the loop aborts it; what still comes is for nobody', async () => {
      const stream = await openConsole()
      client().stream(request, Status.continue, Buffer.from('a'))
      for await (const _ of stream) break
      client().stream(request, Status.continue, Buffer.from('b'))
      assert.deepEqual(await connection.call('connectGetHostname', {}), { hostname: 'fake' })
      assert.ok(client().others.some(({ header }) => header.status === Status.error))
    })

    it('a stream that stalls ends at its deadline', async () => {
      await fails(readAll(await openConsole(), 100, 30), 'timeout', 'not-done')
    })

    it('more than asked for is refused', async () => {
      const stream = await openConsole()
      client().stream(request, Status.continue, Buffer.alloc(101))
      await fails(readAll(stream, 100, 20_000), 'stream-overflow', 'not-done')
    })
  })
})

describe('opening a connection', () => {
  it('no socket: absent', async () => {
    const opening = openConnection({ socketPath: '/nonexistent/libvirt-sock', uri: '', keepalive: null })
    await fails(opening, 'absent', 'not-done')
  })

  it('credentials asked for: auth-required', async () => {
    const fake = new FakeLibvirtd()
    fake.authTypes = [2]
    await fake.listen()
    try {
      const opening = openConnection({ socketPath: fake.socketPath, uri: '', keepalive: null })
      await fails(opening, 'auth-required', 'not-done')
    } finally {
      await fake.remove()
    }
  })

  it('a libvirtd that accepts and says nothing: timeout', async () => {
    const fake = new FakeLibvirtd()
    fake.on('authList', () => {})
    await fake.listen()
    try {
      const opening = openConnection({ socketPath: fake.socketPath, uri: '', keepalive: null, timeoutMs: 30 })
      await fails(opening, 'timeout', 'unknown')
    } finally {
      await fake.remove()
    }
  })
})
