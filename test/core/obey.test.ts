import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Deeds, noDeeds } from '../../src/core/deeds.ts'
import { nextStep } from '../../src/core/obey.ts'
import type { Wanted } from '../../src/model/assignment.ts'
import { defaultGuestPolicy } from '../../src/model/guest.ts'
import { guestId, hostId, instant } from '../../src/model/ids.ts'
import type { RunState } from '../../src/model/observation.ts'

const policy = { ...defaultGuestPolicy, shutdownLimitMs: 60_000 }
const at = 100_000

function step(wanted: Wanted, run: RunState, deeds: Partial<Deeds> = {}, more: { memory?: [number, number] } = {}) {
  const assignment = {
    guest: guestId('a'),
    host: hostId('h1'),
    wanted,
    epoch: 1,
    generation: 3,
    memoryMib: more.memory?.[0] ?? null,
    because: { code: 'wish-running' as const },
  }
  const next = nextStep(assignment, run, more.memory?.[1] ?? null, { ...noDeeds, ...deeds }, policy, instant(at))
  return next.kind === 'nothing' ? (next.againInMs ?? 'rest') : next.kind
}

const stopping = (sinceMs: number, askedMs: number): Partial<Deeds> => ({
  stopSince: instant(at - sinceMs),
  askedAt: instant(at - askedMs),
})

const table: [string, ReturnType<typeof step>, ReturnType<typeof step>][] = [
  ['unknown: nothing is done (S7)', step('stopped', 'unknown'), 'rest'],
  ['as it is: nothing is done', step('as-is', 'stopped'), 'rest'],
  ['running and down: start', step('running', 'stopped'), 'start'],
  ['absent is down', step('running', 'absent'), 'start'],
  ['a generation is tried once', step('running', 'stopped', { triedGeneration: 3 }), 'rest'],
  ['an older try does not count', step('running', 'stopped', { triedGeneration: 2 }), 'start'],
  ['running as wanted: rest', step('running', 'running'), 'rest'],
  ['paused, wanted running: resume', step('running', 'paused'), 'resume'],
  [
    'a resume that did not take: not at once again',
    step('running', 'paused', { resumedAt: instant(at - 1_000) }),
    4_000,
  ],
  ['memory off its target: set', step('running', 'running', {}, { memory: [300, 512] }), 'set-memory'],
  ['memory near its target: rest', step('running', 'running', {}, { memory: [300, 303] }), 'rest'],
  [
    'a balloon that moves slowly is left to move',
    step('running', 'running', { memoryAt: instant(at - 10_000), memoryAskedMib: 300 }, { memory: [300, 512] }),
    20_000,
  ],
  ['paused wanted, running: suspend', step('paused', 'running'), 'suspend'],
  ['paused wanted, down: nothing to pause', step('paused', 'stopped'), 'rest'],
  ['stop: asked first', step('stopped', 'running'), 'shutdown'],
  ['a paused guest is resumed first', step('stopped', 'paused'), 'resume'],
  [
    'one that cannot be resumed is not waited for longer either',
    step('stopped', 'paused', stopping(60_000, 0)),
    'destroy',
  ],
  ['asked: wait', step('stopped', 'running', stopping(1_000, 1_000)), 9_000],
  ['asked again after a while', step('stopped', 'running', stopping(10_000, 10_000)), 'shutdown'],
  ['the limit ends the wait', step('stopped', 'running', stopping(55_000, 0)), 5_000],
  ['limit over: force', step('stopped', 'running', stopping(60_000, 0)), 'destroy'],
  [
    'force failed: told, not tried for ever',
    step('stopped', 'running', { ...stopping(60_000, 0), destroyFailed: true }),
    'refuse-stop',
  ],
  ['down as wanted: rest', step('stopped', 'absent'), 'rest'],
]

for (const [name, got, expected] of table) test(name, () => assert.equal(got, expected))

test('no force where the policy says so', () => {
  const assignment = {
    guest: guestId('a'),
    host: hostId('h1'),
    wanted: 'stopped' as const,
    epoch: 1,
    generation: 1,
    memoryMib: null,
    because: { code: 'wish-stopped' as const },
  }
  const gentle = { ...policy, onRefusedShutdown: 'fail' as const }
  const deeds = { ...noDeeds, ...stopping(60_000, 0) }
  assert.equal(nextStep(assignment, 'running', null, deeds, gentle, instant(at)).kind, 'refuse-stop')
})
