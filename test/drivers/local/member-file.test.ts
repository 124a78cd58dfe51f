import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { keepSettings, readKeptSettings } from '../../../src/drivers/local/kept-settings.ts'
import {
  type MemberFile,
  memberFilePath,
  readMemberFile,
  removeMemberFile,
  writeMemberFile,
} from '../../../src/drivers/local/member-file.ts'
import { hostId } from '../../../src/model/ids.ts'

const file: MemberFile = {
  version: 1,
  cluster: 'office',
  record: {
    id: hostId('alfa'),
    kind: 'host',
    addresses: ['192.0.2.1:7443'],
    libvirtUri: 'qemu+tls://192.0.2.1/system',
  },
  peerPort: 7443,
  store: { endpoints: ['https://127.0.0.1:2379'], tls: 'member', own: { clientPort: 2379, peerPort: 2380 } },
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'vigia-member-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('a host without the file is alone; with it, it is what was written, for its owner alone', async (t) => {
  const path = folder(t)
  assert.equal(await readMemberFile(path), null)
  await writeMemberFile(path, file)
  assert.deepEqual(await readMemberFile(path), file)
  assert.equal(statSync(memberFilePath(path)).mode & 0o777, 0o600)
  await removeMemberFile(path)
  await removeMemberFile(path)
  assert.equal(await readMemberFile(path), null)
})

test('a damaged file is no host that is alone: it is told, with its path', async (t) => {
  const path = folder(t)
  for (const text of [
    '',
    '{',
    '{}',
    '[]',
    JSON.stringify({ ...file, version: 2 }),
    JSON.stringify({ ...file, cluster: 'a b' }),
  ]) {
    writeFileSync(memberFilePath(path), text)
    await assert.rejects(readMemberFile(path), { code: 'bad-data' }, text)
  }
})

test('what was in force is found again; what is damaged counts as not kept', async (t) => {
  const path = folder(t)
  const usual = { leaseMs: 10_000, watchdog: '/dev/watchdog' }
  assert.deepEqual(await readKeptSettings(path, usual), usual)
  await keepSettings(path, { leaseMs: 6_000, watchdog: null })
  assert.deepEqual(await readKeptSettings(path, usual), { leaseMs: 6_000, watchdog: null })
  writeFileSync(join(path, 'kept-settings.json'), '{"leaseMs":')
  assert.deepEqual(await readKeptSettings(path, usual), usual)
})
