import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { Fault } from '../../../src/model/fault.ts'
import { instant } from '../../../src/model/ids.ts'
import { pass, StandIn, until } from './stand-in.ts'

const root = resolve(import.meta.dirname, '../../..')

const timeoutMs = 3_000
const allowMs = 2_000

/** For a daemon to be started anew: both together are longer than that takes, however busy the machine is. */
const patient = { timeoutMs: 8_000, allowMs: 6_000 }

/** Scheduling of a busy machine. */
const lateMs = 900

async function stage(context: TestContext): Promise<StandIn> {
  const standIn = await StandIn.start()
  context.after(() => standIn.stop())
  return standIn
}

/** A daemon that allows anew all the time; its last word is the last figure it printed. */
async function startDaemon(standIn: StandIn, times = { timeoutMs, allowMs }) {
  const figures = [times.timeoutMs, times.allowMs, times.allowMs / 4].map(String)
  const args = [join(import.meta.dirname, 'daemon.ts'), standIn.device, standIn.socket, ...figures]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  standIn.daemons.push(child)
  const said = { lines: [] as string[], complaints: '' }
  child.stdout.on('data', (chunk: Buffer) => said.lines.push(...chunk.toString().trim().split('\n')))
  child.stderr.on('data', (chunk: Buffer) => {
    said.complaints += chunk.toString()
  })
  await until(() => said.lines.length > 2)
  return { child, said, allowedUntilMs: () => Number(said.lines.at(-1)) }
}

/**
 * It took the power, its last feed before the end of the allowed time and at most a quarter of the timeout before it. Asked for that time when all
 * that its daemon said has been read.
 */
async function assertStarved(standIn: StandIn, allowedUntil: () => number, ofMs = timeoutMs): Promise<void> {
  await until(() => standIn.told('fired') !== null)
  const lastFedMs = (standIn.told('fired') ?? 0) - ofMs
  const allowedUntilMs = allowedUntil()
  assert.ok(lastFedMs <= allowedUntilMs + lateMs, `fed ${lastFedMs - allowedUntilMs} ms after the allowed time`)
  assert.ok(lastFedMs >= allowedUntilMs - ofMs / 4 - lateMs, `fed last ${allowedUntilMs - lastFedMs} ms before it`)
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  assert.ok(child.pid !== undefined)
  process.kill(child.pid, name)
}

/** Beside each other, each with a device of its own: they mostly wait. */
describe('a watchdog and what breaks in front of it', { concurrency: 3 }, () => {
  test('a daemon that is killed allows nothing more: fed to the end of the allowed time, then the power goes', async (context) => {
    const standIn = await stage(context)
    const daemon = await startDaemon(standIn)
    signal(daemon.child, 'SIGKILL')
    await assertStarved(standIn, daemon.allowedUntilMs)
  })

  test('a daemon that is frozen is a dead one (S4)', async (context) => {
    const standIn = await stage(context)
    const daemon = await startDaemon(standIn)
    signal(daemon.child, 'SIGSTOP')
    await pass(50)
    await assertStarved(standIn, daemon.allowedUntilMs)
  })

  test('a daemon that is killed and comes back in time keeps its host', async (context) => {
    const standIn = await stage(context)
    const first = await startDaemon(standIn, patient)
    signal(first.child, 'SIGKILL')
    await startDaemon(standIn, patient)
    // Longer than what the first one had allowed lasts, and the timeout.
    await pass(patient.timeoutMs + patient.allowMs + 500)
    assert.equal(standIn.told('fired'), null)
    assert.equal(standIn.feederPids().length, 1)
  })

  test('a daemon that was replaced while it was frozen does not speak for the host when it thaws', async (context) => {
    const standIn = await stage(context)
    const first = await startDaemon(standIn, patient)
    signal(first.child, 'SIGSTOP')
    const second = await startDaemon(standIn, patient)
    signal(first.child, 'SIGCONT')
    await until(() => first.said.complaints.includes('another daemon of this host feeds the watchdog now'))
    signal(second.child, 'SIGKILL')
    await pass(50)
    await assertStarved(standIn, second.allowedUntilMs, patient.timeoutMs)
  })

  test('a feeder that is killed is replaced at once, and the host lives on', async (context) => {
    const standIn = await stage(context)
    const daemon = await startDaemon(standIn)
    for (let times = 0; times < 3; times += 1) {
      const [before] = standIn.feederPids()
      assert.ok(before !== undefined)
      process.kill(before, 'SIGKILL')
      await until(() => standIn.feederPids().some((pid) => pid !== before))
      await pass(timeoutMs)
    }
    assert.equal(standIn.told('fired'), null)
    assert.match(daemon.said.complaints, /feeder has ended; another one is started[\s\S]*is fed again/)
    signal(daemon.child, 'SIGKILL')
    await pass(50)
    await assertStarved(standIn, daemon.allowedUntilMs)
  })

  test('a feeder that ends when the allowed time is over is not started again: to open the device would feed it', async (context) => {
    const standIn = await stage(context)
    const watchdog = standIn.connect()
    await watchdog.arm(timeoutMs)
    const allowedUntilMs = Number(process.hrtime.bigint()) / 1e6 + allowMs
    watchdog.allow(instant(standIn.clock.now() + allowMs))
    await pass(allowMs + timeoutMs / 4)
    for (const pid of standIn.feederPids()) process.kill(pid, 'SIGKILL')
    await until(() => standIn.lines.some((line) => line.includes('another one is started')))
    await assertStarved(standIn, () => allowedUntilMs)
    assert.deepEqual(standIn.feederPids(), [])
  })

  test('inherited while its daemon is away, it is fed by what the next one allows, whatever the time between', async (context) => {
    const standIn = await stage(context)
    const daemon = await startDaemon(standIn)
    signal(daemon.child, 'SIGKILL')
    // It is not fed any more when the next one comes.
    await pass(allowMs + timeoutMs / 4)
    const next = standIn.connect()
    assert.equal((await next.inherit()).timeoutMs, timeoutMs)
    for (let round = 0; round < 8; round += 1) {
      next.allow(instant(standIn.clock.now() + allowMs))
      await pass(allowMs / 2)
    }
    assert.equal(standIn.told('fired'), null)
    assert.equal(standIn.feederPids().length, 1)
  })

  test('a feeder that is frozen feeds nothing: the power goes', async (context) => {
    const standIn = await stage(context)
    await startDaemon(standIn)
    for (const pid of standIn.feederPids()) process.kill(pid, 'SIGSTOP')
    await until(() => standIn.told('fired') !== null)
  })

  test('no signal closes an armed watchdog', async (context) => {
    const standIn = await stage(context)
    await startDaemon(standIn)
    for (const pid of standIn.feederPids())
      for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(pid, name)
    await pass(timeoutMs * 2)
    assert.equal(standIn.told('fired'), null)
    assert.equal(standIn.told('disarmed'), null)
    assert.equal(standIn.feederPids().length, 1)
  })

  test('a feeder that waits beside another takes its place when that is gone', async (context) => {
    const standIn = await stage(context)
    await startDaemon(standIn)
    const [first] = standIn.feederPids()
    const unit = spawn('/usr/bin/perl', feederArgs(standIn), { stdio: 'ignore' })
    standIn.daemons.push(unit)
    await until(() => standIn.feederPids().length === 2)
    process.kill(first ?? 0, 'SIGKILL')
    await pass(timeoutMs * 2)
    assert.equal(standIn.told('fired'), null)
    // The daemon starts one, too; which of the two feeds is the same.
    assert.ok(unit.pid !== undefined && standIn.feederPids().includes(unit.pid))
  })

  test('strangers on its socket are sent away, and change nothing', async (context) => {
    const standIn = await stage(context)
    await startDaemon(standIn)
    for (let times = 0; times < 20; times += 1) {
      await talk(standIn.socket, randomBytes(100_000))
      await talk(standIn.socket, 'allow 99999999999\n1 arm 99999999999999 /dev/null\n')
      await talk(standIn.socket, `${'9'.repeat(400)}`)
      await talk(standIn.socket, '1 disarm now\n')
    }
    // Said by somebody who did not arm it, "allow" is not heard.
    await talk(standIn.socket, 'allow 1\n')
    await pass(timeoutMs * 2)
    assert.equal(standIn.told('fired'), null)
    assert.equal(standIn.told('disarmed'), null)
  })

  test('more connections than it holds do not stop it from feeding', async (context) => {
    const standIn = await stage(context)
    await startDaemon(standIn)
    const open = Array.from({ length: 40 }, () => connect(standIn.socket).on('error', () => {}))
    await pass(timeoutMs * 2)
    for (const socket of open) socket.destroy()
    assert.equal(standIn.told('fired'), null)
  })

  test('no device, and one that cannot be opened, are absent', async (context) => {
    const standIn = await stage(context)
    const watchdog = standIn.connect({ device: join(standIn.folder, 'nothing') })
    await assertFault(watchdog.arm(timeoutMs), 'watchdog-absent', 'ENOENT')
    assert.deepEqual(await watchdog.state(), { kind: 'none', identity: '', timeoutMs: null })
  })

  test('a device that does not take the timeout is refused, and takes no power', async (context) => {
    const standIn = await stage(context)
    rmSync(`${standIn.device}.timeout`)
    symlinkSync('/dev/null', `${standIn.device}.timeout`)
    const watchdog = standIn.connect()
    await assertFault(watchdog.arm(timeoutMs), 'watchdog-refused')
    await until(() => standIn.told('disarmed') !== null || standIn.told('armed') === null)
    assert.equal((await watchdog.state()).timeoutMs, null)
  })

  test('a plain file stands for a device, too', async (context) => {
    const standIn = await stage(context)
    const file = join(standIn.folder, 'plain')
    writeFileSync(file, '')
    writeFileSync(`${file}.timeout`, '60000\n')
    const watchdog = standIn.connect({ device: file })
    const armed = await watchdog.arm(400)
    assert.deepEqual(armed, { kind: 'unknown', identity: 'stand-in', timeoutMs: 400 })
    watchdog.allow(instant(standIn.clock.now() + 1_000))
    await pass(1_500)
    const feeds = readFileSync(file, 'utf8').length
    assert.ok(feeds >= 5 && feeds <= 12, `${feeds} feeds in a second, each 100 ms`)
    await watchdog.disarm()
    assert.ok(readFileSync(file, 'utf8').endsWith('V'))
  })

  test('its memory is locked and its priority that of real time, where root starts it', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('needs root')
    const standIn = await stage(context)
    await standIn.connect().arm(timeoutMs)
    const [pid] = standIn.feederPids()
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    assert.ok(Number(/VmLck:\s+(\d+)/.exec(status)?.[1]) > 1_000, status)
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const policy = Number(fields[38])
    const nice = Number(fields[16])
    assert.ok(policy === 2 || nice === -20, `policy ${policy}, nice ${nice}`)
  })

  test('disarmed and left alone, a feeder that vigiad started ends', async (context) => {
    const standIn = await stage(context)
    const watchdog = standIn.connect()
    await watchdog.arm(timeoutMs)
    await watchdog.disarm()
    await watchdog.close()
    await until(() => standIn.feederPids().length === 0)
    assert.equal(standIn.told('fired'), null)
  })
})

function feederArgs(standIn: StandIn): string[] {
  return [join(root, 'src/drivers/watchdog/feeder.pl'), '--socket', standIn.socket]
}

/** Says this and waits for the end of the connection, or a moment. */
function talk(socket: string, text: string | Buffer): Promise<void> {
  return new Promise((done) => {
    const connection = connect(socket, () => connection.end(text))
    const timer = setTimeout(() => connection.destroy(), 200)
    connection.on('error', () => {})
    connection.on('data', () => {})
    connection.on('close', () => {
      clearTimeout(timer)
      done()
    })
  })
}

async function assertFault(act: Promise<unknown>, code: string, text?: string): Promise<void> {
  const error: unknown = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Fault, String(error))
  assert.deepEqual([error.code, error.outcome], [code, 'not-done'])
  if (text !== undefined) assert.equal(error.details.text, text)
}
