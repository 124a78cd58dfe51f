import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Promises } from '../../src/control/promises.ts'
import { LocalObservations } from '../../src/drivers/local/observations.ts'
import type { EventWord, HistoryEvent } from '../../src/model/event.ts'
import { parseClusterFile } from '../../src/model/file/parse-cluster-file.ts'
import { guestId, hostId, instant, wallTime } from '../../src/model/ids.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { FakeHistory } from '../../src/sim/fakes/fake-history.ts'
import { FakeStore } from '../../src/sim/fakes/fake-store.ts'
import { Timeline } from '../../src/sim/timeline.ts'

const beginMs = Date.parse('2026-11-10T00:00Z')
const minute = 60_000
const host = hostId('h1')

function specOf(sla: string) {
  const text = `version: 1
guests:
  db: { services: [5432/tcp] }
  web: { services: [80/tcp], needs: ['db:5432/tcp'] }
sla:
  - ${sla}
`
  const read = parseClusterFile({ path: 'vigia.yaml', text, readFile: () => ({ reason: 'ENOENT' }) })
  assert.ok(read.ok, JSON.stringify(read.ok ? '' : read.problems))
  return read.spec
}

/** Minute by minute, with a leader that is replaced where it says so. */
async function told(
  sla: string,
  lines: readonly (readonly [minute: number, word: EventWord, guest: string])[],
  minutes: number,
  replacedAt = -1,
): Promise<string[]> {
  const timeline = new Timeline()
  const clock: Clock = {
    now: () => instant(timeline.nowMs),
    wall: () => wallTime(beginMs + timeline.nowMs),
    after: (delayMs, run) => timeline.after(delayMs, run),
  }
  const history = new FakeHistory(clock)
  const event = (word: EventWord, guest: string): HistoryEvent => ({
    ...{ at: clock.wall(), host, actor: 'leader', word, guest: guestId(guest) },
    ...{ service: null, because: null, fault: null, note: null },
  })
  const make = (): Promises =>
    new Promises({
      ...{ host, clock, store: new FakeStore(clock).connect(), history: history.connect() },
      ...{ observations: new LocalObservations(), log: silentLog },
    })
  const spec = specOf(sla)
  let promises = make()
  for (let at = 0; at < minutes; at++) {
    if (at === replacedAt) promises = make()
    for (const [when, word, guest] of lines) if (when === at) history.append([event(word, guest)])
    promises.look(spec, clock.now())
    await timeline.playUntil((at + 1) * minute)
  }
  return history.events
    .filter(({ word }) => word.startsWith('sla-'))
    .map(({ at, word, note, guest }) => `${(at - beginMs) / minute} ${word} ${guest}: ${note}`)
}

const up = [
  [0, 'ready', 'db'],
  [0, 'ready', 'web'],
] as const

test('a warning comes when three quarters are spent, the break after all, each once', async () => {
  const lines = [...up, [100, 'crashed', 'web'], [200, 'ready', 'web']] as const
  assert.deepEqual(await told('{ for: web, target: 99.9% }', lines, 300), [
    '133 sla-warning web: web 99.9 % (month 2026-11-01)',
    '144 sla-broken web: web 99.9 % (month 2026-11-01)',
  ])
})

test('the next leader does not tell it again', async () => {
  const lines = [...up, [100, 'crashed', 'web'], [200, 'ready', 'web']] as const
  assert.equal((await told('{ for: web, target: 99.9% }', lines, 300, 140)).length, 2)
})

test('a need that is down spends the budget of those that need it, unless the promise is only of the guest itself', async () => {
  const lines = [...up, [100, 'crashed', 'db']] as const
  assert.equal((await told('{ for: web, target: 99.9% }', lines, 200)).length, 2)
  assert.equal((await told('{ for: web, target: 99.9%, seenBy: itself }', lines, 200)).length, 0)
})

test('a promise that is kept is not told of', async () => {
  assert.deepEqual(
    await told('{ for: web, target: 99.9% }', [...up, [100, 'crashed', 'web'], [120, 'ready', 'web']], 300),
    [],
  )
})
