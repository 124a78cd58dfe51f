import assert from 'node:assert/strict'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SystemdEtcd } from '../../../src/drivers/etcd-server/systemd-etcd.ts'
import { folderOf, refused } from '../ca/parts.ts'

/** A systemctl that writes down what it was asked, and ends so. */
function systemctl(folder: string, status: number): string {
  const path = join(folder, 'systemctl')
  writeFileSync(path, `#!/bin/sh\necho "$@" >> ${folder}/asked\necho no >&2\nexit ${status}\n`)
  chmodSync(path, 0o755)
  return path
}

test('the unit is given its settings before it is enabled and started, and nobody waits for it', async (t) => {
  const folder = folderOf(t)
  const etcd = new SystemdEtcd(folder, systemctl(folder, 0))
  await etcd.start({ ETCD_NAME: 'alfa' })
  assert.equal(await etcd.running(), true)
  await etcd.stop()
  assert.match(readFileSync(join(folder, 'etcd.env'), 'utf8'), /ETCD_NAME="alfa"/)
  assert.deepEqual(readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n'), [
    'enable vigia-etcd.service',
    'start --no-block vigia-etcd.service',
    'is-active --quiet vigia-etcd.service',
    'disable --now vigia-etcd.service',
  ])
})

test('a unit that is not active is no fault; what systemd refuses is one, with its words', async (t) => {
  const folder = folderOf(t)
  for (const status of [3, 4]) {
    assert.equal(await new SystemdEtcd(folder, systemctl(folder, status)).running(), false)
  }
  const etcd = new SystemdEtcd(folder, systemctl(folder, 1))
  await assert.rejects(etcd.start({}), refused('refused', 'no'))
  await assert.rejects(etcd.running(), refused('refused'))
})
