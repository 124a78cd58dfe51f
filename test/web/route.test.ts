import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { periods } from '../../src/web/reports/period.ts'
import { guestTabs, hrefOf, parseRoute, planSources, type Route, settingsSections } from '../../src/web/state/route.ts'

test('every place has an address of its own that leads back to it', () => {
  const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => !/^\.{1,2}$/.test(text))
  const plain = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,10}$/)
  const route: fc.Arbitrary<Route> = fc.oneof(
    fc.record({ page: fc.constant('now' as const), guest: fc.option(name), view: fc.constantFrom('graph', 'table') }),
    fc.record({ page: fc.constant('host' as const), host: name }),
    fc.record({ page: fc.constant('guest' as const), guest: name, tab: fc.constantFrom(...guestTabs) }),
    fc.record({ page: fc.constant('events' as const), guest: fc.option(name), words: fc.array(plain) }),
    fc.record({ page: fc.constant('what-if' as const), lose: fc.array(plain) }),
    fc
      .record({
        page: fc.constant('availability' as const),
        period: fc.constantFrom(...periods),
        from: fc.option(plain),
        to: fc.option(plain),
        group: fc.option(plain),
        promised: fc.option(plain),
      })
      .map((there) => (there.period === 'own' ? there : { ...there, from: null, to: null })),
    fc.record({ page: fc.constant('drills' as const), guest: fc.option(name) }),
    fc.record({ page: fc.constant('drill' as const), drill: name }),
    fc.record({ page: fc.constant('plan' as const), of: fc.constantFrom(...planSources) }),
    fc.record({ page: fc.constant('settings' as const), section: fc.constantFrom(...settingsSections) }),
    fc.constantFrom<Route>({ page: 'hosts' }, { page: 'guests' }, { page: 'tasks' }, { page: 'create' }),
  )
  fc.assert(fc.property(route, (there) => assert.deepEqual(parseRoute(hrefOf(there)), { ...there })))
})

test('any address is some place', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseRoute(`/${text}`)
    }),
  )
  assert.deepEqual(parseRoute('/nowhere'), { page: 'unknown', path: '/nowhere' })
  assert.deepEqual(parseRoute('/guests/web/no-such-tab'), { page: 'guest', guest: 'web', tab: 'overview' })
  // What comes by a one-time link stays behind the #.
  assert.deepEqual(parseRoute('/console-link#secret'), { page: 'link' })
})
