import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createArmingMemory } from '../../../src/drivers/local/arming-memory.ts'
import { keepKnownMembers, readKnownMembers } from '../../../src/drivers/local/known-members.ts'
import { hostId } from '../../../src/model/ids.ts'
import type { MemberRecord } from '../../../src/model/member.ts'
import type { KeptArming } from '../../../src/ports/arming-memory.ts'

const root = mkdtempSync(join(tmpdir(), 'vigia-kept-'))
after(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
function folder(): string {
  const path = join(root, String(++folders))
  mkdirSync(path)
  return path
}

const arming: KeptArming = {
  ...{ bootId: 'b1', leaseMs: 10_000, armed: { feedMs: 3_500, timeoutMs: 5_000, marginMs: 1_500 } },
  lists: [[hostId('n1')], [hostId('n1'), hostId('n2')]],
}

test('how the watchdog was armed: kept, read by the next process, forgotten, and both as often as one likes', async () => {
  const path = folder()
  const memory = createArmingMemory(path)
  assert.equal(await memory.read(), null)
  await memory.forget()
  await memory.keep({ ...arming, lists: [] })
  await memory.keep(arming)
  assert.deepEqual(await createArmingMemory(path).read(), arming)
  await memory.forget()
  await memory.forget()
  assert.equal(await memory.read(), null)
})

test('what cannot be read whole is not counted by', async () => {
  const path = folder()
  const memory = createArmingMemory(path)
  const spoilt = [
    '',
    '{}',
    '[]',
    'null',
    JSON.stringify({ ...arming, lists: 'n1' }),
    JSON.stringify({ ...arming, lists: [['n1', 2]] }),
    JSON.stringify({ ...arming, armed: { feedMs: 1 } }),
    JSON.stringify({ ...arming, bootId: undefined }),
    JSON.stringify(arming).slice(0, -5),
  ]
  for (const text of spoilt) {
    writeFileSync(join(path, 'watchdog-armed.json'), text)
    assert.equal(await memory.read(), null, text)
  }
})

test('where nothing can be written, what was kept stays, and it is said', async () => {
  const memory = createArmingMemory(join(folder(), 'not-there'))
  await assert.rejects(memory.keep(arming))
  assert.equal(await memory.read(), null)
})

test('the members and their addresses are known at the next start; a spoilt file names nobody', async () => {
  const path = folder()
  const members: MemberRecord[] = [{ id: hostId('n1'), kind: 'host', addresses: ['192.0.2.1:7400'] }]
  assert.deepEqual(await readKnownMembers(path), [])
  await keepKnownMembers(path, members)
  assert.deepEqual(await readKnownMembers(path), members)
  for (const text of ['', '{}', '[{"id":"n1"}]', '[null]', '[{"id":"../x","addresses":[]}]']) {
    writeFileSync(join(path, 'known-members.json'), text)
    assert.deepEqual(await readKnownMembers(path), [], text)
  }
})
