import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type SharedHost, type SharingGuest, shareMemory } from '../../src/core/memory-share.ts'
import { guestId, hostId } from '../../src/model/ids.ts'
import type { MemoryPress, MemoryUse } from '../../src/model/memory-use.ts'

interface Draft {
  readonly has?: number
  readonly held?: number
  readonly need?: number
  readonly peak?: number | null
  readonly press?: MemoryPress | null
  readonly priority?: number
  readonly mayShrink?: boolean
  readonly min?: number
  readonly max?: number
  /** What it had at the report. */
  readonly given?: number
}

function guest(id: string, draft: Draft = {}): SharingGuest {
  const {
    has = 512,
    need = 300,
    peak = null,
    press = null,
    priority = 0,
    mayShrink = true,
    min = 128,
    max = 2_048,
  } = draft
  const use: MemoryUse = { givenMib: draft.given ?? has, needMib: need, peakMib: peak, press }
  const sizes = { minMib: min, maxMib: max, targetMib: has, heldMib: draft.held ?? has }
  return { id: guestId(id), priority, ...sizes, use, mayShrink }
}

function share(freeMib: number, guests: readonly SharingGuest[], awaited: SharedHost['awaited'] = []) {
  const shares = shareMemory({ id: hostId('h1'), freeMib, awaited }, guests)
  return Object.fromEntries(
    guests.map(({ id, targetMib }) => {
      const given = shares.get(id)
      return [id, given == null ? [targetMib, null] : [given.targetMib ?? targetMib, given.because.code]]
    }),
  )
}

describe('one guest', () => {
  test('is left alone between what it needs with some to spare and what it needed at most with twice that', () => {
    assert.deepEqual(share(9_999, [guest('a', { has: 400, need: 300, peak: 350 })]), { a: [400, null] })
  })

  test('grows at once by what it needs, with an eighth to spare', () => {
    assert.deepEqual(share(9_999, [guest('a', { has: 512, need: 600 })]), { a: [675, 'memory-grows'] })
  })

  test('that is pressed is given as much again, and not before it has what it was given', () => {
    const pressed = { has: 512, need: 510, press: 'short' } as const
    assert.deepEqual(share(9_999, [guest('a', pressed)]), { a: [1_024, 'memory-grows'] })
    assert.deepEqual(share(9_999, [guest('a', { ...pressed, given: 400 })]), { a: [574, 'memory-grows'] })
  })

  test('shrinks once a minute has shown that it needs less, and not while that is not known', () => {
    assert.deepEqual(share(0, [guest('a', { has: 512, need: 100, peak: 200 })]), { a: [250, 'memory-idle'] })
    assert.deepEqual(share(0, [guest('a', { has: 512, need: 100, peak: null })]), { a: [512, null] })
    assert.deepEqual(share(0, [guest('a', { has: 512, need: 100, peak: 200, mayShrink: false })]), { a: [512, null] })
  })

  test('keeps what it took by itself where the host has it, and is told no more than before where too much is held', () => {
    const taken = guest('a', { has: 300, held: 400, need: 380, given: 400 })
    assert.deepEqual(share(0, [taken]), { a: [400, 'memory-grows'] })
    assert.deepEqual(share(-50, [taken]), { a: [300, 'memory-short'] })
  })

  test('never has less than its least nor more than its most', () => {
    assert.deepEqual(share(9_999, [guest('a', { has: 512, need: 10, peak: 10, min: 256 })]), {
      a: [256, 'memory-idle'],
    })
    assert.deepEqual(share(9_999, [guest('a', { need: 9_000, max: 600 })]), { a: [600, 'memory-grows'] })
  })

  test('is given no more than there is, and told when that is nothing', () => {
    assert.deepEqual(share(40, [guest('a', { need: 600 })]), { a: [552, 'memory-grows'] })
    assert.deepEqual(share(3, [guest('a', { need: 600 })]), { a: [512, 'memory-short'] })
    assert.deepEqual(share(-90, [guest('a', { need: 600 })]), { a: [512, 'memory-short'] })
  })

  test('keeps what it took by itself where it needs that, for nothing is given by it', () => {
    assert.deepEqual(share(0, [guest('a', { has: 512, held: 700, need: 600, given: 700 })]), {
      a: [675, 'memory-grows'],
    })
  })
})

describe('where there is too little', () => {
  test('what one does not use now goes to the one that needs it, as much as is lacking', () => {
    const both = [guest('a', { has: 512, need: 600 }), guest('b', { has: 900, need: 300 })]
    assert.deepEqual(share(0, both), { a: [512, 'memory-short'], b: [737, 'memory-lent'] })
    // It has given back: now there is something to give.
    const after = [guest('a', { has: 512, need: 600 }), guest('b', { has: 737, need: 300 })]
    assert.deepEqual(share(163, after), { a: [675, 'memory-grows'], b: [737, null] })
  })

  test('what is on its way back is waited for, and not taken twice', () => {
    const both = [guest('a', { has: 512, need: 600 }), guest('b', { has: 737, held: 900, need: 300 })]
    assert.deepEqual(share(0, both), { a: [512, 'memory-short'], b: [737, null] })
  })

  test('nobody loses what it uses', () => {
    const both = [guest('a', { has: 512, need: 600 }), guest('b', { has: 900, need: 800 })]
    assert.deepEqual(share(0, both), { a: [512, 'memory-short'], b: [900, null] })
  })

  test('the more important goes first, then whoever asks for less', () => {
    const three = [
      guest('a', { has: 400, need: 500 }),
      guest('b', { has: 400, need: 400 }),
      guest('c', { has: 400, need: 700, priority: 1 }),
    ]
    assert.deepEqual(share(395, three), {
      a: [400, 'memory-short'],
      b: [400, 'memory-short'],
      c: [788, 'memory-grows'],
    })
    assert.deepEqual(share(445, three), {
      a: [400, 'memory-short'],
      b: [450, 'memory-grows'],
      c: [788, 'memory-grows'],
    })
  })
})

describe('a guest that waits to start', () => {
  const waits = [{ guest: guestId('w'), mib: 400 }]

  test('goes before the comfort of those that run, down to their least, the least important first', () => {
    const both = [guest('a', { has: 512, need: 450, priority: 1 }), guest('b', { has: 512, need: 450 })]
    assert.deepEqual(share(0, both, waits), { a: [496, 'memory-makes-room'], b: [128, 'memory-makes-room'] })
  })

  test('takes what nobody uses first', () => {
    const both = [guest('a', { has: 512, need: 450 }), guest('b', { has: 900, need: 300 })]
    assert.deepEqual(share(0, both, waits), { a: [512, null], b: [500, 'memory-lent'] })
  })

  test('takes nothing where it could not come even then', () => {
    assert.deepEqual(share(0, [guest('a', { has: 512, need: 450 })], waits), { a: [512, null] })
  })

  test('keeps free memory from those that would only grow', () => {
    assert.deepEqual(share(400, [guest('a', { need: 600 })], waits), { a: [512, 'memory-short'] })
  })
})

test('M1: whatever is asked for, no more is promised than there is', () => {
  const drafts = fc.record({
    has: fc.integer({ min: 128, max: 1_500 }),
    more: fc.integer({ min: 0, max: 500 }),
    need: fc.integer({ min: 0, max: 2_500 }),
    peak: fc.option(fc.integer({ min: 0, max: 2_500 })),
    press: fc.constantFrom(null, 'short', 'swap', 'refaults'),
    priority: fc.integer({ min: 0, max: 2 }),
    mayShrink: fc.boolean(),
  })
  const worlds = fc.tuple(fc.array(drafts, { maxLength: 9 }), fc.integer({ min: -500, max: 3_000 }), fc.nat(1_000))
  fc.assert(
    fc.property(worlds, ([ones, freeMib, waitsMib]) => {
      const guests = ones.map(({ more, ...one }, index) => guest(`g${index}`, { ...one, held: one.has + more }))
      const awaited = waitsMib === 0 ? [] : [{ guest: guestId('w'), mib: waitsMib }]
      const shares = shareMemory({ id: hostId('h1'), freeMib, awaited }, guests)
      const promised = guests.reduce((sum, one) => {
        const target = shares.get(one.id)?.targetMib ?? one.targetMib
        assert.ok(target >= one.minMib && target <= one.maxMib)
        assert.ok(one.mayShrink || target >= one.targetMib)
        return sum + Math.max(0, target - Math.max(one.targetMib, one.heldMib))
      }, 0)
      assert.ok(promised <= Math.max(0, freeMib))
    }),
    { numRuns: 2_000 },
  )
})

test('room that is made for a guest is not taken back before it has come, whatever is known of it by then (M5)', () => {
  const awaited = [{ guest: guestId('b'), mib: 96 }]
  const pressed = { held: 256, given: 256, need: 243, peak: 243, press: 'short', min: 64, max: 384 } as const
  assert.deepEqual(share(0, [guest('a', { ...pressed, has: 256 })], awaited), { a: [160, 'memory-makes-room'] })
  for (const mayShrink of [false, true]) {
    const told = Number(share(0, [guest('a', { ...pressed, has: 160, mayShrink })], awaited).a?.[0])
    assert.ok(told <= 160, `told ${told} after 160, ${mayShrink ? 'and' : 'not'} heard`)
  }
})
