import assert from 'node:assert/strict'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFenceAgents } from '../../../src/drivers/fence-agents/fence-agents.ts'
import { Fault } from '../../../src/model/fault.ts'
import type { FenceDeviceSpec } from '../../../src/model/fence-device.ts'
import { hostId } from '../../../src/model/ids.ts'
import type { Power } from '../../../src/ports/fencer.ts'
import { fencerConformance } from '../../conformance/fencer.ts'
import { until } from '../../until.ts'
import { SwitchAgent } from './switch-agent.ts'

const node1 = hostId('node1')
const device = 'fence_switch'

fencerConformance('fence agents', () => {
  const agent = new SwitchAgent()
  // Only one that does not answer is waited for.
  let dead = false
  const spec = () => (dead ? agent.spec({ timeoutMs: 1_000 }) : agent.spec())
  return Promise.resolve({
    fencer: createFenceAgents({ devicesOf: (host) => (host === node1 ? [spec()] : []) }),
    host: node1,
    setMode: async (mode) => {
      dead = mode === 'dead'
      agent.setMood(mode)
    },
    truth: () => Promise.resolve(agent.read('power') as Power),
    settle: (answer) => answer,
    close: () => Promise.resolve(agent.remove()),
  })
})

function stage(context: TestContext, change: Partial<FenceDeviceSpec> = {}) {
  const agent = new SwitchAgent()
  context.after(() => agent.remove())
  const spec = agent.spec(change)
  const fencer = createFenceAgents({ devicesOf: () => [spec], folders: [agent.folder] })
  return { agent, fencer }
}

async function faultOf(act: Promise<unknown>): Promise<Fault> {
  const error: unknown = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Fault, String(error))
  return error
}

test('a program is told by its input, secrets without the line break of their file, and no argument shows anything', async (context) => {
  const { agent, fencer } = stage(context)
  await fencer.read(node1, device)
  assert.equal(agent.read('told'), 'action=status\nip=192.0.2.1\npassword=pass word"\nplug=3\n')
  assert.equal(agent.read('argv'), '')
})

test('a changed secret counts at once; one that is gone is a fault before anything runs', async (context) => {
  const { agent, fencer } = stage(context)
  await fencer.read(node1, device)
  agent.write('password', 'second')
  await fencer.read(node1, device)
  assert.match(agent.read('told'), /password=second/)
  rmSync(join(agent.folder, 'password'))
  rmSync(join(agent.folder, 'told'))
  assert.deepEqual((await faultOf(fencer.off(node1, device))).data, {
    code: 'file-unreadable',
    outcome: 'not-done',
    details: { file: join(agent.folder, 'password'), text: 'ENOENT' },
  })
  assert.equal(existsSync(join(agent.folder, 'told')), false)
})

test('a program that repeats a secret does not bring it into a fault', async (context) => {
  const { agent, fencer } = stage(context)
  agent.setMood('repeats')
  const fault = await faultOf(fencer.off(node1, device))
  assert.equal(fault.code, 'fence-failed')
  assert.doesNotMatch(JSON.stringify(fault.data) + fault.stack, /pass word/)
  assert.match(String(fault.details.text), /password=\*\*\*/)
})

test('a value with a line break is refused: it would begin another parameter', async (context) => {
  const { agent, fencer } = stage(context)
  agent.write('password', 'one\naction=on\n')
  assert.equal((await faultOf(fencer.off(node1, device))).code, 'bad-data')
})

test('blanks at the ends of a value survive', async (context) => {
  const { agent, fencer } = stage(context)
  agent.write('password', ' x ')
  await fencer.read(node1, device)
  assert.match(agent.read('told'), /^password=" x "$/m)
})

test('exit code 2 without the word is no "off": that is how a program ends that could not even be read', async (context) => {
  const { agent, fencer } = stage(context)
  agent.setMood('exit-2')
  assert.equal((await faultOf(fencer.read(node1, device))).code, 'fence-failed')
  agent.setMood('garbage')
  assert.equal((await faultOf(fencer.read(node1, device))).code, 'fence-failed')
})

test('a program that writes without end fills no memory and is ended', async (context) => {
  const { agent, fencer } = stage(context)
  agent.setMood('huge')
  const fault = await faultOf(fencer.off(node1, device))
  assert.equal(fault.code, 'fence-failed')
  assert.ok(String(fault.details.text).length < 400)
})

test('a program that hangs is killed with its children', async (context) => {
  // Given more time where it was ended before it came to say who it is.
  for (const timeoutMs of [1_500, 6_000, 30_000]) {
    const { agent, fencer } = stage(context, { timeoutMs })
    agent.setMood('dead')
    const fault = await faultOf(fencer.off(node1, device))
    assert.deepEqual([fault.code, fault.outcome, fault.details.limitMs], ['fence-failed', 'unknown', timeoutMs])
    const group = existsSync(join(agent.folder, 'children')) ? Number(agent.read('children')) : 0
    if (group === 0) continue
    await until(() => !groupLives(group))
    return
  }
  assert.fail('it never began')
})

test('a command whose end is not known says so; one that never reached the device says that', async (context) => {
  const { agent, fencer } = stage(context)
  agent.setMood('fails')
  assert.equal((await faultOf(fencer.off(node1, device))).outcome, 'unknown')
  agent.write('fence_switch', '#!/bin/sh\necho "Unable to connect/login to fencing device" >&2\nexit 1\n')
  assert.equal((await faultOf(fencer.off(node1, device))).outcome, 'not-done')
})

test('a program is looked for by its name; one that is not installed, or not a program, is absent', async (context) => {
  assert.equal(await stage(context, { agent: device }).fencer.read(node1, device), 'on')
  for (const agent of ['fence_nothing', '/nowhere/fence_switch', '/etc/passwd']) {
    const fault = await faultOf(stage(context, { agent }).fencer.off(node1, device))
    assert.deepEqual([fault.code, fault.outcome], ['fence-absent', 'not-done'], agent)
  }
})

test('a check finds parameters that the program does not know, with the nearest, and those that are missing', async (context) => {
  await stage(context).fencer.check(node1, device)
  await stage(context, { options: { ip: '192.0.2.1', 'power-wait': '3' } }).fencer.check(node1, device)
  const unknown = await faultOf(
    stage(context, { options: { ip: '192.0.2.1', plugg: '1' } }).fencer.check(node1, device),
  )
  assert.deepEqual([unknown.code, unknown.details.field, unknown.details.nearest], ['bad-data', 'plugg', 'plug'])
  assert.deepEqual(unknown.details.expected, ['ip', 'plug', 'password', 'power_wait'])
  const missing = await faultOf(stage(context, { options: {} }).fencer.check(node1, device))
  assert.deepEqual([missing.code, missing.details.field], ['bad-data', 'ip'])
  const secret = await faultOf(stage(context, { secrets: { password: '/nowhere' } }).fencer.check(node1, device))
  assert.equal(secret.code, 'file-unreadable')
})

test('metadata that are none are a fault', async (context) => {
  for (const text of [
    '',
    'hello',
    '<resource-agent><parameters>',
    '<resource-agent name="x"><parameters/></resource-agent>',
  ]) {
    const { agent, fencer } = stage(context)
    agent.write('metadata', text)
    assert.equal((await faultOf(fencer.check(node1, device))).code, 'bad-data', text)
  }
})

function groupLives(group: number): boolean {
  try {
    return process.kill(-group, 0)
  } catch {
    return false
  }
}
