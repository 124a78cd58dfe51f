import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { cacheFolder } from '../../../lab/cache.ts'
import { createFenceAgents } from '../../../src/drivers/fence-agents/fence-agents.ts'
import { Fault } from '../../../src/model/fault.ts'
import type { FenceDeviceSpec } from '../../../src/model/fence-device.ts'
import { hostId } from '../../../src/model/ids.ts'

// Debian's own programs, unpacked by scripts/setup: what they say and how they end is not ours to assume.

const unpacked = join(cacheFolder(), 'fence-agents')
const folder = mkdtempSync(join(tmpdir(), 'vigia-agents-'))
const node1 = hostId('node1')

after(() => rmSync(folder, { recursive: true }))

/** The program as it runs where it is installed: its library is then where it looks for it. */
function agent(name: string): string {
  const program = join(unpacked, 'usr/sbin', name)
  assert.ok(existsSync(program), `${program} is missing: run scripts/setup lab`)
  const path = join(folder, name)
  const libraries = ['usr/share/fence', 'usr/lib/python3/dist-packages'].map((below) => join(unpacked, below))
  writeFileSync(path, `#!/bin/sh\nPYTHONPATH=${libraries.join(':')} exec ${program} "$@"\n`)
  chmodSync(path, 0o755)
  return path
}

function fencerOf(spec: Partial<FenceDeviceSpec> & { readonly agent: string }) {
  const device: FenceDeviceSpec = { id: 'device', options: {}, secrets: {}, timeoutMs: 60_000, ...spec }
  return createFenceAgents({ devicesOf: () => [device] })
}

async function faultOf(act: Promise<unknown>): Promise<Fault> {
  const error: unknown = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Fault, String(error))
  return error
}

test('fence_dummy takes the power and gives it back', async () => {
  const power = join(folder, 'power')
  const fencer = fencerOf({ agent: agent('fence_dummy'), options: { status_file: power, type: 'file' } })
  await fencer.check(node1, 'device')
  await fencer.on(node1, 'device')
  assert.equal(await fencer.read(node1, 'device'), 'on')
  await fencer.off(node1, 'device')
  assert.equal(readFileSync(power, 'utf8'), 'off')
  assert.equal(await fencer.read(node1, 'device'), 'off')
  await fencer.off(node1, 'device')
})

test('fence_dummy that fails is no "off"', async () => {
  const options = { type: 'fail', plug: '1', power_timeout: '1' }
  const fencer = fencerOf({ agent: agent('fence_dummy'), options })
  assert.equal((await faultOf(fencer.off(node1, 'device'))).code, 'fence-failed')
})

test('a password that a program does not want and repeats in its log is in no fault', async () => {
  const secret = join(folder, 'secret')
  writeFileSync(secret, 'hunter2-hunter2\n')
  const options = { type: 'fail', power_timeout: '1' }
  const fencer = fencerOf({ agent: agent('fence_dummy'), options, secrets: { password: secret } })
  const unknown = await faultOf(fencer.check(node1, 'device'))
  assert.deepEqual([unknown.code, unknown.details.field], ['bad-data', 'password'])
  const fault = await faultOf(fencer.off(node1, 'device'))
  assert.doesNotMatch(JSON.stringify(fault.data), /hunter2/)
})

test('fence_ipmilan: a slip in a parameter is found, with the nearest', async () => {
  const program = agent('fence_ipmilan')
  await fencerOf({ agent: program, options: { ip: '192.0.2.1', lanplus: '1', username: 'a' } }).check(node1, 'device')
  const fault = await faultOf(fencerOf({ agent: program, options: { ipp: '192.0.2.1' } }).check(node1, 'device'))
  assert.deepEqual([fault.code, fault.details.field, fault.details.nearest], ['bad-data', 'ipp', 'ip'])
})

test('fence_ipmilan without what it needs says so, and nothing was done', async () => {
  const fault = await faultOf(fencerOf({ agent: agent('fence_ipmilan') }).off(node1, 'device'))
  assert.deepEqual([fault.code, fault.outcome], ['fence-failed', 'not-done'], JSON.stringify(fault.data))
})

test('a program whose library is missing reads no power: it ends as one that reads "off" might', async () => {
  const fault = await faultOf(fencerOf({ agent: join(unpacked, 'usr/sbin/fence_dummy') }).read(node1, 'device'))
  assert.equal(fault.code, 'fence-failed')
})

test('the metadata of every program that runs here are understood', async (context) => {
  const names = readdirSync(join(unpacked, 'usr/sbin')).filter((name) => name.startsWith('fence_'))
  let understood = 0
  for (const name of names) {
    // A check without parameters finds that they are missing, or nothing to complain of; only metadata that are none are another matter.
    const fault = await fencerOf({ agent: agent(name) })
      .check(node1, 'device')
      .then(
        () => null,
        (error: unknown) => error as Fault,
      )
    // Some want libraries of clouds that nobody has here.
    if (fault?.code === 'fence-failed') continue
    assert.notEqual(fault?.details.expected, 'metadata of a fence agent', name)
    understood += 1
  }
  context.diagnostic(`${understood} of ${names.length} programs`)
  assert.ok(understood > names.length / 2, `${understood} of ${names.length}`)
})
