import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AvailabilityQuestion, PlanQuestion } from '../../src/api/reckoner.ts'
import { reckon } from '../../src/bin/reckon.ts'
import { createReckoner } from '../../src/bin/reckoner.ts'
import type { StoredEvent } from '../../src/model/event.ts'
import type { Fault } from '../../src/model/fault.ts'
import { guestId, hostId, wallTime } from '../../src/model/ids.ts'
import { World } from '../core/world.ts'
import { until } from '../until.ts'

const day = 86_400_000
const cluster = new World({ web: { services: ['80/tcp'] }, db: {} }).cluster.spec
/** Those of other tests in this process are none of ours. */
const threadsOf = () => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length
const codeOf = (error: unknown): string => (error as Fault).code

function event(id: number, word: StoredEvent['word'], guest: string): StoredEvent {
  return {
    ...{ id, at: wallTime(id * 60_000), host: hostId('h1'), actor: 'leader', word, guest: guestId(guest) },
    ...{ service: null, because: null, fault: null, note: null },
  }
}

const events = [event(1, 'ready', 'web'), event(2, 'ready', 'db'), event(3, 'crashed', 'web'), event(9, 'ready', 'web')]

async function* pages(): AsyncGenerator<readonly StoredEvent[]> {
  yield events.slice(0, 2)
  yield events.slice(2)
}

const question: AvailabilityQuestion = {
  ...{ kind: 'availability', cluster, nowMs: day, timeZone: 'UTC', mostIncidents: 10, format: 'json' },
  wish: { fromMs: 0, untilMs: day, promised: null, guests: null },
}

const plan: PlanQuestion = {
  ...{ kind: 'plan', path: 'isp.yaml', files: {}, survive: null, weights: null, limitMs: 20_000, today: 0 },
  text: readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'isp.yaml'), 'utf8'),
}

/** Proven best within milliseconds: what is answered hangs on no clock, however busy the machine is. */
const smallPlan: PlanQuestion = {
  ...plan,
  ...{ path: 'small.yaml', survive: 1, limitMs: 120_000 },
  text: 'hosts: { h1: { memory: 4 GiB }, h2: { memory: 4 GiB }, h3: { memory: 4 GiB } }\nguests: { a: [h1, 1, 1], b: [h3, 1, 2] }\n',
}

test('the thread answers as the question does right here, and is gone afterwards', async () => {
  const others = threadsOf()
  const reckoner = createReckoner()
  assert.deepEqual(await reckoner(question, pages()), await reckon(question, events))
  const told = await reckoner(smallPlan, null)
  assert.ok(told.kind === 'text' && told.text.includes('"outcome":"found"') && told.text.includes('"proven":true'))
  assert.deepEqual(told, await reckon(smallPlan, []))
  await until(() => threadsOf() <= others, 'the thread is gone')
})

test('reports wait for each other, not without end; a plan does not wait for reports', async () => {
  const reckoner = createReckoner()
  const asked = Array.from({ length: 12 }, () => reckoner(question, pages()).then(() => 'told', codeOf))
  const planned = reckoner(plan, null)
  await assert.rejects(reckoner(plan, null), (error) => codeOf(error) === 'daemon-busy')
  const answers = await Promise.all(asked)
  assert.deepEqual([...new Set(answers)].sort(), ['daemon-busy', 'told'])
  assert.ok(answers.filter((one) => one === 'told').length >= 8)
  assert.equal((await planned).kind, 'text')
})

test('what takes too long is ended, and the next one is taken', async () => {
  const reckoner = createReckoner({ reportMs: 1, heavyMs: 1 })
  for (const one of [question, plan, plan]) {
    await assert.rejects(reckoner(one, pages()), (error) => codeOf(error) === 'timeout')
  }
})

test('a history that cannot be read is told as it is', async () => {
  async function* broken(): AsyncGenerator<readonly StoredEvent[]> {
    yield events
    throw new Error('the disk is gone')
  }
  await assert.rejects(createReckoner()(question, broken()), /the disk is gone/)
})

test('what is reckoned does not go before the guests, as the daemon does', async (context) => {
  const usual = getPriority()
  try {
    setPriority(0, -10)
  } catch {
    context.skip('this process may not go before others')
    return
  }
  const before = new Set(threads().keys())
  const last = new Map<string, string>()
  const looks = setInterval(() => {
    for (const [id, one] of threads()) if (!before.has(id)) last.set(id, one)
  }, 5)
  try {
    await createReckoner()(smallPlan, null)
  } finally {
    clearInterval(looks)
    setPriority(0, usual)
  }
  const own = [...last.values()].filter((one) => one.startsWith('vigia-')).sort()
  assert.deepEqual(own, ['vigia-reckon 0', 'vigia-solver 0'])
})

/** Of each thread of this process its name and nice value, which is field 19 of its stat; the second may hold blanks. */
function threads(): Map<string, string> {
  const path = '/proc/self/task'
  const told = readdirSync(path).flatMap((id): [string, string][] => {
    try {
      const stat = readFileSync(join(path, id, 'stat'), 'utf8')
      return [
        [
          id,
          `${stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]}`,
        ],
      ]
    } catch {
      // It ended between the two looks.
      return []
    }
  })
  return new Map(told)
}
