import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Kill, killRounds } from '../../bench/kills.ts'

/** `scripts/prove kills` does ten times as many. */
const count = 5

test('killed at random moments, vigiad starts no guest twice and loses no wish', {
  timeout: 395_000,
}, async (context) => {
  const kills: Kill[] = []
  await killRounds({ say: (line) => context.diagnostic(line), quick: true }, count, (kill) => void kills.push(kill))
  assert.deepEqual(
    kills.flatMap(({ phase, afterMs, cutOff, wrong }) => wrong.map((what) => ({ phase, afterMs, cutOff, what }))),
    [],
  )
  assert.equal(kills.length, count)
})
