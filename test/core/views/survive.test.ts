import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileCluster } from '../../../src/core/graph.ts'
import { admitted, unbearable } from '../../../src/core/views/admission.ts'
import { allThere } from '../../../src/core/views/all-there.ts'
import { planLaunch } from '../../../src/core/views/launch-plan.ts'
import { lossCount, type Survival, survival } from '../../../src/core/views/survive.ts'
import { type ClusterSpec, defaultSettings } from '../../../src/model/cluster.ts'
import { guestId, hostId } from '../../../src/model/ids.ts'
import { viewOf, type WideDraft, wideCluster, wideView } from '../wide.ts'

const small = { memoryMib: 1_100 }

/** `n1: web db` = without n1 these wait. */
function told({ losses }: Survival): string[] {
  return losses.map(({ hosts, waiting }) => {
    return `${hosts.join('+')}:${waiting.map(({ guest }) => ` ${guest}`).join('')}`
  })
}

const tables: readonly [string, WideDraft, number, readonly string[]][] = [
  [
    'room for all',
    { hosts: { n1: {}, n2: {}, n3: {} }, guests: { a: { on: 'n1' }, b: { on: 'n2' } } },
    1,
    ['n1:', 'n2:', 'n3:'],
  ],
  [
    'where not all fit, the higher priority goes first',
    {
      hosts: { n1: small, n2: small },
      guests: { low: { on: 'n1' }, high: { on: 'n1', spec: { priority: 9 } }, mid: { on: 'n2' } },
    },
    1,
    ['n1: low', 'n2: mid'],
  ],
  [
    'a rule that leaves one host is no better than one host',
    {
      hosts: { n1: {}, n2: {} },
      guests: { a: { on: 'n1' } },
      over: { rules: [{ kind: 'hosts', guests: [guestId('a')], hosts: { n1: 0 }, strict: true }] },
    },
    1,
    ['n1: a', 'n2:'],
  ],
  [
    'every pair of hosts',
    { hosts: { n1: small, n2: small, n3: small }, guests: { a: { on: 'n1' }, b: { on: 'n2' }, c: { on: 'n3' } } },
    2,
    ['n1+n2: b', 'n1+n3: c', 'n2+n3: c'],
  ],
  [
    'a host that is lost already is not lost again, and takes nobody',
    { hosts: { n1: small, n2: {}, n3: { lost: true } }, guests: { a: { on: 'n1' } } },
    1,
    ['n1:', 'n2:'],
  ],
  [
    'what is on its way counts where it comes from',
    {
      hosts: { n1: {}, n2: {} },
      guests: { a: { on: 'n1', seat: { move: { to: hostId('n2'), how: 'live', cause: 'rule', serial: 1 } } } },
    },
    1,
    ['n1:', 'n2:'],
  ],
  [
    'a standby takes no room of its own, and its guest as much as the larger of both',
    {
      hosts: { n1: small, n2: small },
      guests: {
        a: { on: 'n1', spec: { standby: guestId('spare'), priority: 1 } },
        spare: { on: null, run: 'absent', spec: { memory: { startMib: 700, runMib: 700, maxMib: 700 } } },
        b: { on: 'n2' },
      },
    },
    1,
    ['n1: a', 'n2: b'],
  ],
  [
    'with a standby no larger than its guest there is room for all',
    {
      hosts: { n1: small, n2: small },
      guests: {
        a: { on: 'n1', spec: { standby: guestId('spare'), priority: 1 } },
        spare: { on: null, run: 'absent', spec: { memory: { startMib: 512, runMib: 512, maxMib: 512 } } },
        b: { on: 'n2' },
      },
    },
    1,
    ['n1:', 'n2:'],
  ],
  [
    'what shall not run needs no place',
    {
      hosts: { n1: small, n2: small },
      guests: { a: { on: 'n1', spec: { wish: 'stopped' } }, b: { on: 'n2' }, c: { on: 'n2' } },
    },
    1,
    ['n1:', 'n2: c'],
  ],
]

for (const [name, draft, count, expected] of tables) {
  test(`survive: ${name}`, () => {
    const found = survival(wideView(draft), count)
    assert.deepEqual(told(found), expected)
    assert.equal(
      found.survives,
      expected.every((line) => line.endsWith(':')),
    )
  })
}

test('why a guest would wait is said of each host that is left', () => {
  const found = survival(wideView({ hosts: { n1: small, n2: { memoryMib: 100 } }, guests: { a: { on: 'n1' } } }), 1)
  assert.deepEqual(found.losses[0]?.waiting, [
    {
      guest: 'a',
      because: {
        code: 'no-place',
        hosts: [{ host: 'n2', why: { code: 'memory', neededMib: 512, freeMib: 100 } }],
      },
    },
  ])
})

test('how many ways there are', () => {
  const cases: [number, number, number][] = [
    [3, 1, 3],
    [3, 3, 1],
    [10, 5, 252],
    [100, 3, 161_700],
    [2, 3, 0],
  ]
  for (const [hosts, count, ways] of cases) assert.equal(lossCount(hosts, count), ways)
})

function bearing(draft: WideDraft, settings: Partial<ClusterSpec['settings']> = {}) {
  const over = { ...draft.over, settings: { ...defaultSettings, survive: 1, ...settings } }
  return wideCluster({ ...draft, over })
}

test('a file is judged as if all its hosts were there, whatever is broken now', () => {
  const draft: WideDraft = {
    hosts: { n1: small, n2: small, n3: { ...small, lost: true } },
    guests: { a: { on: 'n1' }, b: { on: 'n2' } },
  }
  const { compiled, snapshot } = bearing(draft)
  assert.equal(unbearable(compiled, snapshot), null)
  const tooMany: WideDraft = {
    ...draft,
    guests: { ...draft.guests, c: { on: 'n1' }, d: { on: 'n2' }, e: { on: null, spec: memory(512) } },
  }
  const more = bearing(tooMany)
  const found = unbearable(more.compiled, more.snapshot)
  assert.ok(found?.kind === 'loss')
  assert.equal(unbearable(...argumentsOf(bearing(draft, { survive: 0 }))), null)
  const lenient = bearing(tooMany, { survivePolicy: 'warn' })
  assert.equal(unbearable(...argumentsOf(lenient))?.kind, 'loss', 'who only wants to be told is told')
})

test('a launch that would break it is refused with who would wait; one that changes nothing is not', () => {
  const { compiled, snapshot } = bearing({
    hosts: { n1: small, n2: small },
    guests: {
      a: { on: 'n1' },
      b: { on: 'n2' },
      c: { on: 'n2', run: 'stopped', spec: { wish: 'stopped' }, phase: { kind: 'stopped' } },
    },
  })
  const view = viewOf(compiled, snapshot)
  const refused = admitted(view, planLaunch(view, ['c']))
  assert.ok(refused.kind === 'refused')
  assert.deepEqual(refused.fault.details, { why: 'would-not-survive', guests: ['c'], hosts: ['n1'] })
  assert.ok(refused.reasons?.length === 1)
  assert.equal(admitted(view, planLaunch(view, ['a'])).kind, 'planned')
})

test('more losses than a daemon can look at are refused with their number', () => {
  const hosts = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`n${index}`, {}]))
  const { compiled, snapshot } = bearing({ hosts, guests: { a: { on: 'n1' } } }, { survive: 5 })
  assert.deepEqual(unbearable(compiled, snapshot), { kind: 'too-many', count: 5_461_512, limit: 100_000, survive: 5 })
})

test('a file alone: guests are where placement first puts them', () => {
  const { compiled } = wideCluster({
    hosts: { n1: small, n2: small },
    guests: { a: { on: null, spec: memory(1_024) } },
  })
  const view = allThere(compileCluster(compiled.spec), null)
  assert.deepEqual(
    [...view.snapshot.records.values()].map(({ guest, owner }) => [guest, owner]),
    [['a', 'n1']],
  )
  assert.deepEqual(told(survival(view, 1)), ['n1:', 'n2:'])
  assert.deepEqual(told(survival(view, 2)), ['n1+n2: a'])
})

function memory(startMib: number) {
  return { memory: { startMib, runMib: null, maxMib: null } }
}

function argumentsOf({ compiled, snapshot }: ReturnType<typeof bearing>): Parameters<typeof unbearable> {
  return [compiled, snapshot]
}
