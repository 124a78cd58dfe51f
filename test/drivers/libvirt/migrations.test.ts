import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { MAX_IN_FLIGHT } from '../../../src/drivers/libvirt/calls.ts'
import { openLibvirt } from '../../../src/drivers/libvirt/driver.ts'
import type { ArgsFor } from '../../../src/drivers/libvirt/procedures.ts'
import type { TypedParam } from '../../../src/drivers/libvirt/values.ts'
import { Fault, type Outcome } from '../../../src/model/fault.ts'
import { hostId } from '../../../src/model/ids.ts'
import type { Hypervisor, MigrationOptions, MigrationTarget } from '../../../src/ports/hypervisor.ts'
import { until } from '../../until.ts'
import { FakeLibvirtd, type Request } from './fake-libvirtd.ts'

const RUNNING = 1
const BOOTED = 1
const SUSPENDED = 3
const INVALID = 55
const FAILED = 9
const NO_DOMAIN = 42

const to: MigrationTarget = { host: hostId('h2'), uri: 'qemu+tls://h2.example/system', dataUri: null }
const options: MigrationOptions = { bandwidthMib: null, tls: false, timeLimitMs: null, onTimeLimit: 'cancel' }
const OUT: TypedParam[] = [
  { field: 'operation', type: 'int', value: 5 },
  { field: 'time_elapsed', type: 'ullong', value: 1500n },
  { field: 'data_total', type: 'ullong', value: 1000n },
  { field: 'data_processed', type: 'ullong', value: 300n },
  { field: 'data_remaining', type: 'ullong', value: 700n },
]

describe('migrations', () => {
  let fake: FakeLibvirtd
  let hypervisor: Hypervisor
  /** Requests to migrate, in order of arrival; answered by the test. */
  let asked: Request[]
  /** What the fake shows of every domain. */
  let shown: { id: number; state: number; reason: number; persistent: number }
  let knocked: string[]

  beforeEach(async () => {
    fake = new FakeLibvirtd()
    await fake.listen()
    asked = []
    knocked = []
    shown = { id: 4, state: RUNNING, reason: BOOTED, persistent: 1 }
    for (const name of ['domainSetMemoryFlags', 'qemuAgentCommand', 'domainOpenConsole'] as const) {
      fake.on(name, (r) => r.client.fail(r, NO_DOMAIN, 'no domain'))
    }
    fake.on('connectGetAllDomainStats', (r) => r.client.reply(r, 'connectGetAllDomainStats', { retStats: [] }))
    fake.on('domainMigratePerform3Params', (r) => {
      if (argsOf(r).dconnuri === null) r.client.fail(r, NO_DOMAIN, 'no domain')
      else asked.push(r)
    })
    fake.on('domainLookupByName', (r) => {
      const { name } = r.args as ArgsFor<'domainLookupByName'>
      if (shown.id === 0) r.client.fail(r, NO_DOMAIN, 'no domain')
      else r.client.reply(r, 'domainLookupByName', { dom: { name, uuid: Buffer.alloc(16, 1), id: shown.id } })
    })
    fake.on('domainGetState', (r) => r.client.reply(r, 'domainGetState', shown))
    fake.on('domainIsPersistent', (r) => r.client.reply(r, 'domainIsPersistent', shown))
    fake.on('domainSuspend', (r) => r.client.reply(r, 'domainSuspend', {}))
    fake.on('domainAbortJob', (r) => r.client.reply(r, 'domainAbortJob', {}))
    fake.on('domainGetJobStats', (r) => r.client.reply(r, 'domainGetJobStats', { type: 2, params: OUT }))
    hypervisor = await openLibvirt({
      socketPath: fake.socketPath,
      uri: 'qemu:///system',
      knock: async ({ host, port }) => void knocked.push(`${host}:${port}`),
    })
  })
  afterEach(async () => {
    await hypervisor.close()
    await fake.remove()
  })

  const argsOf = (request: Request) => request.args as ArgsFor<'domainMigratePerform3Params'>
  const sent = async (count = 1): Promise<Request> => {
    await until(() => asked.length >= count)
    return asked[count - 1] as Request
  }
  const succeed = (request: Request) => {
    shown.id = -1
    request.client.reply(request, 'domainMigratePerform3Params', { cookieOut: Buffer.alloc(0) })
  }

  it('goes live and peer to peer; a persistent guest persists there and stays defined here', async () => {
    const going = hypervisor.migrate('web', to, options)
    const request = await sent()
    assert.deepEqual(knocked, ['h2.example:16514'])
    const { dconnuri, params, flags } = argsOf(request)
    assert.deepEqual({ dconnuri, flags }, { dconnuri: to.uri, flags: 1 | 2 | 8 })
    assert.deepEqual(params, [{ field: 'migrate_uri', type: 'string', value: 'tcp://h2.example' }])
    succeed(request)
    await going
  })

  it('a transient guest stays transient; bandwidth, TLS and a network for the memory are told', async () => {
    shown.persistent = 0
    const target = { ...to, dataUri: 'tcp://10.1.0.2' }
    const going = hypervisor.migrate('web', target, { ...options, bandwidthMib: 50, tls: true })
    const request = await sent()
    assert.equal(argsOf(request).flags, 1 | 2 | (1 << 16))
    assert.deepEqual(argsOf(request).params, [
      { field: 'migrate_uri', type: 'string', value: 'tcp://10.1.0.2' },
      { field: 'bandwidth', type: 'ullong', value: 50n },
      { field: 'tls.destination', type: 'string', value: 'h2.example' },
    ])
    succeed(request)
    await going
  })

  it('asked for again it is the same migration; to another host it is refused (M1)', async () => {
    const going = hypervisor.migrate('web', to, options)
    const request = await sent()
    const again = hypervisor.migrate('web', to, options)
    const elsewhere = { ...to, host: hostId('h3'), uri: 'qemu+tls://h3.example/system' }
    await faults(hypervisor.migrate('web', elsewhere, options), 'domain-refused', 'not-done')
    succeed(request)
    await Promise.all([going, again])
    assert.equal(asked.length, 1)
  })

  const noes: readonly (readonly [string, Partial<typeof shown>, Outcome])[] = [
    ['runs on as before: not done', {}, 'not-done'],
    ['is gone: unknown', { id: 0 }, 'unknown'],
    ['is paused: unknown', { state: 3 }, 'unknown'],
    ['is another run of it: unknown', { id: 5 }, 'unknown'],
  ]
  for (const [text, change, outcome] of noes) {
    it(`libvirt says no, and the guest ${text} (M2)`, async () => {
      const going = hypervisor.migrate('web', to, options)
      const request = await sent()
      Object.assign(shown, change)
      request.client.fail(request, FAILED, 'it broke')
      const details = await faults(going, 'migration-failed', outcome)
      assert.deepEqual(details, { domain: 'web', host: 'h2', text: 'it broke' })
    })
  }

  it('a guest that was stopped for the last part and let go on: unknown (M2)', async () => {
    const suspended = (request: Request, uuid: number) => {
      const dom = { name: 'web', uuid: Buffer.alloc(16, uuid), id: 4 }
      fake.clients[0]?.event('lifecycle', { callbackId: 1, dom, event: SUSPENDED, detail: 1 })
      request.client.fail(request, FAILED, 'it broke')
    }
    const going = hypervisor.migrate('web', to, options)
    suspended(await sent(), 1)
    await faults(going, 'migration-failed', 'unknown')
    // Another guest's stop says nothing of it, and an earlier one of its own neither.
    const again = hypervisor.migrate('web', to, options)
    suspended(await sent(2), 2)
    await faults(again, 'migration-failed', 'not-done')
  })

  it('a success that leaves the guest here is none', async () => {
    const going = hypervisor.migrate('web', to, options)
    const request = await sent()
    request.client.reply(request, 'domainMigratePerform3Params', { cookieOut: Buffer.alloc(0) })
    await faults(going, 'migration-failed', 'unknown')
  })

  it('the connection to libvirt breaks: unknown', async () => {
    const going = hypervisor.migrate('web', to, options)
    const ended = faults(going, 'migration-failed', 'unknown')
    await sent()
    await fake.stop()
    await ended
  })

  it('a target that cannot be reached: not done, and libvirt is not asked', async () => {
    await hypervisor.close()
    const knock = async () => Promise.reject(new Error('nobody there'))
    hypervisor = await openLibvirt({ socketPath: fake.socketPath, uri: 'qemu:///system', knock })
    await faults(hypervisor.migrate('web', to, options), 'migration-failed', 'not-done')
    assert.equal(asked.length, 0)
  })

  it('a URI that names no host is bad data', async () => {
    for (const uri of ['qemu:///system', 'nonsense', 'qemu+unix://h2/system']) {
      await faults(hypervisor.migrate('web', { ...to, uri }, options), 'bad-data', 'not-done')
    }
  })

  it('a stopped guest is refused, one that is not there is missing', async () => {
    shown.id = -1
    await faults(hypervisor.migrate('web', to, options), 'domain-refused', 'not-done')
    shown.id = 0
    await faults(hypervisor.migrate('web', to, options), 'domain-missing', 'not-done')
    assert.equal(await hypervisor.migrationProgress('web'), null)
    assert.equal(await hypervisor.cancelMigration('web'), 'none')
  })

  it('the time limit pauses, goes on after the copy, or cancels', async () => {
    fake.on('domainMigrateStartPostCopy', (r) => r.client.fail(r, INVALID, 'not now'))
    const done: string[] = []
    const means = [
      ['pause', ['domainSuspend']],
      ['cancel', ['domainAbortJob']],
      // Refused, so that it is given up.
      ['post-copy', ['domainMigrateStartPostCopy', 'domainAbortJob']],
    ] as const
    for (const [onTimeLimit, calls] of means) {
      shown.id = 4
      fake.seen.length = 0
      const going = hypervisor.migrate('web', to, {
        ...options,
        timeLimitMs: 5,
        onTimeLimit,
        atLimit: (deed) => done.push(deed),
      })
      await until(() => asked.length > 0 && calls.every((call) => fake.seen.includes(call)))
      const request = asked.pop() as Request
      assert.equal((argsOf(request).flags & (1 << 15)) !== 0, onTimeLimit === 'post-copy')
      succeed(request)
      await going
    }
    // Told as what was done, which is not always what was asked for.
    assert.deepEqual(done, ['pause', 'cancel', 'cancel'])
  })

  it('what is cancelled at the limit is over only when libvirt has answered that as well (M3)', async () => {
    const aborts: Request[] = []
    fake.on('domainAbortJob', (r) => void aborts.push(r))
    let over = false
    const going = hypervisor.migrate('web', to, { ...options, timeLimitMs: 5 })
    const failed = faults(going, 'migration-failed', 'not-done').then(() => {
      over = true
    })
    await until(() => aborts.length === 1)
    const request = await sent()
    request.client.fail(request, FAILED, 'canceled by client')
    // Later on the same connection than what its failure makes it look at.
    for (let looks = 0; looks < 4; looks++) await hypervisor.migrationProgress('web')
    assert.equal(over, false)
    for (const abort of aborts) abort.client.reply(abort, 'domainAbortJob', {})
    await failed
  })

  it('at the limit libvirt has not begun yet: it is cancelled when it has', async () => {
    let looks = 0
    fake.on('domainGetJobStats', (r) => {
      looks += 1
      r.client.reply(r, 'domainGetJobStats', looks < 3 ? { type: 0, params: [] } : { type: 2, params: OUT })
    })
    const done: string[] = []
    const going = hypervisor.migrate('web', to, { ...options, timeLimitMs: 5, atLimit: (deed) => done.push(deed) })
    await until(() => fake.seen.includes('domainAbortJob'))
    succeed(await sent())
    await going
    assert.deepEqual([done, looks], [['cancel'], 3])
  })

  it('a limit that an earlier life of the daemon did not keep is kept; one that stands still already is left alone', async () => {
    fake.on('domainMigrateStartPostCopy', (r) => r.client.reply(r, 'domainMigrateStartPostCopy', {}))
    assert.equal(await hypervisor.hurryMigration('web', 'post-copy'), 'post-copy')
    fake.seen.length = 0
    shown.state = 3
    assert.equal(await hypervisor.hurryMigration('web', 'pause'), null)
    assert.ok(!fake.seen.includes('domainSuspend') && !fake.seen.includes('domainAbortJob'))
    shown.id = 0
    assert.equal(await hypervisor.hurryMigration('web', 'cancel'), null)
  })

  it('progress is that of a migration away from here, and of nothing else', async () => {
    const figures = { elapsedMs: 1500, totalBytes: 1000, sentBytes: 300, leftBytes: 700 }
    assert.deepEqual(await hypervisor.migrationProgress('web'), figures)
    const job = (type: number, operation: number) =>
      fake.on('domainGetJobStats', (r) => {
        const params: TypedParam[] = [{ field: 'operation', type: 'int', value: operation }]
        r.client.reply(r, 'domainGetJobStats', { type, params })
      })
    job(2, 5)
    const begun = { elapsedMs: 0, totalBytes: 0, sentBytes: 0, leftBytes: 0 }
    assert.deepEqual(await hypervisor.migrationProgress('web'), begun)
    // None, over, one that comes in, a backup.
    for (const [type, operation] of [
      [0, 0],
      [3, 5],
      [2, 4],
      [2, 9],
    ] as const) {
      job(type, operation)
      assert.equal(await hypervisor.migrationProgress('web'), null)
      assert.equal(await hypervisor.cancelMigration('web'), 'none')
    }
    fake.on('domainGetJobStats', (r) => r.client.fail(r, INVALID, 'not running'))
    assert.equal(await hypervisor.migrationProgress('web'), null)
    assert.ok(!fake.seen.includes('domainAbortJob'))
  })

  it('cancelled before libvirt has begun, it is tried until it has', async () => {
    let looks = 0
    fake.on('domainGetJobStats', (r) => {
      looks += 1
      r.client.reply(r, 'domainGetJobStats', looks < 3 ? { type: 0, params: [] } : { type: 2, params: OUT })
    })
    const going = hypervisor.migrate('web', to, options)
    const ended = faults(going, 'migration-failed', 'not-done')
    const request = await sent()
    assert.equal(await hypervisor.cancelMigration('web'), 'cancelled')
    request.client.fail(request, 78, 'operation aborted')
    await ended
  })

  it('a post-copy that breaks ends here although libvirt waits for the other side: unknown', async () => {
    const going = hypervisor.migrate('web', to, { ...options, timeLimitMs: 60_000, onTimeLimit: 'post-copy' })
    await sent()
    const dom = { name: 'web', uuid: Buffer.alloc(16, 1), id: 4 }
    fake.clients[0]?.event('lifecycle', { callbackId: 1, dom, event: SUSPENDED, detail: 8 })
    const { text } = await faults(going, 'migration-failed', 'unknown')
    assert.equal(text, 'the way to the other host broke')
  })

  it('a cancel that libvirt refuses is told', async () => {
    fake.on('domainAbortJob', (r) => r.client.fail(r, INVALID, 'cannot abort migration in post-copy mode'))
    await faults(hypervisor.cancelMigration('web'), 'domain-refused', 'not-done')
  })

  it('migrations beyond the lane wait and delay nothing; one that waits can be cancelled', async () => {
    const names = Array.from({ length: MAX_IN_FLIGHT + 1 }, (_, index) => `web${index}`)
    const going = names.map((name) => hypervisor.migrate(name, to, options))
    const waiting = faults(going[MAX_IN_FLIGHT] as Promise<void>, 'migration-failed', 'not-done')
    await sent(MAX_IN_FLIGHT)
    assert.notEqual(await hypervisor.migrationProgress('web0'), null)
    assert.equal(await hypervisor.suspend('web0'), 'suspended')
    assert.equal(await hypervisor.cancelMigration(`web${MAX_IN_FLIGHT}`), 'cancelled')
    await waiting
    assert.equal(asked.length, MAX_IN_FLIGHT)
    for (const request of asked) succeed(request)
    await Promise.all(going.slice(0, MAX_IN_FLIGHT))
  })
})

async function faults(asked: Promise<unknown>, code: string, outcome: Outcome): Promise<Fault['details']> {
  const error = await asked.then(
    () => assert.fail(`expected ${code}`),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Fault, `got ${String(error)}`)
  assert.deepEqual([error.code, error.outcome], [code, outcome])
  return error.details
}
