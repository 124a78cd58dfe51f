import assert from 'node:assert/strict'
import { test } from 'node:test'
import { notRestored, restoreStep } from '../../../src/core/drills/restore.ts'
import { disturbedBy, strayed } from '../../../src/core/drills/well.ts'
import { type DrillDeeds, type DrillView, noDeeds } from '../../../src/model/drill.ts'
import { serviceKey } from '../../../src/model/ids.ts'
import { h2, h3, plan, view, withGuest, withHost } from './world.ts'

const cut: DrillDeeds = { cut: h2, broke: null }
const broke: DrillDeeds = { cut: null, broke: serviceKey('80/tcp') }

const steps: readonly (readonly [why: string, now: DrillView, deeds: DrillDeeds, expected: string])[] = [
  ['nothing happened', view, noDeeds, 'done'],
  ['a service is broken', withGuest('web', { host: h3 }), broke, 'mend 80/tcp'],
  ['a host is off', withHost('h2', { online: false }), cut, 'power-on h2'],
  ['the host is back, a guest is still elsewhere', withGuest('web', { host: h3 }), cut, 'move web'],
  ['a guest is down', withGuest('web', { phase: 'stopped', wish: 'stopped' }), noDeeds, 'launch web'],
  ['a guest was given up', withGuest('web', { phase: 'failed' }), noDeeds, 'launch web'],
  ['it was launched and has not begun', withGuest('web', { phase: 'stopped', wish: 'running' }), noDeeds, 'wait web'],
  ['a guest boots', withGuest('web', { phase: 'starting', host: h3 }), noDeeds, 'wait web'],
  ['a guest is on its way', withGuest('web', { moving: true }), noDeeds, 'wait web'],
  ['another host is away', withHost('h3', { online: false }), noDeeds, 'wait h3'],
  ['a guest is elsewhere', withGuest('web', { host: h3 }), noDeeds, 'move web'],
  ['a wish is left', withGuest('web', { wish: 'running' }), noDeeds, 'unwish web'],
  ['the place comes before the wish', withGuest('web', { wish: 'running', host: h3 }), noDeeds, 'move web'],
]

for (const [why, now, deeds, expected] of steps) {
  test(`restore: ${why}`, () => {
    const step = restoreStep(view, now, deeds)
    const subject =
      'guest' in step
        ? step.guest
        : 'host' in step
          ? step.host
          : 'service' in step
            ? step.service
            : step.kind === 'wait'
              ? step.because.subjects.join()
              : ''
    assert.equal(`${step.kind} ${subject}`.trim(), expected)
  })
}

test('a wish that was there before stays, and a guest that was down is left down', () => {
  const before = withGuest('web', { wish: 'running' }, withGuest('mail', { phase: 'stopped', wish: 'stopped' }))
  assert.equal(restoreStep(before, before, noDeeds).kind, 'done')
})

test('what is not as before is named', () => {
  assert.deepEqual(notRestored(view, withHost('h3', { online: false }, withGuest('web', { host: h3 }))), ['web', 'h3'])
  assert.deepEqual(notRestored(view, view), [])
})

test('whom a disturbance may hit', () => {
  const hit = (during: Parameters<typeof disturbedBy>[0], guest: string): string[] =>
    [...disturbedBy(during, { guest: guest as never }, view)].sort()
  assert.deepEqual(hit('nothing', 'db'), [])
  assert.deepEqual(hit('reboot', 'db'), ['db', 'web'])
  assert.deepEqual(hit('reboot', 'web'), ['web'])
  assert.deepEqual(hit('power-cut', 'web'), ['db', 'web'])
})

test('what the drill did not do ends it', () => {
  const hit = disturbedBy('reboot', plan, view)
  assert.equal(strayed(view, withGuest('web', { phase: 'stopped' }), hit, noDeeds), null)
  assert.deepEqual(strayed(view, withGuest('mail', { phase: 'silent' }), hit, noDeeds), {
    ...{ code: 'guest-left', guest: 'mail', was: 'ready', is: 'silent' },
  })
  assert.equal(strayed(view, withGuest('mail', { host: h2 }), hit, noDeeds)?.code, 'guest-went')
  assert.equal(strayed(view, withHost('h2', { online: false, gone: true }), hit, noDeeds)?.code, 'host-left')
  assert.equal(strayed(view, withHost('h2', { online: false }), hit, noDeeds), null, 'it is only late')
  assert.equal(strayed(view, withHost('h2', { online: false, gone: true }), hit, cut), null)
  assert.equal(strayed(view, { ...view, guests: view.guests.slice(0, 1) }, hit, noDeeds)?.code, 'guest-left')
})
