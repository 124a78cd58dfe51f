import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { FeederConnection, parseAnswer } from '../../../src/drivers/watchdog/feeder-connection.ts'
import { kindOf, lookAtDevice } from '../../../src/drivers/watchdog/look-device.ts'

const answers: readonly [text: string, expected: ReturnType<typeof parseAnswer>][] = [
  ['unarmed', { kind: 'unarmed' }],
  ['armed 5000 device iTCO_wdt', { kind: 'armed', timeoutMs: 5_000, type: 'device', identity: 'iTCO_wdt' }],
  [
    'armed 5000 device Software Watchdog',
    { kind: 'armed', timeoutMs: 5_000, type: 'device', identity: 'Software Watchdog' },
  ],
  ['armed 400 stand-in ', { kind: 'armed', timeoutMs: 400, type: 'stand-in', identity: '' }],
  ['absent EBUSY', { kind: 'absent', reason: 'EBUSY' }],
  ['refused 60000', { kind: 'refused', gotMs: 60_000 }],
  ['refused -', { kind: 'refused', gotMs: null }],
  ['', null],
  ['armed', null],
  ['armed -1 device x', null],
  ['armed 5000 fifo x', null],
  ['refused soon', null],
  ['hello', null],
]

for (const [text, expected] of answers) {
  test(`an answer is understood or none: "${text}"`, () => assert.deepEqual(parseAnswer(text), expected))
}

test('the kernel’s own substitute is told from a device of the machine', async () => {
  assert.equal(kindOf('device', 'Software Watchdog'), 'softdog')
  assert.equal(kindOf('device', 'iTCO_wdt'), 'hardware')
  assert.equal(kindOf('stand-in', 'stand-in'), 'unknown')
  assert.equal((await lookAtDevice('/nowhere/watchdog')).kind, 'none')
  assert.equal((await lookAtDevice('/etc/passwd')).kind, 'unknown')
})

/** A feeder that says what the test makes it say. */
async function stage(context: TestContext, hear: (line: string, peer: Socket) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-feeder-'))
  const path = join(folder, 'feeder.sock')
  const server = createServer((peer) => {
    peer.on('error', () => {})
    peer.on('data', (chunk) => {
      for (const line of chunk.toString().trim().split('\n')) hear(line, peer)
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const told: string[] = []
  let end: (superseded: boolean) => void = () => {}
  const ended = new Promise<boolean>((resolve) => {
    end = resolve
  })
  const connection = await FeederConnection.open(path, { notice: (text) => told.push(text), ended: end })
  context.after(async () => {
    await connection.close()
    server.close()
    rmSync(folder, { recursive: true })
  })
  return { connection, told, ended }
}

test('answers find their questions in any order, and what is no answer is passed over', async (context) => {
  const waiting: string[] = []
  const { connection, told } = await stage(context, (line, peer) => {
    waiting.push(line)
    if (waiting.length < 2) return
    peer.write('notice the device is gone\n99 unarmed\nnonsense\n1 nonsense\n')
    peer.write('2 absent ENOENT\n1 un')
    peer.write('armed\n')
  })
  const [state, armed] = await Promise.all([connection.ask('state'), connection.ask('arm 5000 /dev/watchdog')])
  assert.deepEqual(state, { kind: 'unarmed' })
  assert.deepEqual(armed, { kind: 'absent', reason: 'ENOENT' })
  assert.deepEqual(waiting, ['1 state', '2 arm 5000 /dev/watchdog'])
  assert.deepEqual(told, ['the device is gone'])
})

test('a question that is under way when the feeder ends has no answer: it may have been done', async (context) => {
  const { connection, ended } = await stage(context, (_line, peer) => peer.destroy())
  await assert.rejects(connection.ask('arm 5000 /dev/watchdog'), { code: 'timeout', outcome: 'unknown' })
  assert.equal(await ended, false)
  connection.allow(1)
})

test('a daemon is told that another one speaks for the host now', async (context) => {
  const { connection, ended } = await stage(context, (_line, peer) => peer.write('superseded\n'))
  await assert.rejects(connection.ask('state'), { code: 'timeout' })
  assert.equal(await ended, true)
})

test('a feeder that writes without end is left', async (context) => {
  const { connection, ended } = await stage(context, (_line, peer) => peer.write('x'.repeat(100_000)))
  await assert.rejects(connection.ask('state'), { code: 'timeout' })
  assert.equal(await ended, false)
})
