import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decide } from '../../src/core/decide.ts'
import { survival } from '../../src/core/views/survive.ts'
import { type GuestId, guestId, hostId } from '../../src/model/ids.ts'
import type { MemoryUse } from '../../src/model/memory-use.ts'
import type { GuestObservation } from '../../src/model/observation.ts'
import { wideView } from './wide.ts'
import { World } from './world.ts'

const byNeed = { memory: { minMib: 128, startMib: 256, runMib: null, maxMib: 1_024 } }

/** What a guest is seen to have and to need; it has heard of what it was told. */
function seen(has: number, need: number, more: Partial<MemoryUse> = {}): Partial<GuestObservation> {
  const memoryUse: MemoryUse = { givenMib: has, needMib: need, peakMib: null, press: null, ...more }
  return { memoryMib: has, memoryMaxMib: 1_024, memoryUse, memoryAskedMib: has }
}

/** A world of running guests, each with what it is seen to have. */
function running(guests: Record<string, Partial<GuestObservation>>, memoryMib = 4_096): World {
  const world = new World(Object.fromEntries(Object.keys(guests).map((id) => [id, byNeed]))).launched()
  world.memoryMib = memoryMib
  for (const [id, more] of Object.entries(guests)) world.see(id, 'running', {}, more)
  return world
}

function told(world: World, id: string): readonly [number | null | undefined, string | undefined] {
  const record = world.records.get(guestId(id))
  return [record?.memoryMib, record?.memoryBecause?.code]
}

describe('memory that goes by need', () => {
  test('a guest is told to have what it needs, once, and its history says why', () => {
    const world = running({ a: seen(256, 400) })
    world.heard()
    assert.deepEqual(world.settle().heard(), ['memory a'])
    assert.deepEqual(told(world, 'a'), [450, 'memory-grows'])
    const event = world.settle().round()
    assert.deepEqual(event.records, [])
  })

  test('a file without min: changes nothing of what it has', () => {
    const world = new World({ a: { memory: { startMib: 256, runMib: 128, maxMib: 512 } } }).launched()
    world.see('a', 'running', {}, seen(256, 400)).settle()
    assert.deepEqual(told(world, 'a'), [128, undefined])
  })

  test('missing or stale statistics leave it as it is, and that is said', () => {
    const { memoryUse: _, ...silent } = seen(256, 0)
    const world = running({ a: silent }).settle()
    assert.deepEqual(told(world, 'a'), [null, 'memory-unknown'])
    world.see('a', 'running', {}, seen(256, 200)).settle()
    assert.deepEqual(told(world, 'a'), [null, 'memory-fits'])
  })

  test('a host whose guests have not all been looked at is left as it is', () => {
    const world = running({ a: seen(256, 400) })
    world.hypervisor = 'down'
    world.settle()
    assert.deepEqual(told(world, 'a'), [null, 'memory-unknown'])
  })

  test('an amount said by hand wins until it is given back', () => {
    const world = running({ a: seen(256, 400) })
      .wish('a', { memoryMib: 300, by: 'ana' })
      .settle()
    assert.deepEqual(told(world, 'a'), [300, 'memory-by-hand'])
    world.see('a', 'running', {}, seen(300, 400)).wish('a', { memoryMib: null }).settle()
    assert.deepEqual(told(world, 'a'), [450, 'memory-grows'])
  })

  test('hands off a guest that is not watched', () => {
    const world = running({ a: seen(256, 400) })
      .wish('a', { watch: false })
      .settle()
    assert.deepEqual(told(world, 'a'), [null, 'memory-unknown'])
  })

  test('what was promised to one is not given to another before it is seen', () => {
    const world = running({ a: seen(256, 400), b: seen(256, 400) }, 512 + 194).settle()
    assert.deepEqual(
      [told(world, 'a'), told(world, 'b')],
      [
        [450, 'memory-grows'],
        [null, 'memory-short'],
      ],
    )
    // Its balloon has not come further yet.
    assert.deepEqual(world.round().records, [])
  })

  test('a promise that may not have been heard of is not taken back', () => {
    const world = running({ a: seen(256, 400) }).settle()
    // Another minute, in which nothing was heard of its present amount.
    world.see('a', 'running', {}, { ...seen(256, 100, { peakMib: 100 }), memoryAskedMib: 256 }).settle()
    assert.deepEqual(told(world, 'a'), [450, 'memory-grows'])
    world.see('a', 'running', {}, { ...seen(450, 100, { peakMib: 100 }) }).settle()
    assert.deepEqual(told(world, 'a'), [132, 'memory-idle'])
  })

  test('an agent that begins anew may have asked for anything before: until it asks again its guest counts in full', () => {
    const world = running({ a: seen(256, 200), b: seen(256, 200) }, 1_400)
      .wish('a', { memoryMib: 256 })
      .settle()
    const { memoryAskedMib: _, ...unsure } = world.seen.get(guestId('a'))!
    world.seen.set(guestId('a'), unsure)
    world.see('b', 'running', {}, seen(256, 500)).settle()
    assert.deepEqual(told(world, 'b'), [376, 'memory-short'])
    world.see('a', 'running', {}, seen(256, 200)).see('b', 'running', {}, seen(376, 500)).settle()
    assert.deepEqual(told(world, 'b'), [563, 'memory-grows'])
  })

  test('while it starts it may grow, and keeps what it has', () => {
    const world = new World({ a: { ...byNeed, services: ['80/tcp'] } }).settle()
    world.see('a', 'running', {}, { ...seen(256, 100, { peakMib: 100 }), tried: { generation: 1, fault: null } })
    assert.deepEqual(told(world.settle(), 'a'), [null, undefined])
    world.see('a', 'running', {}, { ...seen(256, 500), tried: { generation: 1, fault: null } })
    assert.deepEqual(told(world.settle(), 'a'), [563, 'memory-grows'])
    assert.equal(world.phase('a'), 'starting')
  })

  test('another start begins with what the file says', () => {
    const world = running({ a: seen(256, 400) }).settle()
    world.see('a', 'stopped', {}, { stopCause: 'crashed' }).settle()
    assert.deepEqual(told(world, 'a'), [null, undefined])
  })

  test('a guest that waits to start is made room for', () => {
    const world = new World({ a: byNeed, b: { memory: { startMib: 300, runMib: null, maxMib: null } } })
    world.memoryMib = 900
    world.see('a', 'running', {}, seen(700, 500)).settle()
    assert.equal(world.because('b'), 'not-enough-memory')
    // What it does not use is enough.
    assert.deepEqual(told(world, 'a'), [600, 'memory-lent'])
    world.see('a', 'running', {}, seen(600, 500)).settle()
    assert.equal(world.phase('b'), 'starting')
    assert.deepEqual(told(world, 'a'), [600, 'memory-lent'])
  })

  test('nothing is decided twice', () => {
    const world = running({ a: seen(256, 400), b: seen(900, 100, { peakMib: 100 }) }).settle()
    assert.deepEqual(world.round().records, [])
  })
})

describe('several hosts', () => {
  const two = { h1: { memoryMib: 1_024 }, h2: { memoryMib: 1_024 } }
  const spec = { ...byNeed, memory: { ...byNeed.memory, startMib: 128 } }

  /** Both on h1, told what they have. */
  function withMemory(survive: number, has: number, need: number) {
    const made = wideView({ hosts: two, guests: { a: { on: 'h1', spec }, b: { on: 'h2', spec } } })
    const cluster = { ...made.compiled.spec, settings: { ...made.compiled.spec.settings, survive } }
    const observations = new Map(
      [...made.snapshot.observations].map(([id, one]) => {
        const guests = new Map(
          [...one.observation.guests].map(([guest, was]) => [guest, { ...was, ...seen(has, need) }]),
        )
        return [id, { ...one, observation: { ...one.observation, guests } }] as const
      }),
    )
    const compiled = { ...made.compiled, spec: cluster }
    const sights = made.sights.map((sight) => ({ ...sight, seen: { ...sight.seen, ...seen(has, need) } }))
    const snapshot = { ...made.snapshot, cluster, observations }
    return { compiled, snapshot, view: { ...made, compiled, snapshot, sights } }
  }

  const amount = (compiled: Parameters<typeof decide>[0], snapshot: Parameters<typeof decide>[1], id: string) =>
    decide(compiled, snapshot).records.find(({ guest }) => guest === guestId(id))?.memoryMib

  test('N+1: what the guests of another host would need here is not given away', () => {
    const without = withMemory(0, 800, 1_000)
    assert.equal(amount(without.compiled, without.snapshot, 'a'), 1_024)
    const kept = withMemory(1, 800, 1_000)
    assert.equal(amount(kept.compiled, kept.snapshot, 'a'), 1_024 - 128)
  })

  test('for a guest of a lost host the others are reckoned with their least', () => {
    const { view } = withMemory(1, 1_000, 700)
    assert.deepEqual(
      survival(view, 1).losses.map(({ hosts, waiting }) => [...hosts, waiting.length]),
      [
        ['h1', 0],
        ['h2', 0],
      ],
    )
  })

  test('a guest comes live only where there is room for it at this moment; room is made meanwhile', () => {
    const { compiled, snapshot } = withMemory(0, 700, 300)
    const wish = { state: null, launchSerial: 0, watch: true, pausedByHand: false, memoryMib: null }
    const move = { move: { to: hostId('h2'), how: 'live' as const }, moveSerial: 1 }
    const wishes = new Map<GuestId, never>([
      [guestId('a'), { ...wish, ...move, ignoreDependents: false, by: 'ana', at: 0 } as never],
    ])
    const { records } = decide(compiled, { ...snapshot, wishes })
    const [a, b] = ['a', 'b'].map((id) => records.find(({ guest }) => guest === guestId(id)))
    assert.equal(a?.seat?.move ?? null, null)
    assert.deepEqual([b?.memoryMib, b?.memoryBecause?.code], [1_024 - 700, 'memory-makes-room'])
  })
})
