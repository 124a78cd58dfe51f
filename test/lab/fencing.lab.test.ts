import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { LabFenceDevice } from '../../lab/fence-device.ts'
import type { HostProcess, LabHost } from '../../lab/host.ts'
import { type Lab, startLab } from '../../lab/lab.ts'
import { signal } from '../../lab/process-mark.ts'
import { until } from '../../lab/run.ts'
import type { LabWatchdog } from '../../lab/watchdog.ts'
import { proveDevices } from '../../src/control/prove-device.ts'
import { createFenceAgents } from '../../src/drivers/fence-agents/fence-agents.ts'
import { localClock } from '../../src/drivers/local/clock.ts'
import type { FenceDeviceSpec } from '../../src/model/fence-device.ts'
import { hostId } from '../../src/model/ids.ts'
import { fencerConformance } from '../conformance/fencer.ts'

const name = hostId('h1')

const timeoutMs = 2_000
const allowMs = 1_500

/** For a daemon to be started anew: what is allowed and the timeout together are longer than that takes, however busy the machine is. */
const patient = { timeoutMs: 8_000, allowMs: 6_000 }

/** Scheduling of a busy machine, and the end of a host's processes. */
const lateMs = 2_500

/** What comes about by itself; when, its lines tell. */
const stepLimitMs = 90_000

let lab: Lab
let host: LabHost
let device: LabFenceDevice

before(async () => {
  lab = await startLab({ id: `fence${process.pid.toString(36)}` })
  host = lab.host(name)
  device = await LabFenceDevice.start(lab)
})

after(async () => {
  await device?.stop()
  await lab?.stop()
})

function specOf(deviceTimeoutMs: number): FenceDeviceSpec {
  return {
    id: 'fence_lab',
    agent: device.agent,
    options: device.options(name),
    secrets: {},
    timeoutMs: deviceTimeoutMs,
  }
}

function fencerOf(deviceTimeoutMs = 60_000) {
  return createFenceAgents({ devicesOf: (id) => (id === name ? [specOf(deviceTimeoutMs)] : []) })
}

fencerConformance('fence agents and a host of the lab', async () => {
  device.modes.clear()
  await host.powerOn()
  const slow = fencerOf()
  const quick = fencerOf(2_000)
  // A power cut of a lab host may take seconds; no answer at all is not waited for as long.
  const fencer = () => (device.modes.get(name) === 'dead' ? quick : slow)
  return {
    fencer: {
      devices: (id) => fencer().devices(id),
      off: (id, one) => fencer().off(id, one),
      on: (id, one) => fencer().on(id, one),
      read: (id, one) => fencer().read(id, one),
      check: (id, one) => fencer().check(id, one),
    },
    host: name,
    setMode: (mode) => Promise.resolve(void device.modes.set(name, mode)),
    truth: () => Promise.resolve(host.isOn ? 'on' : 'off'),
    settle: (answer) => answer,
    close: () => Promise.resolve(),
  }
})

test('a device is proven by a host that goes down and comes back', async () => {
  device.modes.clear()
  await host.powerOn()
  const before = host.firstProcess
  const [proof] = await proveDevices(fencerOf(), localClock(), name, { takePower: true })
  assert.equal(proof?.good, true, JSON.stringify(proof))
  assert.ok(host.isOn && host.firstProcess?.pid !== before?.pid)
})

test('a device that lies is not proven, and the host stays up', async () => {
  device.modes.set(name, 'lies')
  const [proof] = await proveDevices(fencerOf(), localClock(), name, { takePower: true })
  assert.equal(proof?.good, false)
  assert.ok(host.isOn)
})

/** A daemon of the host that allows its watchdog to be fed. */
async function startDaemon(watchdog: LabWatchdog, times = { timeoutMs, allowMs }): Promise<HostProcess> {
  const program = join(import.meta.dirname, '../drivers/watchdog/daemon.ts')
  const figures = [times.timeoutMs, times.allowMs, 300].map(String)
  const places = [watchdog.device, '/run/vigia-watchdog/feeder.sock']
  const log = join(host.folder, 'log', 'watchdog-daemon.out')
  const before = existsSync(log) ? readFileSync(log, 'utf8').length : 0
  const daemon = await host.start('watchdog-daemon', process.execPath, [program, ...places, ...figures])
  await until('watchdog armed', stepLimitMs, () => watchdog.lines().some(({ word }) => word === 'armed'))
  // An earlier one may have armed it: this one allows it to be fed.
  await until('it is allowed to be fed', stepLimitMs, () =>
    /armed\n[\d.]+\n/.test(readFileSync(log, 'utf8').slice(before)),
  )
  return daemon
}

async function withWatchdog(
  check: (watchdog: LabWatchdog, daemon: HostProcess) => Promise<void>,
  times = { timeoutMs, allowMs },
): Promise<void> {
  device.modes.clear()
  await host.powerOn()
  const watchdog = lab.watchdog(name)
  await watchdog.switchOn()
  try {
    await check(watchdog, await startDaemon(watchdog, times))
  } finally {
    await watchdog.switchOff()
  }
}

/** The last time that the daemon allowed, by CLOCK_MONOTONIC. */
function allowedUntilMs(): number {
  const text = readFileSync(join(host.folder, 'log', 'watchdog-daemon.out'), 'utf8')
  return Number(text.trim().split('\n').at(-1))
}

test('a frozen daemon is a dead host: its watchdog takes the power in time (S4), and the device reads "off"', async () => {
  await withWatchdog(async (watchdog, daemon) => {
    await new Promise((resolve) => setTimeout(resolve, timeoutMs * 2))
    assert.ok(host.isOn && !watchdog.fired, 'fed for as long as it is allowed anew')
    signal(daemon.mark, 'SIGSTOP')
    await watchdog.tookPower(stepLimitMs)
    const firedMs = watchdog.lines().at(-1)?.atMs ?? 0
    const latestMs = allowedUntilMs() + timeoutMs + lateMs
    assert.ok(firedMs <= latestMs, `fired ${firedMs - allowedUntilMs()} ms after the allowed time`)
    assert.equal(await fencerOf().read(name, 'fence_lab'), 'off')
    await fencerOf().on(name, 'fence_lab')
    assert.ok(host.isOn)
  })
})

test('a whole host that is frozen dies of its watchdog, too', async () => {
  await withWatchdog(async (watchdog) => {
    host.freeze()
    await watchdog.tookPower(stepLimitMs)
    assert.ok(watchdog.fired)
    await host.powerCut()
  })
})

test('a daemon that is killed and started again keeps its host', async () => {
  await withWatchdog(async (watchdog, daemon) => {
    signal(daemon.mark, 'SIGKILL')
    await startDaemon(watchdog, patient)
    // Longer than what the first one had allowed lasts, and the timeout.
    await new Promise((resolve) => setTimeout(resolve, patient.timeoutMs + patient.allowMs + 1_000))
    assert.ok(host.isOn && !watchdog.fired, JSON.stringify(watchdog.lines()))
  }, patient)
})
