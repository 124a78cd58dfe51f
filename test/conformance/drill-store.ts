import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DrillResult, drillId, noDeeds, type RunningDrill } from '../../src/model/drill.ts'
import { wallTime } from '../../src/model/ids.ts'
import { type DrillStore, keptResults } from '../../src/ports/drill-store.ts'
import { h1, h2, plan, view } from '../core/drills/world.ts'

export interface DrillStoreUnderTest {
  readonly store: DrillStore
  /** The same drills, as another daemon sees them. */
  readonly other: DrillStore
  close(): Promise<void>
}

const drill = (id: string, life = 'life-1'): RunningDrill => ({
  ...{ id: drillId(id), plan, by: 'ana', at: wallTime(1), host: h1, life, before: view, deeds: noDeeds },
  ...{ doing: 'resting', runs: [] },
})

const result = (id: string, endedAt: number): DrillResult => ({
  ...{ id: drillId(id), plan, by: 'ana', at: wallTime(endedAt), endedAt: wallTime(endedAt), host: h1, runs: [] },
  ...{ stopped: null, restore: { kind: 'restored' } },
})

/** What every `DrillStore` keeps. */
export function drillStoreConformance(name: string, make: () => Promise<DrillStoreUnderTest>): void {
  const claim = (text: string, run: (under: DrillStoreUnderTest) => Promise<void>): void => {
    test(`${name}: ${text}`, async () => {
      const under = await make()
      try {
        await run(under)
      } finally {
        await under.close()
      }
    })
  }

  claim('without a drill there is none, and no result', async ({ store }) => {
    assert.equal(await store.running(), null)
    assert.deepEqual(await store.results(), [])
  })

  claim('two never run at once, also where both begin at the same moment', async ({ store, other }) => {
    const both = await Promise.all([store.begin(drill('a')), other.begin(drill('b'))])
    const begun = both.filter((one) => one !== null)
    assert.equal(begun.length, 1)
    assert.equal((await other.running())?.drill.id, begun[0]!.drill.id)
    assert.equal(await store.begin(drill('c')), null)
  })

  claim('progress is seen by all; whoever was taken over cannot write any more', async ({ store, other }) => {
    const first = (await store.begin(drill('a')))!
    const second = (await store.keep(first, { ...first.drill, deeds: { cut: h2, broke: null } }))!
    const seen = (await other.running())!
    assert.deepEqual([seen.drill.deeds.cut, seen.revision], [h2, second.revision])
    const taken = (await other.keep(seen, { ...seen.drill, life: 'life-2', host: h2 }))!
    assert.equal(await store.keep(second, second.drill), null)
    assert.equal(await store.finish(second, result('a', 5)), false)
    assert.deepEqual(await store.results(), [])
    assert.equal(await other.finish(taken, result('a', 5)), true)
    assert.equal(await store.running(), null)
    assert.deepEqual(
      (await store.results()).map(({ id }) => id),
      ['a'],
    )
  })

  claim('its end can be asked for, of the drill under way alone', async ({ store, other }) => {
    assert.equal(await other.askStop(drillId('a'), 'bo'), false)
    const held = (await store.begin(drill('a')))!
    assert.equal(await store.stopAsked(drillId('a')), null)
    assert.equal(await other.askStop(drillId('z'), 'bo'), false)
    assert.deepEqual([await other.askStop(drillId('a'), 'bo'), await other.askStop(drillId('a'), 'bo')], [true, true])
    assert.equal(await store.stopAsked(drillId('a')), 'bo')
    await store.finish(held, result('a', 5))
    await store.begin(drill('b'))
    assert.equal(await store.stopAsked(drillId('b')), null)
  })

  claim('results are kept newest first, and not without end', async ({ store }) => {
    for (let at = 1; at <= keptResults + 3; at++) {
      const held = (await store.begin(drill(`d${at}`)))!
      assert.equal(await store.finish(held, result(`d${at}`, at)), true)
    }
    const kept = (await store.results()).map(({ id }) => id)
    assert.deepEqual([kept.length, kept[0], kept.at(-1)], [keptResults, `d${keptResults + 3}`, 'd4'])
  })
}
