import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import tls from 'node:tls'
import fc from 'fast-check'
import type { Identity } from '../../../src/drivers/ca/certificates.ts'
import type { HttpsPeers } from '../../../src/drivers/peers/peers.ts'
import { parseAddress, parseAnswer, parseQuestion, paths } from '../../../src/drivers/peers/wire.ts'
import { hostId, wallTime } from '../../../src/model/ids.ts'
import { alfa, beta, peerLost, peersConformance, question, says } from '../../conformance/peers.ts'
import { until } from '../../until.ts'
import { day, memberOf, newAuthority } from '../ca/parts.ts'
import { directory, knows, local, members, middle, openPeers, wall } from './parts.ts'

const limitMs = 5_000

peersConformance('https', async () => {
  const of = directory()
  const [one, other] = (await members('alfa', 'beta')).members as [Identity, Identity]
  const [a, b] = [await openPeers(one, of), await openPeers(other, of)]
  const way = await middle(b.port)
  of.addresses.set(alfa, [local(a.port)])
  of.addresses.set(beta, [local(way.port)])
  return {
    alfa: a,
    beta: b,
    muteBeta: () => way.mute(),
    settled: (during) => during,
    close: async () => {
      await Promise.all([a.close(), b.close(), way.close()])
    },
  }
})

/** Asks and is asked: `alfa` knows `beta`, who answers that it renews. */
async function pair(t: TestContext, one: Identity, other: Identity, of = directory()) {
  const [a, b] = [await openPeers(one, of), await openPeers(other, of)]
  t.after(() => Promise.all([a.close(), b.close()]))
  of.addresses.set(beta, [local(b.port)])
  const heard = { count: 0 }
  b.serve((asked) => {
    heard.count++
    return says(beta)(asked)
  })
  return { of, a, b, heard }
}

async function two(t: TestContext) {
  const [one, other] = (await members('alfa', 'beta')).members as [Identity, Identity]
  return { ...(await pair(t, one, other)), one, other }
}

const notMember = (error: unknown): boolean => peerLost('not-done')(error)

test('of several addresses the first that answers counts: one refuses, one takes connections and says nothing', async (t) => {
  const { of, a, b } = await two(t)
  const hole = await middle(0)
  t.after(() => hole.close())
  of.addresses.set(beta, [local(hole.port), local(1), local(b.port), { host: '::1', port: b.port }])
  const began = performance.now()
  assert.equal((await a.ask(beta, question('n1'), limitMs)).statement, 'renews')
  assert.ok(performance.now() - began < limitMs)
})

test('no address answers: the deadline holds, and nothing was done', async (t) => {
  const { of, a } = await two(t)
  const hole = await middle(0)
  t.after(() => hole.close())
  of.addresses.set(beta, [local(hole.port), local(1)])
  const began = performance.now()
  await assert.rejects(a.ask(beta, question('n1'), 300), peerLost('not-done'))
  const tookMs = performance.now() - began
  assert.ok(tookMs >= 290 && tookMs < 3_000, `${tookMs} ms`)
})

test('connections are kept: a hundred questions make one, and as many at once no more than four', async (t) => {
  const { of, a, b } = await two(t)
  const way = await middle(b.port)
  t.after(() => way.close())
  of.addresses.set(beta, [local(way.port)])
  const began = performance.now()
  for (let place = 0; place < 100; place++) await a.ask(beta, question(`n${place}`), limitMs)
  t.diagnostic(`${((performance.now() - began) / 100).toFixed(2)} ms a question`)
  assert.equal(way.made, 1)
  await Promise.all(Array.from({ length: 100 }, (_, place) => a.ask(beta, question(`m${place}`), limitMs)))
  assert.ok(way.made <= 4, String(way.made))
})

test('after a way that went silent the next question takes a new connection', async (t) => {
  const { of, a, b } = await two(t)
  const [silent, sound] = [await middle(b.port), await middle(b.port)]
  t.after(() => Promise.all([silent.close(), sound.close()]))
  of.addresses.set(beta, [local(silent.port)])
  await a.ask(beta, question('n1'), limitMs)
  silent.mute()
  await assert.rejects(a.ask(beta, question('n2'), 1_500), peerLost('unknown'))
  assert.equal(silent.made, 1)
  of.addresses.set(beta, [local(silent.port), local(sound.port)])
  assert.equal((await a.ask(beta, question('n3'), limitMs)).nonce, 'n3')
})

test('questions beyond the limit are refused at once', async (t) => {
  const { of, a } = await two(t)
  const hole = await middle(0)
  t.after(() => hole.close())
  of.addresses.set(beta, [local(hole.port)])
  const asked = Array.from({ length: 300 }, (_, place) => a.ask(beta, question(`n${place}`), 300))
  const ends = await Promise.allSettled(asked)
  const refused = ends.filter((end) => end.status === 'rejected' && String(end.reason).includes('too many'))
  assert.equal(refused.length, 300 - 256)
})

test('another member at the address of the one asked is not asked', async (t) => {
  const { members: made } = await members('alfa', 'gamma')
  const { a, heard } = await pair(t, made[0]!, made[1]!)
  await assert.rejects(a.ask(beta, question('n1'), limitMs), notMember)
  assert.equal(heard.count, 0)
})

test('a member of another cluster is not asked, and asks in vain', async (t) => {
  const [one] = (await members('alfa')).members as [Identity]
  const [other] = (await members('beta')).members as [Identity]
  const { of, a, b, heard } = await pair(t, one, other)
  await assert.rejects(a.ask(beta, question('n1'), limitMs), notMember)
  of.addresses.set(alfa, [local(a.port)])
  a.serve(() => assert.fail('answered a stranger'))
  await assert.rejects(b.ask(alfa, question('n2', beta), limitMs), notMember)
  // One that takes any authority for its own still shows a certificate of the wrong one.
  const posing = await openPeers({ ...other, authority: one.authority }, of)
  t.after(() => posing.close())
  await assert.rejects(posing.ask(alfa, question('n3', beta), limitMs), notMember)
  assert.equal(heard.count, 0)
})

test('out of its dates a member is heard where its key is known, and nowhere else', async (t) => {
  const authority = await newAuthority()
  const one = await memberOf(authority, 'alfa', wall())
  const other = await memberOf(authority, 'beta', wallTime(Date.now() - 90 * day))
  const { of, a, heard } = await pair(t, one, other)
  await assert.rejects(a.ask(beta, question('n1'), limitMs), notMember)
  of.standing = knows(one, other)
  assert.equal((await a.ask(beta, question('n2'), limitMs)).statement, 'renews')
  assert.equal(heard.count, 1)
})

test('a member that has left is not heard, though its certificate runs on', async (t) => {
  const { of, a, b, one, heard } = await two(t)
  of.standing = knows(one)
  await assert.rejects(a.ask(beta, question('n1'), limitMs), notMember)
  of.addresses.set(alfa, [local(a.port)])
  a.serve(() => assert.fail('answered one that left'))
  await assert.rejects(b.ask(alfa, question('n2', beta), limitMs), notMember)
  assert.equal(heard.count, 0)
})

test('a renewed certificate is used from then on, and no question is lost on the way', async (t) => {
  const authority = await newAuthority()
  const [one, other] = [await memberOf(authority, 'alfa', wall()), await memberOf(authority, 'beta', wall())]
  const { a, b } = await pair(t, one, other)
  for (let round = 0; round < 5; round++) {
    const asked = Array.from({ length: 10 }, (_, place) => a.ask(beta, question(`n${round}-${place}`), limitMs))
    a.use({ ...(await memberOf(authority, 'alfa', wall())) })
    b.use({ ...(await memberOf(authority, 'beta', wall())) })
    await Promise.all(asked)
  }
})

/** What an enemy with a certificate of the cluster, or none, gets for these bytes: until the end, or until nothing came for so long. */
function told(port: number, bytes: Buffer, as: Identity | null | 'plain', silenceMs = 20_000): Promise<string> {
  return new Promise((resolve) => {
    const show = as === null || as === 'plain' ? {} : { key: as.key, cert: as.certificate }
    const socket =
      as === 'plain'
        ? connect(port, '127.0.0.1')
        : tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...show })
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(heard))
    socket.setTimeout(silenceMs, () => socket.destroy())
    socket.write(bytes)
  })
}

function posted(path: string, body: Buffer | string): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nhost: member\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), Buffer.from(body)])
}

async function stillAnswers(a: HttpsPeers): Promise<void> {
  assert.equal((await a.ask(beta, question('after'), limitMs)).nonce, 'after')
}

test('any bytes at all, with TLS or without, with a certificate or none: nothing is answered and nothing breaks', async (t) => {
  const { a, b, one, heard } = await two(t)
  const bytes = fc.uint8Array({ maxLength: 2_000 }).map((some) => Buffer.from(some))
  const messages = fc.oneof(
    bytes,
    bytes.map((body) => posted(paths.ask, body)),
    fc.json().map((body) => posted(paths.ask, body)),
    fc.string().map((path) => posted(`/${encodeURIComponent(path)}`, '{}')),
  )
  await fc.assert(
    fc.asyncProperty(messages, fc.constantFrom('plain' as const, null, one), async (message, as) => {
      assert.doesNotMatch(await told(b.port, message, as, 100), /renews/)
    }),
    { numRuns: 60 },
  )
  assert.equal(heard.count, 0)
  await stillAnswers(a)
})

test('without a certificate a well-made question is not answered; with one it is', async (t) => {
  const { b, one } = await two(t)
  const asked = posted(paths.ask, JSON.stringify(question('n1')))
  assert.match(await told(b.port, asked, null), /^HTTP\/1\.1 503/)
  assert.match(await told(b.port, asked, one), /"renews"/)
  const [stranger] = (await members('alfa')).members as [Identity]
  assert.match(await told(b.port, asked, stranger), /^HTTP\/1\.1 409.*/)
})

test('a message too long, and one that claims a length it does not have, end the connection', async (t) => {
  const { a, b, one } = await two(t)
  assert.doesNotMatch(await told(b.port, posted(paths.ask, 'x'.repeat(5_000)), one), /200/)
  const half = Buffer.from(`POST ${paths.ask} HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{`)
  assert.equal(await told(b.port, half, one, 300), '')
  await stillAnswers(a)
})

test('a flood of connections from one address leaves the others room; TLS 1.2 is not spoken', async (t) => {
  const { a, b } = await two(t)
  await stillAnswers(a)
  const flood = Array.from({ length: 60 }, () => connect(b.port, '127.0.0.1').on('error', () => {}))
  t.after(() => flood.map((socket) => socket.destroy()))
  const are = (state: string) => flood.filter((socket) => socket.readyState === state).length
  await until(() => are('opening') === 0 && are('open') < 30, 'most are refused')
  await stillAnswers(a)
  for (const socket of flood) socket.destroy()
  await new Promise<void>((resolve) => {
    const old = tls.connect({ port: b.port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' })
    old.on('secureConnect', () => assert.fail('an old TLS was taken'))
    old.on('error', () => resolve())
  })
})

test('addresses are read as they are written; any other text is none', () => {
  const table = [
    ['192.0.2.1:7443', { host: '192.0.2.1', port: 7443 }],
    ['192.0.2.1', { host: '192.0.2.1', port: 7443 }],
    ['[2001:db8::1]:7500', { host: '2001:db8::1', port: 7500 }],
    ['alfa.example.net:1', { host: 'alfa.example.net', port: 1 }],
    ['2001:db8::1', null],
    ['alfa:0', null],
    ['alfa:70000', null],
    ['', null],
    ['http://alfa', null],
  ] as const
  for (const [text, address] of table) assert.deepEqual(parseAddress(text), address, text)
  fc.assert(fc.property(fc.string(), (text) => void parseAddress(text)))
})

test('any text at all is a question, an answer, or neither; never more than that', () => {
  const texts = fc.oneof(fc.string(), fc.json(), fc.constant('{"from":"a","nonce":"n","more":[1]}'))
  fc.assert(
    fc.property(texts, (text) => {
      const asked = parseQuestion(text)
      if (asked !== null) assert.deepEqual(Object.keys(asked).sort(), ['from', 'nonce'])
      const answer = parseAnswer(text)
      if (answer !== null) assert.ok(answer.member === hostId(answer.member))
    }),
  )
  assert.equal(parseAnswer('{"member":"a","life":"l","nonce":"n","statement":"perhaps"}'), null)
})

test('a port that a killed daemon lets go of late is waited for', async (t) => {
  const [one] = (await members('alfa')).members as [Identity]
  const held = createServer().listen(0, '127.0.0.1')
  await once(held, 'listening')
  const { port } = held.address() as AddressInfo
  setTimeout(() => held.close(), 300)
  const peers = await openPeers(one, directory(), { listenAt: { host: '127.0.0.1', port } })
  t.after(() => peers.close())
  assert.equal(peers.port, port)
})

test('a host on which no daemon listens is told from one that is silent: it has power', async (t) => {
  const { of, a, b } = await two(t)
  const unlistened = { details: { member: beta, why: 'nobody-listens' } }
  // Its server is there already, and the daemon is not yet.
  b.serve(says(beta))()
  await assert.rejects(a.ask(beta, question('n1'), limitMs), unlistened)
  await b.close()
  // The connection that was kept hears of it first.
  await assert.rejects(a.ask(beta, question('n2'), limitMs))
  await assert.rejects(a.ask(beta, question('n2'), limitMs), unlistened)
  // By one of two ways it is known as well.
  const hole = await middle(0)
  t.after(() => hole.close())
  of.addresses.set(beta, [local(hole.port), local(b.port)])
  await assert.rejects(a.ask(beta, question('n3'), 1_500), unlistened)
})
