import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proveDevices } from '../../src/control/prove-device.ts'
import { Fault } from '../../src/model/fault.ts'
import { hostId } from '../../src/model/ids.ts'
import type { Fencer, Power } from '../../src/ports/fencer.ts'
import { SteppingClock } from '../sim/fakes/stepping-clock.ts'

const node1 = hostId('node1')

interface Mood {
  /** What an `off` makes of the power; null: it stays. */
  readonly off?: Power | null
  readonly errs?: boolean
  readonly silent?: boolean
  /** Reads before the power reads as it is. */
  readonly slowReads?: number
  readonly badParameters?: boolean
}

/** Devices of one host that share its power; `calls` tells what they were asked. */
function stage(moods: Readonly<Record<string, Mood>>) {
  const calls: string[] = []
  const world = { power: 'on' as Power }
  let slow = 0
  const failed = () => new Fault('fence-failed', 'unknown', {})
  const call = (device: string, what: string): Mood => {
    calls.push(`${what} ${device}`)
    const mood = moods[device] ?? {}
    if (mood.silent) throw failed()
    return mood
  }
  const fencer: Fencer = {
    devices: () => Object.keys(moods),
    off: async (_host, device) => {
      const { off = 'off', errs, slowReads = 0 } = call(device, 'off')
      if (off !== null) world.power = off
      slow = slowReads
      if (errs) throw failed()
    },
    on: async (_host, device) => {
      call(device, 'on')
      world.power = 'on'
    },
    read: async (_host, device) => {
      call(device, 'read')
      slow -= 1
      return slow >= 0 ? 'on' : world.power
    },
    check: async (_host, device) => {
      if (moods[device]?.badParameters) throw new Fault('bad-data', 'not-done', {})
    },
  }
  return { fencer, calls, world, clock: new SteppingClock() }
}

test('without consent a device is read, and nothing is switched', async () => {
  const { fencer, clock, calls } = stage({ a: {} })
  const [proof] = await proveDevices(fencer, clock, node1, { takePower: false })
  assert.equal(proof?.good, true)
  assert.deepEqual(calls, ['read a'])
})

test('with consent it must read "off" and then "on"', async () => {
  const { fencer, clock, world } = stage({ a: { slowReads: 2 }, b: { errs: true } })
  const proofs = await proveDevices(fencer, clock, node1, { takePower: true })
  assert.deepEqual(
    proofs.map(({ good }) => good),
    [true, true],
  )
  assert.deepEqual(
    proofs[0]?.steps.map(({ step }) => step),
    ['parameters', 'read', 'off', 'reads-off', 'on', 'reads-on'],
  )
  assert.equal(proofs[1]?.steps[2]?.good, false)
  assert.equal(world.power, 'on')
})

test('a device that lies, one that is silent, and one with wrong parameters are told apart', async () => {
  const { fencer, clock, calls } = stage({
    lies: { off: null },
    dead: { silent: true },
    wrong: { badParameters: true },
  })
  const proofs = await proveDevices(fencer, clock, node1, { takePower: true })
  assert.deepEqual(
    proofs.map(({ good }) => good),
    [false, false, false],
  )
  assert.deepEqual(
    proofs.map(({ steps }) => steps.at(-1)?.step),
    ['reads-off', 'read', 'parameters'],
  )
  assert.equal(
    calls.some((call) => call.startsWith('on ')),
    false,
  )
})
