import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestData, nothingExpected } from '../../../src/core/views/status.ts'
import { hostId, instant } from '../../../src/model/ids.ts'
import type { Phase } from '../../../src/model/phase.ts'
import { type WideDraft, type WideGuest, type WideHost, wideView } from '../wide.ts'

/** How `web` on n3 is shown. */
function shown(host: WideHost, web: Partial<WideGuest>, members: WideDraft['members'] = {}): string {
  const view = wideView({ hosts: { n1: {}, n2: {}, n3: host }, guests: { web: { on: 'n3', ...web } }, members })
  const { state, phase, because } = guestData(view, view.sights[0]!, nothingExpected)
  // Who reads the one must not be told something else by the other.
  assert.equal(phase.kind === 'waiting', state === 'waiting')
  return `${state}: ${because.code}`
}

const silent: WideHost = { silentMs: 30_000 }
const busy: readonly Phase[] = [
  { kind: 'ready' },
  { kind: 'starting', resumed: false },
  { kind: 'paused' },
  { kind: 'stopping', next: 'stopped' },
  { kind: 'stopping', next: 'start' },
]
const atRest: readonly (readonly [Phase, string])[] = [
  [{ kind: 'stopped' }, 'stopped'],
  [{ kind: 'held-down' }, 'stopped'],
  [{ kind: 'failed' }, 'failed'],
  [{ kind: 'ignored' }, 'stopped'],
]

test('whatever a guest was doing when its host fell silent, it is shown as waiting for that host (S7)', () => {
  for (const phase of busy) assert.equal(shown(silent, { phase }), 'waiting: host-silent', phase.kind)
  const move = { to: hostId('n1'), how: 'live', cause: 'operator', serial: 1 } as const
  assert.equal(shown(silent, { phase: { kind: 'ready' }, seat: { move } }), 'waiting: host-silent')
})

test('while a host is waited for that was not heard of since a cold start, its guests are no more than waited for (S15)', () => {
  const members = { begunAt: instant(960_000) }
  for (const phase of busy)
    assert.equal(shown({ ...silent, renewed: false }, { phase }, members), 'waiting: host-unseen')
  for (const [phase, state] of atRest)
    assert.equal(shown({ ...silent, renewed: false }, { phase }, members), `${state}: runs`)
  // One that has just begun to look, and reads what the host told of its guests.
  assert.equal(shown({ renewed: false }, { phase: { kind: 'ready' } }, members), 'running: runs')
})

test('what is gone where it was, and was on its way to a silent host, waits for that one', () => {
  const move = { to: hostId('n3'), how: 'live', cause: 'maintenance', serial: 1 } as const
  const hosts = { n1: {}, n2: {}, n3: silent }
  for (const [run, expected] of [
    ['absent', 'waiting'],
    ['running', 'running'],
  ] as const) {
    const web: WideGuest = { on: 'n1', run, phase: { kind: 'ready' }, seat: { move } }
    const view = wideView({ hosts, guests: { web } })
    assert.equal(guestData(view, view.sights[0]!, nothingExpected).state, expected)
  }
})

test('what waits already says for what its leader has it wait', () => {
  const because = { code: 'no-place', hosts: [] } as const
  assert.equal(shown(silent, { phase: { kind: 'waiting', notBefore: null }, because }), 'waiting: no-place')
})

test('what was down for certain, or nobody looks after, is shown as it was', () => {
  for (const [phase, state] of atRest) assert.equal(shown(silent, { phase }), `${state}: runs`, phase.kind)
})

test('a host that was silent for no longer than its lease, or is proven dead, is no such reason', () => {
  assert.equal(shown({ silentMs: 9_000 }, { phase: { kind: 'ready' } }), 'running: runs')
  assert.equal(shown({ silentMs: 30_000, lost: true }, { phase: { kind: 'ready' } }), 'running: runs')
})
