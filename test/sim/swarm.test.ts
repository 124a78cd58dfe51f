import assert from 'node:assert/strict'
import { test } from 'node:test'
import { playStory, storyOf } from '../../src/sim/swarm/play.ts'
import { Player } from './player.ts'

/** Hundreds of them are played by the full run (`node scripts/swarm.ts`). */
const seeds = 4

test(`${seeds} drawn worlds: safe at each step, and every wish comes true once nothing goes wrong any more`, async () => {
  const player = new Player()
  try {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const broken = await player.play({ kind: 'seed', seed })
      assert.ok(broken === null, broken ?? '')
    }
  } finally {
    await player.close()
  }
})

test('the story of a seed is the same each time', async () => {
  const trace = async (seed: number) => (await playStory(storyOf(seed), { traced: true })).trace.join('\n')
  const first = await trace(5)
  assert.ok(first.length > 0)
  assert.equal(await trace(5), first)
})
