import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DrillFacts, failingService, refusals } from '../../../src/core/drills/admission.ts'
import { type DrillPlan, drillId } from '../../../src/model/drill.ts'
import { stepsOf } from '../../../src/model/drills/steps.ts'
import { guestId, serviceKey } from '../../../src/model/ids.ts'
import { db, h1, h2, mail, plan, view, web, withGuest, withHost } from './world.ts'

const [http, ssh] = ['80/tcp', '22/tcp'].map(serviceKey) as [never, never]

const facts: DrillFacts = {
  ...{ view, running: null, armed: true, self: h1, waitingWithout: () => [], services: [http], breakable: [http] },
  ...{ production: true, confirmed: true },
}

const cases: readonly (readonly [
  why: string,
  plan: Partial<DrillPlan>,
  facts: Partial<DrillFacts>,
  codes: string[],
])[] = [
  ['all is well', {}, {}, []],
  ['another drill', {}, { running: { id: drillId('d1'), host: h2 } }, ['drill-under-way']],
  ['no such guest', { guest: guestId('nobody') }, {}, ['guest-not-known']],
  ['the guest is not ready', {}, { view: withGuest('web', { phase: 'starting' }) }, ['guest-not-ready']],
  ['the guest is being moved', {}, { view: withGuest('web', { moving: true }) }, ['guest-not-ready']],
  ['nobody knows its address', {}, { view: withGuest('web', { address: null }) }, ['no-address']],
  ['another guest is not well', {}, { view: withGuest('mail', { phase: 'waiting' }) }, ['others-not-well']],
  ['a stopped one is well', {}, { view: withGuest('mail', { phase: 'stopped' }) }, []],
  ['a host is away', {}, { view: withHost('h3', { online: false }) }, ['hosts-not-well']],
  ['one host alone', {}, { view: { ...view, hosts: view.hosts.slice(0, 1) } }, ['one-host']],
  ['no such target', { to: guestId('h9') as never }, {}, ['no-such-target']],
  ['people use it, and nobody said yes', {}, { confirmed: false }, ['production']],
  ['nobody uses it', {}, { confirmed: false, production: false }, []],
  ['only measuring', { during: ['nothing'] }, { confirmed: false }, []],
  ['a power cut', { during: ['power-cut'] }, {}, []],
  [
    'no room',
    { during: ['power-cut'] },
    { waitingWithout: (host) => (host === h2 ? [db] : []) },
    ['no-room-after-loss'],
  ],
  ['no device', { during: ['power-cut'] }, { view: withHost('h2', { fenceable: false }) }, ['no-fence-device']],
  ['disarmed', { during: ['power-cut'] }, { armed: false }, ['disarmed']],
  ['a cut of the host that measures', { during: ['power-cut'] }, { self: h2 }, ['measures-there']],
  ['a service', { during: ['service-failure'] }, {}, []],
  ['which service', { during: ['service-failure'] }, { services: [http, ssh] }, ['no-service-named']],
  ['no way to fail', { during: ['service-failure'] }, { breakable: [] }, ['no-way-to-fail']],
  [
    'several reasons are all told',
    { during: ['power-cut'] },
    { armed: false, view: withGuest('mail', { phase: 'failed' }), confirmed: false },
    ['others-not-well', 'disarmed', 'production'],
  ],
]

for (const [why, ofPlan, ofFacts, codes] of cases) {
  test(`admission: ${why}`, () => {
    const found = refusals({ ...plan, ...ofPlan }, { ...facts, ...ofFacts })
    assert.deepEqual(
      found.map(({ code }) => code),
      codes,
    )
  })
}

test('the failing service is the named one, or the only one', () => {
  assert.equal(failingService(plan, [http]), http)
  assert.equal(failingService({ ...plan, service: ssh }, [http, ssh]), ssh)
  assert.equal(failingService({ ...plan, service: ssh }, [http]), null)
})

test('runs are interleaved: what changes in time falls on all alike', () => {
  const steps = stepsOf({ ...plan, measures: ['downtime', 'load'], during: ['nothing', 'reboot'], runs: 2 })
  assert.deepEqual(
    steps.map(({ measure, during, number }) => `${number} ${measure} ${during}`),
    [1, 2].flatMap((number) =>
      ['downtime', 'load'].flatMap((measure) => ['nothing', 'reboot'].map((one) => `${number} ${measure} ${one}`)),
    ),
  )
  assert.ok(mail && web)
})
