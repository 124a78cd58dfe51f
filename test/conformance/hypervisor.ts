import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault, type FaultCode } from '../../src/model/fault.ts'
import { hostId } from '../../src/model/ids.ts'
import type {
  DomainEvent,
  Hypervisor,
  HypervisorCapabilities,
  MigrationOptions,
  MigrationTarget,
} from '../../src/ports/hypervisor.ts'

/** A hypervisor and the means to make things happen to it, real or pretended. */
export interface HypervisorWorld {
  readonly hypervisor: Hypervisor
  readonly capabilities: HypervisorCapabilities
  /** XML of a transient domain of this name, with 64 MiB at most. */
  transientXml(name: string): string
  /** Makes a persistent domain, not running, with 64 MiB at most. */
  define(name: string): Promise<void>
  /** What a guest of this world does when asked to shut down. */
  readonly whenAsked: 'goes-down' | 'goes-on'
  /** The guest's process dies; null where that cannot be made to happen. */
  readonly crash: ((name: string) => Promise<void>) | null
  /** The connection breaks; undone by `mend`. Null where that cannot be made to happen. */
  readonly cut: (() => Promise<void>) | null
  readonly mend: (() => Promise<void>) | null
  /** Waits for an answer, letting time pass meanwhile: virtual, or real. */
  wait<T>(asked: Promise<T>): Promise<T>
  /** Lets this much time pass: virtual, or real and then short. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

type Claim = (text: string, run: (world: HypervisorWorld) => Promise<void>) => void

/** What every `Hypervisor` does, seen through its port only. Each claim uses domains of its own and leaves none. */
export function hypervisorConformance(name: string, makeWorld: () => Promise<HypervisorWorld>): void {
  const claim: Claim = (text, run) => {
    test(`${name}: ${text}`, async () => {
      const world = await makeWorld()
      try {
        await run(world)
      } finally {
        await world.close()
      }
    })
  }
  looks(claim)
  starts(claim)
  stops(claim)
  pauses(claim)
  settings(claim)
  moves(claim)
  tells(claim)
  breaks(claim)
}

function looks(claim: Claim): void {
  claim('the node has a kind, a version, memory and processors', async ({ hypervisor, wait }) => {
    const node = await wait(hypervisor.node())
    assert.ok(node.kind.length > 0 && node.hostname.length > 0)
    assert.match(node.libraryVersion, /^\d+\.\d+\.\d+$/)
    assert.ok(node.memoryMib > 0 && node.cpus > 0)
  })

  claim('what it can do is told, the same each time', async ({ hypervisor, capabilities, wait }) => {
    assert.deepEqual(await wait(hypervisor.capabilities()), capabilities)
    assert.deepEqual(await wait(hypervisor.capabilities()), capabilities)
  })

  claim('a domain nobody knows is null, not a fault', async ({ hypervisor, wait }) => {
    assert.equal(await wait(hypervisor.look('nobody')), null)
    assert.equal(await wait(hypervisor.definition('nobody')), null)
  })

  claim('a look at one and a look at all show the same', async (world) => {
    await world.define('settled')
    await start(world, 'brief')
    const all = await world.wait(world.hypervisor.list())
    for (const name of ['settled', 'brief']) {
      const one = await world.wait(world.hypervisor.look(name))
      assert.deepEqual(
        all.find((domain) => domain.name === name),
        one,
      )
      assert.match(one?.uuid ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    }
  })

  claim('stopped and persistent, running and transient', async (world) => {
    await world.define('settled')
    await start(world, 'brief')
    const settled = await world.wait(world.hypervisor.look('settled'))
    const brief = await world.wait(world.hypervisor.look('brief'))
    assert.deepEqual([settled?.run, settled?.persistent, settled?.pauseCause], ['stopped', true, null])
    assert.deepEqual([brief?.run, brief?.persistent, brief?.stopCause], ['running', false, null])
    assert.deepEqual([brief?.memoryMib, brief?.memoryMaxMib], [64, 64])
  })

  claim('a definition names its domain', async (world) => {
    await world.define('settled')
    const xml = await world.wait(world.hypervisor.definition('settled', { inactive: true }))
    assert.match(xml ?? '', /<name>settled<\/name>/)
  })
}

function starts(claim: Claim): void {
  claim('a persistent domain starts, and starting it again changes nothing', async (world) => {
    await world.define('settled')
    const { hypervisor, wait } = world
    assert.equal(await wait(hypervisor.start('settled', { kind: 'existing' })), 'started')
    assert.equal(await runOf(world, 'settled'), 'running')
    assert.equal(await wait(hypervisor.start('settled', { kind: 'existing' })), 'already-running')
  })

  claim('a transient domain starts, and starting it again changes nothing', async (world) => {
    const { hypervisor, wait } = world
    const xml = world.transientXml('brief')
    assert.equal(await wait(hypervisor.start('brief', { kind: 'transient', xml })), 'started')
    assert.equal(await wait(hypervisor.start('brief', { kind: 'transient', xml })), 'already-running')
    assert.equal(await runOf(world, 'brief'), 'running')
  })

  claim('a domain that should exist and does not is missing', async ({ hypervisor, wait }) => {
    await faults(wait(hypervisor.start('nobody', { kind: 'existing' })), 'domain-missing')
  })

  claim('a definition that is none is refused, and nothing is there afterwards', async ({ hypervisor, wait }) => {
    await faults(wait(hypervisor.start('brief', { kind: 'transient', xml: '<nonsense/>' })), 'domain-refused')
    assert.equal(await wait(hypervisor.look('brief')), null)
  })
}

function stops(claim: Claim): void {
  claim('destroyed, a persistent domain is stopped and says so; again changes nothing', async (world) => {
    await world.define('settled')
    const { hypervisor, wait } = world
    await wait(hypervisor.start('settled', { kind: 'existing' }))
    assert.equal(await wait(hypervisor.destroy('settled')), 'destroyed')
    const seen = await wait(hypervisor.look('settled'))
    assert.deepEqual([seen?.run, seen?.stopCause], ['stopped', 'destroyed'])
    assert.equal(await wait(hypervisor.destroy('settled')), 'not-running')
  })

  claim('destroyed, a transient domain is gone', async (world) => {
    await start(world, 'brief')
    assert.equal(await world.wait(world.hypervisor.destroy('brief')), 'destroyed')
    assert.equal(await world.wait(world.hypervisor.look('brief')), null)
    assert.equal(await world.wait(world.hypervisor.destroy('brief')), 'not-running')
  })

  claim('asked to shut down, a guest goes down when it pleases', async (world) => {
    const { hypervisor, wait } = world
    await world.define('settled')
    await wait(hypervisor.start('settled', { kind: 'existing' }))
    await world.pass(100)
    assert.equal(await wait(hypervisor.shutdown('settled')), 'asked')
    if (world.whenAsked === 'goes-on') assert.equal(await runOf(world, 'settled'), 'running')
    else {
      await until(world, async () => (await runOf(world, 'settled')) === 'stopped')
      assert.equal((await wait(hypervisor.look('settled')))?.stopCause, 'shutdown')
      assert.equal(await wait(hypervisor.shutdown('settled')), 'not-running')
    }
  })

  claim('what is asked of a domain that is not there is missing', async ({ hypervisor, wait }) => {
    await faults(wait(hypervisor.shutdown('nobody')), 'domain-missing')
    await faults(wait(hypervisor.suspend('nobody')), 'domain-missing')
    await faults(wait(hypervisor.resume('nobody')), 'domain-missing')
    await faults(wait(hypervisor.setMemory('nobody', 32)), 'domain-missing')
    await faults(wait(hypervisor.autostart('nobody')), 'domain-missing')
    await faults(wait(hypervisor.readGuestFile('nobody', '/proc/net/tcp')), 'domain-missing')
    await faults(wait(hypervisor.console('nobody', false)), 'domain-missing')
  })

  claim('a guest whose process dies is not running', async (world) => {
    if (world.crash === null) return
    await world.define('settled')
    await world.wait(world.hypervisor.start('settled', { kind: 'existing' }))
    await world.crash('settled')
    await until(world, async () => (await runOf(world, 'settled')) === 'stopped')
    const cause = (await world.wait(world.hypervisor.look('settled')))?.stopCause
    assert.ok(cause === 'crashed' || cause === 'failed', `${cause}`)
  })
}

function pauses(claim: Claim): void {
  claim('suspended and resumed, each harmless if repeated', async (world) => {
    await start(world, 'brief')
    const { hypervisor, wait } = world
    assert.equal(await wait(hypervisor.suspend('brief')), 'suspended')
    const seen = await wait(hypervisor.look('brief'))
    assert.deepEqual([seen?.run, seen?.pauseCause], ['paused', 'asked'])
    assert.equal(await wait(hypervisor.suspend('brief')), 'already')
    assert.equal(await wait(hypervisor.resume('brief')), 'resumed')
    assert.equal(await runOf(world, 'brief'), 'running')
    assert.equal(await wait(hypervisor.resume('brief')), 'already')
  })

  claim('a stopped domain is neither suspended nor resumed', async (world) => {
    await world.define('settled')
    assert.equal(await world.wait(world.hypervisor.suspend('settled')), 'not-running')
    assert.equal(await world.wait(world.hypervisor.resume('settled')), 'not-running')
    assert.equal(await world.wait(world.hypervisor.shutdown('settled')), 'not-running')
  })

  claim('a paused domain can be destroyed', async (world) => {
    await start(world, 'brief')
    await world.wait(world.hypervisor.suspend('brief'))
    assert.equal(await world.wait(world.hypervisor.destroy('brief')), 'destroyed')
  })
}

function settings(claim: Claim): void {
  claim('memory below the maximum is taken, above it refused', async (world) => {
    await start(world, 'brief')
    await world.wait(world.hypervisor.setMemory('brief', 48))
    await faults(world.wait(world.hypervisor.setMemory('brief', 1024)), 'domain-refused')
  })

  claim('memory statistics are of running domains that were asked for, where they are told at all', async (world) => {
    if (!world.capabilities.bulkStatistics || !world.capabilities.balloon) return
    await world.define('settled')
    await start(world, 'brief')
    const told = await world.wait(world.hypervisor.memoryStatistics(['settled', 'brief', 'nobody']))
    assert.ok(told.every(({ domain, givenMib }) => domain === 'brief' && givenMib > 0))
    assert.deepEqual(await world.wait(world.hypervisor.memoryStatistics([])), [])
  })

  claim('memory of a stopped domain is refused', async (world) => {
    await world.define('settled')
    await faults(world.wait(world.hypervisor.setMemory('settled', 48)), 'domain-refused')
  })

  claim('autostart is off, goes on and off again', async (world) => {
    await world.define('settled')
    const { hypervisor, wait } = world
    assert.equal(await wait(hypervisor.autostart('settled')), false)
    await wait(hypervisor.setAutostart('settled', true))
    await wait(hypervisor.setAutostart('settled', true))
    assert.equal(await wait(hypervisor.autostart('settled')), true)
    assert.ok((await wait(hypervisor.autostarting())).includes('settled'))
    await wait(hypervisor.setAutostart('settled', false))
    assert.equal(await wait(hypervisor.autostart('settled')), false)
    assert.ok(!(await wait(hypervisor.autostarting())).includes('settled'))
  })

  claim('a guest that just started has no agent, and its addresses are a list', async (world) => {
    await start(world, 'brief')
    assert.equal(await world.wait(world.hypervisor.pingAgent('brief')), false)
    for (const source of ['agent', 'arp'] as const) {
      assert.deepEqual(await world.wait(world.hypervisor.addresses('brief', source)), [])
    }
    assert.ok(Array.isArray(await world.wait(world.hypervisor.addresses('brief', 'lease'))))
  })
}

const nowhere: MigrationTarget = { host: hostId('nowhere'), uri: 'qemu+tcp://127.0.0.1:1/system', dataUri: null }
const plainly: MigrationOptions = { bandwidthMib: null, tls: false, timeLimitMs: null, onTimeLimit: 'cancel' }

function moves(claim: Claim): void {
  claim('where guests do not move, that is a capability it lacks', async (world) => {
    if (world.capabilities.liveMigration) return
    await start(world, 'brief')
    await faults(world.wait(world.hypervisor.migrate('brief', nowhere, plainly)), 'not-supported')
  })

  claim(
    'what is not there is missing, what does not run is refused, where nobody answers nothing is done',
    async (world) => {
      if (!world.capabilities.liveMigration) return
      const { hypervisor, wait } = world
      await faults(wait(hypervisor.migrate('nobody', nowhere, plainly)), 'domain-missing')
      await world.define('settled')
      await faults(wait(hypervisor.migrate('settled', nowhere, plainly)), 'domain-refused')
      await start(world, 'brief')
      await faults(wait(hypervisor.migrate('brief', nowhere, plainly)), 'migration-failed')
      assert.equal(await runOf(world, 'brief'), 'running')
    },
  )

  claim('where no migration is under way there is no progress and nothing to cancel', async (world) => {
    const { hypervisor, wait } = world
    await start(world, 'brief')
    for (const name of ['brief', 'nobody']) {
      assert.equal(await wait(hypervisor.migrationProgress(name)), null)
      assert.equal(await wait(hypervisor.cancelMigration(name)), 'none')
    }
  })
}

function tells(claim: Claim): void {
  claim('what happens to a domain is told, in order', async (world) => {
    const heard = listen(world.hypervisor)
    const { hypervisor, wait } = world
    await start(world, 'brief')
    await until(world, async () => heard.some((word) => word === 'brief started'))
    heard.length = 0
    await wait(hypervisor.suspend('brief'))
    await wait(hypervisor.resume('brief'))
    await wait(hypervisor.destroy('brief'))
    await until(world, async () => heard.includes('brief stopped destroyed'))
    const wished = ['brief paused asked', 'brief resumed', 'brief stopped destroyed']
    assert.deepEqual(
      heard.filter((word) => wished.includes(word)),
      wished,
    )
  })

  claim('who unsubscribes hears nothing more', async (world) => {
    const heard: DomainEvent[] = []
    const stop = world.hypervisor.subscribe((event) => heard.push(event))
    stop()
    await start(world, 'brief')
    await world.pass(50)
    assert.deepEqual(heard, [])
  })
}

function breaks(claim: Claim): void {
  claim('a broken connection is told; calls fail; back again, all is as it was', async (world) => {
    if (world.cut === null || world.mend === null) return
    await start(world, 'brief')
    const heard: string[] = []
    world.hypervisor.subscribe((event) => heard.push(event.kind))
    await world.cut()
    await until(world, async () => heard.includes('lost'))
    await assert.rejects(world.wait(world.hypervisor.list()), (error: unknown) => {
      assert.ok(error instanceof Fault && error.outcome === 'not-done', String(error))
      assert.ok(['hypervisor-lost', 'hypervisor-absent'].includes(error.code), error.code)
      return true
    })
    await world.mend()
    await until(world, async () => heard.includes('back'))
    assert.equal(await runOf(world, 'brief'), 'running')
  })
}

async function start(world: HypervisorWorld, name: string): Promise<void> {
  const startWith = { kind: 'transient', xml: world.transientXml(name) } as const
  assert.equal(await world.wait(world.hypervisor.start(name, startWith)), 'started')
}

async function runOf(world: HypervisorWorld, name: string): Promise<string | undefined> {
  return (await world.wait(world.hypervisor.look(name)))?.run
}

/** Domain events as words: `name kind`, and the cause where there is one. */
function listen(hypervisor: Hypervisor): string[] {
  const heard: string[] = []
  hypervisor.subscribe((event) => {
    if (event.kind !== 'domain') return
    const { change, name } = event
    heard.push('cause' in change ? `${name} ${change.kind} ${change.cause}` : `${name} ${change.kind}`)
  })
  return heard
}

async function faults(asked: Promise<unknown>, code: FaultCode): Promise<void> {
  await assert.rejects(asked, (error: unknown) => {
    assert.ok(error instanceof Fault, `got ${String(error)}`)
    assert.deepEqual([error.code, error.outcome], [code, 'not-done'])
    return true
  })
}

/** Waits for what must happen within a minute of the world's time. */
async function until(world: HypervisorWorld, condition: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 3_000; turn++) {
    if (await condition()) return
    await world.pass(20)
  }
  assert.fail('it did not happen within a minute')
}
