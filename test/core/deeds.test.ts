import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterFailure, begun, type Deeds, noDeeds, type Step, underNewOrder } from '../../src/core/deeds.ts'
import type { Wanted } from '../../src/model/assignment.ts'
import { Fault, type FaultCode } from '../../src/model/fault.ts'
import { hostId, instant } from '../../src/model/ids.ts'

const now = instant(9_000)
const earlier = instant(1_000)
const to = hostId('h2')

/** What a step adds to what was remembered. */
function added(step: Step, before: Partial<Deeds> = {}, wanted: Wanted | null = 'running') {
  return changes({ ...noDeeds, ...before }, begun(step, { ...noDeeds, ...before }, wanted, now))
}

function failed(step: Step, code: FaultCode, before: Partial<Deeds> = {}) {
  const deeds = { ...noDeeds, ...before }
  return changes(deeds, afterFailure(step, deeds, new Fault(code, 'not-done', {}).data))
}

function changes(before: Deeds, after: Deeds): Partial<Deeds> {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name as keyof Deeds] !== value))
}

const start: Step = { kind: 'start', generation: 4 }

const table: [string, Partial<Deeds>, Partial<Deeds>][] = [
  ['a start is a try', added(start), { triedGeneration: 4 }],
  ['a move has begun', added({ kind: 'migrate', to, serial: 2 }), { movingAt: now }],
  ['an end was asked for', added({ kind: 'cancel-move', to, serial: 2 }), { cancelledAt: now }],
  ['settling is paced', added({ kind: 'settle', generation: 4 }), { settlingAt: now }],
  ['the first request begins the stop', added({ kind: 'shutdown' }), { stopSince: now, askedAt: now }],
  ['the next one does not', added({ kind: 'shutdown' }, { stopSince: earlier, askedAt: earlier }), { askedAt: now }],
  ['a resume is paced', added({ kind: 'resume' }), { resumedAt: now }],
  ['one on the way down begins the stop', added({ kind: 'resume' }, {}, 'stopped'), { resumedAt: now, stopSince: now }],
  [
    'one within a stop does not begin it anew',
    added({ kind: 'resume' }, { stopSince: earlier }, 'stopped'),
    { resumedAt: now },
  ],
  ['a suspend is paced', added({ kind: 'suspend' }), { suspendedAt: now }],
  ['memory', added({ kind: 'set-memory', memoryMib: 512 }), { memoryAt: now, memoryAskedMib: 512 }],
  ['force leaves nothing to remember', added({ kind: 'destroy' }), {}],

  ['a start that failed was a try', failed(start, 'hypervisor-error', { triedGeneration: 4 }), {}],
  [
    'one that could not be asked for was none',
    failed(start, 'hypervisor-absent', { triedGeneration: 4 }),
    { triedGeneration: 3 },
  ],
  [
    'nor where the connection was lost',
    failed(start, 'hypervisor-lost', { triedGeneration: 4 }),
    { triedGeneration: 3 },
  ],
  ['force that failed', failed({ kind: 'destroy' }, 'hypervisor-error'), { destroyFailed: true }],
  ['force that could not be asked for did not fail', failed({ kind: 'destroy' }, 'hypervisor-lost'), {}],
]

for (const [name, got, expected] of table) test(name, () => assert.deepEqual(got, expected))

test('another order ends what was done towards the old one, and forgets no try, move or balloon', () => {
  const past = { stopSince: earlier, askedAt: earlier, destroyFailed: true, resumedAt: earlier, suspendedAt: earlier }
  const kept = {
    ...{ triedGeneration: 3, movedSerial: 2, movingAt: earlier, cancelledAt: earlier, settledGeneration: 3 },
    ...{ settlingAt: earlier, memoryAt: earlier, memoryAskedMib: 512 },
  }
  assert.deepEqual(underNewOrder({ ...past, ...kept }), { ...noDeeds, ...kept })
})
