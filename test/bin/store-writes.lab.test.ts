import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { startPrivateEtcd, whyNoPrivateEtcd } from '../../lab/private-etcd.ts'
import { clusterChecks } from '../../src/bin/cluster-checks.ts'
import { EtcdStore } from '../../src/drivers/etcd/store.ts'
import { hostId } from '../../src/model/ids.ts'

/** Makes each durable write of a real etcd take longer, as a disk does that is too slow or too busy. */
const strace = '/usr/bin/strace'
const skip = whyNoPrivateEtcd() ?? (existsSync(strace) ? false : 'strace is not installed')

/** Given to the lease of 10 s, G is 1.75 s: a third of it is 583 ms. */
const disks = [
  { delayMs: 0, result: 'pass' },
  { delayMs: 620, result: 'warn' },
  { delayMs: 2_000, result: 'fail' },
] as const

for (const { delayMs, result } of disks) {
  test(`a disk that takes ${delayMs} ms longer for each write: ${result}`, { skip, timeout: 300_000 }, async (t) => {
    // In memory: the disk of this machine is slow at times by itself.
    const etcd = await startPrivateEtcd({ firstDiskMib: 256 })
    t.after(() => etcd.stop())
    const store = new EtcdStore({ endpoints: etcd.endpoints, cluster: 'office', client: 'one' })
    t.after(() => store.close())
    await store.transact({ when: [], put: [{ key: 'first', value: '1' }], remove: [] })
    if (delayMs > 0) await slowDown(t, etcd.members[0]!.pid, delayMs)
    const found = await clusterChecks({
      ...{ self: hostId('alfa'), spec: null, members: new Map(), store },
      questionsTo: () => assert.fail('there is nobody else'),
      roundTripMs: async () => null,
      authority: () => ({ kind: 'calm' }),
      wall: () => Date.now(),
      nowMs: () => performance.now(),
    })
    const writes = found.find(({ id }) => id === 'store-writes')
    t.diagnostic(JSON.stringify(writes))
    assert.equal(writes?.result, result, JSON.stringify(found))
    assert.equal(writes?.fault, null)
  })
}

async function slowDown(t: TestContext, pid: number, delayMs: number): Promise<void> {
  const inject = `inject=fdatasync,fsync:delay_enter=${delayMs * 1_000}`
  const child = spawn(strace, ['-f', '-p', String(pid), '-e', 'trace=fdatasync,fsync', '-e', inject], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  t.after(() => child.kill('SIGTERM'))
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => chunk.toString().includes('attached') && resolve())
    child.once('exit', (code) => reject(new Error(`strace ended: ${code}`)))
  })
}
