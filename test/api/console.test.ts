import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { maxConsoles } from '../../src/api/upgrades.ts'
import { createClient } from '../../src/client/client.ts'
import type { TransportLine } from '../../src/client/transport.ts'
import { unixTransport } from '../../src/client/unix-transport.ts'
import { served } from '../cli/terminal.ts'
import { until } from '../until.ts'
import { type FakeDaemon, launchedDaemon } from './fake-daemon.ts'

async function world(t: TestContext): Promise<{ daemon: FakeDaemon; open: Open }> {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  const client = createClient(unixTransport(socket), 'ana')
  t.after(() => client.close())
  const open: Open = (guest, force = false) => client.console(guest, force)
  return { daemon, open }
}

type Open = (guest: string, force?: boolean) => Promise<TransportLine>

/** Reads until this text has come. */
async function reading(line: TransportLine, wanted: string): Promise<void> {
  let text = ''
  const output = line.output[Symbol.asyncIterator]()
  while (!text.includes(wanted)) {
    const { value, done } = await output.next()
    assert.ok(!done, `ended after ${JSON.stringify(text)}`)
    text += String(value)
  }
}

test('bytes go both ways, the history says who sat there, and closing closes the guest’s end', async (t) => {
  const { daemon, open } = await world(t)
  const line = await open('web')
  await reading(line, 'web login: ')
  line.write(Buffer.from('ana\r'))
  await reading(line, 'ana\r')
  line.close()
  await until(() => daemon.consolesClosed > 0, 'the console is closed')
  const events = await daemon.history.connect().query({ limit: 10 })
  assert.ok(events.some(({ guest, note }) => guest === 'web' && note === 'console (ana)'))
})

test('the guest’s end ends the client’s', async (t) => {
  const { open } = await world(t)
  const line = await open('web')
  line.write(Buffer.from('bye'))
  let text = ''
  for await (const bytes of line.output) text += String(bytes)
  assert.equal(text, 'web login: ')
})

test('what is refused is a fault: no such guest, taken unless forced, too many', async (t) => {
  const { daemon, open } = await world(t)
  await assert.rejects(open('wbe'), { code: 'guest-unknown', details: { guest: 'wbe', nearest: 'web' } })
  daemon.consoleTaken = true
  await assert.rejects(open('web'), { code: 'domain-refused' })
  const lines = []
  for (let count = 0; count < maxConsoles; count += 1) lines.push(await open('web', true))
  await assert.rejects(open('web', true), { code: 'limit-reached' })
  for (const line of lines) line.close()
})

test('any other upgrade is refused', async (t) => {
  const daemon = launchedDaemon()
  const socket = await served(t, daemon)
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    const raw = connect(socket, () =>
      raw.write('GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    )
    raw.on('data', (bytes) => {
      text += String(bytes)
    })
    raw.on('close', () => resolve(text))
  })
  assert.match(answer, /^HTTP\/1\.1 400 bad-request\r\n[\s\S]*no such upgrade: GET \/chat/)
})
