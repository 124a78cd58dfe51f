import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { signsOfLife } from '../../src/bin/signs-of-life.ts'
import { localClock } from '../../src/drivers/local/clock.ts'
import { openSqlite } from '../../src/drivers/sqlite/open.ts'
import type { HistoryEvent } from '../../src/model/event.ts'
import { guestId, hostId, serviceKey, wallTime } from '../../src/model/ids.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'

const host = hostId('h1')

/** One life after the other in the same directory; each ends as it says. What the last one found is returned. */
async function lives(
  ends: readonly { readonly boot: string; readonly end: 'killed' | 'stopped' | 'down' }[],
  last: string,
  told: readonly HistoryEvent[] = [],
): Promise<readonly { word: string; at: number }[]> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'vigia-signs-'))
  const state = await openSqlite(stateDirectory)
  const real = localClock()
  let cancelTimer = (): void => {}
  // A life that is killed takes its timer along.
  const clock: Clock = {
    now: () => real.now(),
    wall: () => real.wall(),
    after: (delayMs, run) => {
      cancelTimer = real.after(delayMs, run)
      return cancelTimer
    },
  }
  const begin = (bootId: string) =>
    signsOfLife({ stateDirectory, bootId, host, clock, history: state.history, log: silentLog })
  try {
    for (const { boot, end } of ends) {
      const signs = await begin(boot)
      if (end === 'killed') cancelTimer()
      else await signs.end(end === 'down')
    }
    await state.history.append(told)
    const signs = await begin(last)
    await signs.end(false)
    const events = await state.history.query({ limit: 100 })
    return events.filter(({ actor }) => actor === 'daemon').map(({ word, at }) => ({ word, at }))
  } finally {
    await state.close()
    await rm(stateDirectory, { recursive: true })
  }
}

const words = async (...args: Parameters<typeof lives>): Promise<string[]> =>
  (await lives(...args)).map(({ word }) => word)

test('the first life of a daemon tells of none before it', async () => assert.deepEqual(await words([], 'a'), []))

test('a daemon that was killed is told of at its next start, a power cut told apart by the boot', async () => {
  assert.deepEqual(await words([{ boot: 'a', end: 'killed' }], 'a'), ['daemon-killed'])
  assert.deepEqual(await words([{ boot: 'a', end: 'killed' }], 'b'), ['power-lost'])
})

test('one that stopped in order has told it itself; of a host that was shut down it is told', async () => {
  assert.deepEqual(await words([{ boot: 'a', end: 'stopped' }], 'b'), [])
  assert.deepEqual(await words([{ boot: 'a', end: 'down' }], 'b'), ['host-shut-down'])
  assert.deepEqual(await words([{ boot: 'a', end: 'down' }], 'a'), [])
})

test('what its agent told after its last sign is a later sign of life', async () => {
  const at = wallTime(Date.now() + 20_000)
  const event: HistoryEvent = {
    ...{ at, host, actor: 'agent', word: 'answers', guest: guestId('web'), service: serviceKey('80/tcp') },
    ...{ because: null, fault: null, note: null },
  }
  assert.deepEqual(await lives([{ boot: 'a', end: 'killed' }], 'a', [event]), [{ word: 'daemon-killed', at }])
  // That it had started, for one: it cannot have ended before.
  const started: HistoryEvent = { ...event, actor: 'daemon', word: 'daemon-started', guest: null, service: null }
  const [, killed] = await lives([{ boot: 'a', end: 'killed' }], 'a', [started])
  assert.deepEqual(killed, { word: 'daemon-killed', at })
})
