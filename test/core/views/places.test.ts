import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planMaintenance } from '../../../src/core/views/maintenance-plan.ts'
import { planMigrate } from '../../../src/core/views/move-plan.ts'
import { planRebalance } from '../../../src/core/views/rebalance-plan.ts'
import type { Refusal, WishPlan } from '../../../src/core/views/wish-plan.ts'
import { changedWish } from '../../../src/core/views/wish-plan.ts'
import type { RuleSpec } from '../../../src/model/cluster.ts'
import { guestId, hostId, wallTime } from '../../../src/model/ids.ts'
import { noWish } from '../../../src/model/wish.ts'
import { viewOf, type WideDraft, wideCluster, wideView } from '../wide.ts'

const three = { n1: {}, n2: {}, n3: {} }
const ids = (...names: string[]) => names.map(guestId)
const apart = (...names: string[]): RuleSpec => ({ kind: 'apart', guests: ids(...names), strict: true })
const together = (...names: string[]): RuleSpec => ({ kind: 'together', guests: ids(...names), strict: true })
const onlyOn = (guest: string, ...hosts: string[]): RuleSpec => ({
  ...{ kind: 'hosts', guests: ids(guest), strict: true },
  hosts: Object.fromEntries(hosts.map((host) => [host, 0])),
})

/** `web n1 > n2 live`, or `refused CODE: web rule-hosts`. */
function told(plan: WishPlan | Refusal): string[] {
  const reasons = (plan.kind === 'refused' ? plan.reasons : plan.stays) ?? []
  const why = reasons.map(({ guest, because }) => {
    if (because.code === 'move-refused') return `${guest} ${because.why.code}`
    if (because.code !== 'no-place') return `${guest} ${because.code}`
    return `${guest} ${because.hosts.map((one) => `${one.host}:${one.why.code}`).join(' ')}`
  })
  if (plan.kind === 'refused') return [`refused ${plan.fault.details.why ?? plan.fault.code}`, ...why]
  const moves = (plan.moves ?? []).map(({ guest, from, to, how }) => `${guest} ${from} > ${to} ${how}`)
  return [...moves, ...why]
}

const migrations: readonly [string, WideDraft, Parameters<typeof planMigrate>[1], readonly string[]][] = [
  [
    'to a host',
    { hosts: three, guests: { web: { on: 'n1' } } },
    { guests: ['web'], to: 'n2', cold: false },
    ['web n1 > n2 live'],
  ],
  [
    'stopped and started where it is asked, or where the guest cannot do otherwise',
    { hosts: three, guests: { web: { on: 'n1', spec: { liveMigration: false } } } },
    { guests: ['web'], to: 'n2', cold: false },
    ['web n1 > n2 cold'],
  ],
  [
    'to the best place: the emptiest host that may take it',
    { hosts: three, guests: { web: { on: 'n1' }, db: { on: 'n2' } } },
    { guests: ['web'], to: null, cold: false },
    ['web n1 > n3 live'],
  ],
  [
    'a strict group goes as a whole',
    { hosts: three, guests: { web: { on: 'n1' }, db: { on: 'n1' } }, over: { rules: [together('web', 'db')] } },
    { guests: ['web'], to: 'n2', cold: false },
    ['db n1 > n2 live', 'web n1 > n2 live'],
  ],
  [
    'refused: a rule keeps it off the host',
    { hosts: three, guests: { web: { on: 'n1' } }, over: { rules: [onlyOn('web', 'n1', 'n3')] } },
    { guests: ['web'], to: 'n2', cold: false },
    ['refused cannot-move', 'web rule-hosts'],
  ],
  [
    'refused: apart from one that is there, and nothing of it is done',
    {
      hosts: three,
      guests: { db: { on: 'n1' }, web: { on: 'n1' }, mail: { on: 'n2' } },
      over: { rules: [apart('web', 'mail')] },
    },
    { guests: ['db', 'web'], to: 'n2', cold: false },
    ['refused cannot-move', 'web rule-apart'],
  ],
  [
    'refused: no room',
    { hosts: { ...three, n2: { memoryMib: 600 } }, guests: { web: { on: 'n1', memoryMib: 512 }, db: { on: 'n2' } } },
    { guests: ['web'], to: 'n2', cold: false },
    ['refused cannot-move', 'web memory'],
  ],
  [
    'refused: nowhere to go, said of each host',
    {
      hosts: { ...three, n3: { memoryMib: 100 } },
      guests: { web: { on: 'n1' } },
      over: { rules: [onlyOn('web', 'n1', 'n3')] },
    },
    { guests: ['web'], to: null, cold: false },
    ['refused cannot-move', 'web n2:rule-hosts n3:memory'],
  ],
  [
    'refused: its host is silent, so nobody knows whether it runs',
    { hosts: { ...three, n1: { silentMs: 5_000 } }, guests: { web: { on: 'n1' } } },
    { guests: ['web'], to: 'n2', cold: false },
    ['refused cannot-move', 'web host-silent'],
  ],
  [
    'refused: the host is silent',
    { hosts: { ...three, n2: { silentMs: 20_000 } }, guests: { web: { on: 'n1' } } },
    { guests: ['web'], to: 'n2', cold: false },
    ['refused cannot-move', 'web not-there'],
  ],
  [
    'refused: it is on its way',
    {
      hosts: three,
      guests: { web: { on: 'n1', seat: { move: { to: hostId('n3'), how: 'live', cause: 'rule', serial: 1 } } } },
    },
    { guests: ['web'], to: 'n2', cold: false },
    ['refused cannot-move', 'web moving'],
  ],
  ['already there', { hosts: three, guests: { web: { on: 'n1' } } }, { guests: ['web'], to: 'n1', cold: false }, []],
  [
    'no such host',
    { hosts: three, guests: { web: { on: 'n1' } } },
    { guests: ['web'], to: 'n4', cold: false },
    ['refused host-unknown'],
  ],
]

for (const [name, draft, order, expected] of migrations) {
  test(`migrate: ${name}`, () => {
    const plan = planMigrate(wideView(draft), order)
    assert.deepEqual(told(plan), expected)
    if (plan.kind === 'refused') return
    // What is allowed here is what the leader will do: with the wishes written, nothing is refused.
    for (const change of plan.changes.values()) assert.ok(change.move)
  })
}

test('maintenance: who goes where, and who cannot and why', () => {
  const draft: WideDraft = {
    hosts: { n1: {}, n2: {}, n3: { memoryMib: 700 } },
    guests: {
      web: { on: 'n1' },
      db: { on: 'n1', spec: { liveMigration: false } },
      fat: { on: 'n1', memoryMib: 20_000 },
      own: { on: 'n1', spec: { wish: 'ignored' }, phase: { kind: 'ignored' } },
      off: { on: 'n1', run: 'stopped', spec: { wish: 'stopped' }, phase: { kind: 'stopped' } },
      far: { on: 'n2' },
    },
  }
  const view = wideView(draft)
  const refused = planMaintenance(view, { host: 'n1', on: true, force: false })
  assert.deepEqual(told(refused), ['refused cannot-empty', 'fat n2:memory n3:memory', 'own wish-ignored'])
  const forced = planMaintenance(view, { host: 'n1', on: true, force: true })
  assert.deepEqual(told(forced), ['db n1 > n3 cold', 'web n1 > n2 live', 'fat n2:memory n3:memory', 'own wish-ignored'])
  assert.ok(forced.kind === 'planned')
  assert.deepEqual(forced.hostChanges, new Map([['n1', { maintenance: true }]]))
})

test('maintenance off: those that were sent away go home', () => {
  const { compiled, snapshot } = wideCluster({
    hosts: three,
    guests: { web: { on: 'n2', seat: { home: hostId('n1') } } },
  })
  const wish = { downInBoot: null, maintenance: true, by: 'ana', at: wallTime(0) }
  const view = viewOf(compiled, { ...snapshot, hostWishes: new Map([[hostId('n1'), wish]]) })
  assert.deepEqual(told(planMaintenance(view, { host: 'n1', on: false, force: false })), ['web n2 > n1 live'])
  const again = planMaintenance(view, { host: 'n1', on: true, force: false })
  assert.ok(again.kind === 'planned' && again.hostChanges?.size === 0)
})

const guestsOn = (places: string) =>
  Object.fromEntries(places.split(' ').map((place) => [place.split('@')[0]!, { on: place.split('@')[1]! }]))

const balances: readonly [string, WideDraft, readonly string[]][] = [
  ['even already', { hosts: three, guests: guestsOn('a@n1 b@n2 c@n3') }, []],
  ['one more than another is even', { hosts: three, guests: guestsOn('a@n1 b@n1 c@n2 d@n3') }, []],
  [
    'from the fullest to the emptiest, no move too many',
    { hosts: three, guests: guestsOn('a@n1 b@n1 c@n1 d@n1') },
    ['a n1 > n2 live', 'b n1 > n3 live'],
  ],
  [
    'rules are kept: who may not go stays',
    { hosts: three, guests: guestsOn('a@n1 b@n1 c@n1'), over: { rules: [onlyOn('a', 'n1'), apart('b', 'c')] } },
    ['b n1 > n2 live', 'c n1 > n3 live'],
  ],
  [
    'by way of a third host where nobody may go straight',
    {
      hosts: three,
      guests: guestsOn('a@n1 b@n1 c@n2'),
      over: { rules: [onlyOn('a', 'n1', 'n2'), onlyOn('b', 'n1', 'n2')] },
    },
    ['a n1 > n2 live', 'c n2 > n3 live'],
  ],
  [
    'what would go back is not moved',
    {
      hosts: three,
      guests: guestsOn('a@n1 b@n1 c@n1'),
      over: { rules: [{ kind: 'hosts', guests: ids('a', 'b', 'c'), hosts: { n1: 1 }, strict: false }] },
    },
    [],
  ],
  [
    'a silent host gets nothing',
    { hosts: { ...three, n2: { silentMs: 20_000 } }, guests: guestsOn('a@n1 b@n1 c@n1') },
    ['a n1 > n3 live'],
  ],
  [
    'a group goes as a whole, or not at all',
    { hosts: three, guests: guestsOn('a@n1 b@n1 c@n2'), over: { rules: [together('a', 'b')] } },
    [],
  ],
]

for (const [name, draft, expected] of balances) {
  test(`rebalance: ${name}`, () => {
    assert.deepEqual(told(planRebalance(wideView(draft))), expected)
  })
}

test('a move grows its own serial and no other; only the newest command says whether it clears', () => {
  const at = wallTime(5)
  const moved = changedWish(noWish, { move: { to: hostId('n2'), how: 'live' } }, 'ana', at)
  assert.deepEqual([moved.moveSerial, moved.launchSerial], [1, 0])
  const cleared = changedWish(moved, { state: null, command: true, clears: true }, 'ana', at)
  assert.deepEqual([cleared.clears, cleared.launchSerial, cleared.moveSerial], [true, 1, 1])
  assert.equal(changedWish(cleared, { watch: false }, 'ana', at).clears, true)
  assert.equal(changedWish(cleared, { state: 'stopped', command: true }, 'ana', at).clears, undefined)
})

test('one host: nothing of this applies', () => {
  const { compiled, snapshot } = wideCluster({ hosts: { n1: {} }, guests: { web: { on: 'n1' } } })
  const alone = viewOf(compiled, { ...snapshot, members: null })
  for (const plan of [
    planMigrate(alone, { guests: ['web'], to: null, cold: false }),
    planMaintenance(alone, { host: 'n1', on: true, force: false }),
    planRebalance(alone),
  ]) {
    assert.ok(plan.kind === 'refused')
    assert.equal(plan.fault.code, 'needs-several-hosts')
  }
})
