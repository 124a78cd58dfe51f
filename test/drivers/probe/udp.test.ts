import assert from 'node:assert/strict'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, test } from 'node:test'
import { until } from '../../until.ts'
import { Cleanup, passed, patientMs, sure, targetOf, testProber } from './support.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.run())

type OnDatagram = (socket: Socket, bytes: Buffer, from: RemoteInfo) => void

async function udpServer(onDatagram: OnDatagram, port = 0): Promise<number> {
  const socket = createSocket('udp4')
  socket.on('message', (bytes, from) => onDatagram(socket, bytes, from))
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  cleanup.add(() => socket.close())
  return socket.address().port
}

/** A port that refuses, and that the kernel gives to nobody else: a socket is bound there that hears one peer only. */
async function closedPort(): Promise<{ port: number; release(): void }> {
  const [holder, peer] = [createSocket('udp4'), createSocket('udp4')]
  for (const socket of [holder, peer]) {
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
  }
  holder.connect(peer.address().port, '127.0.0.1')
  await once(holder, 'connect')
  peer.close()
  let open = true
  const release = () => {
    if (open) holder.close()
    open = false
  }
  cleanup.add(release)
  return { port: holder.address().port, release }
}

const echo: OnDatagram = (socket, bytes, from) => socket.send(bytes, from.port, from.address)
const required = (port: number, payloadHex = '') =>
  targetOf(port, { kind: 'udp', payloadHex, answer: 'required' }, 'udp')
const unlessRefused = (port: number) => targetOf(port, { kind: 'udp', payloadHex: '', answer: 'unless-refused' }, 'udp')
const dns = (port: number) => targetOf(port, { kind: 'dns', question: 'example.org', recordType: 'A' }, 'udp')

test('any datagram back is an answer; the payload arrives as written', async () => {
  const payloads: string[] = []
  const port = await udpServer((socket, bytes, from) => {
    payloads.push(bytes.toString('hex'))
    echo(socket, bytes, from)
  })
  assert.equal((await testProber().ask(required(port, 'c0ffee'), patientMs)).kind, 'answered')
  assert.deepEqual(payloads, ['c0ffee'])
})

test('the first datagram may be lost: the question is sent again within the timeout', async () => {
  let seen = 0
  const port = await udpServer((socket, bytes, from) => {
    seen += 1
    if (seen === 2) echo(socket, bytes, from)
  })
  assert.equal((await testProber().ask(required(port), 4_000)).kind, 'answered')
})

test('a closed port has refused, whatever counts as an answer', async () => {
  assert.equal((await testProber().ask(required((await closedPort()).port), patientMs)).kind, 'refused')
  assert.equal((await testProber().ask(unlessRefused((await closedPort()).port), patientMs)).kind, 'refused')
})

test('a mute port is silent where an answer is required, and answers where only a refusal would deny', async () => {
  const port = await udpServer(() => undefined)
  assert.equal((await sure(() => testProber().ask(required(port), 150))).kind, 'silent')
  assert.equal((await sure(() => testProber().ask(unlessRefused(port), 150))).kind, 'answered')
})

test('waiting for a mute port: told once it is open, by a refusal of the port beside it', async () => {
  const prober = testProber()
  const { port, release } = await closedPort()
  let told = 0
  prober.untilAnswered(unlessRefused(port), () => {
    told += 1
  })
  await passed(700)
  assert.equal(told, 0)
  release()
  await udpServer(() => undefined, port)
  await until(() => told > 0)
  await passed(100)
  assert.equal(told, 1)
  await prober.close()
})

test('waiting for a port that talks: told with its first word', async () => {
  const prober = testProber()
  const { port, release } = await closedPort()
  let told = 0
  for (const target of [unlessRefused(port), required(port)]) {
    prober.untilAnswered(target, () => {
      told += 1
    })
  }
  await passed(100)
  release()
  await udpServer(echo, port)
  await until(() => told > 1)
  await passed(100)
  assert.equal(told, 2)
  await prober.close()
})

/** Our own query with other flags is a reply. */
function reply(query: Buffer, flagBits: number): Buffer {
  const bytes = Buffer.from(query)
  bytes.writeUInt16BE(flagBits, 2)
  return bytes
}

for (const [says, flagBits, expected] of [
  ['an empty reply is an answer', 0x8180, 'answered'],
  ['no such name is an answer', 0x8183, 'answered'],
  ['a truncated reply is an answer', 0x8380, 'answered'],
  ['SERVFAIL is a no', 0x8182, 'refused'],
  ['REFUSED is a no', 0x8185, 'refused'],
  ['our own question back is nothing', 0x0100, 'silent'],
] as const) {
  test(`dns: ${says}`, async () => {
    const port = await udpServer((socket, bytes, from) => socket.send(reply(bytes, flagBits), from.port, from.address))
    const timeoutMs = expected === 'silent' ? 150 : patientMs
    assert.equal((await sure(() => testProber().ask(dns(port), timeoutMs))).kind, expected)
  })
}

test('dns: garbage before the reply does not matter, garbage alone is silence', async () => {
  const garbage = [Buffer.alloc(0), Buffer.from([1]), Buffer.alloc(400, 0xc0)]
  const babbling = await udpServer((socket, bytes, from) => {
    for (const rubbish of [
      ...garbage,
      Buffer.concat([Buffer.from([bytes[0] ?? 0, bytes[1] ?? 0]), Buffer.alloc(90, 0xff)]),
    ]) {
      socket.send(rubbish, from.port, from.address)
    }
  })
  assert.equal((await sure(() => testProber().ask(dns(babbling), 150))).kind, 'silent')
  const honest = await udpServer((socket, bytes, from) => {
    for (const rubbish of garbage) socket.send(rubbish, from.port, from.address)
    socket.send(reply(bytes, 0x8180), from.port, from.address)
  })
  assert.equal((await testProber().ask(dns(honest), patientMs)).kind, 'answered')
})

test('dns: a name that cannot be asked is impossible', async () => {
  const target = targetOf(53, { kind: 'dns', question: 'a..b', recordType: 'A' }, 'udp')
  assert.equal((await testProber().ask(target, 100)).kind, 'impossible')
})
