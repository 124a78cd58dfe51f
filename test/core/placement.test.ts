import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PlacedGuest, type PlacementHost, place } from '../../src/core/placement.ts'
import type { RuleSpec } from '../../src/model/cluster.ts'
import { guestId, hostId } from '../../src/model/ids.ts'
import { down, gone, host, left, n1, n2, n3, only, rather, rule, sayings, up } from './placed-guests.ts'

interface Row {
  readonly claim: string
  readonly guests: readonly PlacedGuest[]
  readonly hosts?: readonly PlacementHost[]
  readonly rules?: readonly RuleSpec[]
  readonly places: Readonly<Record<string, string>>
}

const table: readonly Row[] = [
  {
    claim: 'who runs well stays, however uneven it is',
    guests: [up('a', 'n1'), up('b', 'n1'), up('c', 'n1')],
    places: { a: 'n1', b: 'n1', c: 'n1' },
  },
  {
    claim: 'who runs nowhere goes where fewer guests are, then by the id of the host',
    guests: [up('a', 'n1'), down('b'), down('c'), down('d')],
    places: { a: 'n1', b: 'n2 (first)', c: 'n3 (first)', d: 'n1 (first)' },
  },
  {
    claim: 'who is down and may start anywhere starts where it was',
    guests: [up('a', 'n2'), up('b', 'n2'), down('c', 'n2')],
    places: { a: 'n2', b: 'n2', c: 'n2' },
  },
  {
    claim: 'the guests of a host that is gone spread over the others, the most important first',
    guests: [down('a', 'n1', { priority: 1 }), down('b', 'n1', { priority: 9 }), down('c', 'n1'), up('d', 'n3')],
    hosts: [host('n1', gone), n2, n3],
    places: { a: 'n2 (host-lost)', b: 'n2 (host-lost)', c: 'n3 (host-lost)', d: 'n3' },
  },
  {
    claim: 'a host under maintenance is left by what runs there, and by what is down there',
    guests: [up('a', 'n1'), down('b', 'n1'), up('c', 'n2'), up('d', 'n2')],
    hosts: [host('n1', left), n2, n3],
    places: { a: 'n3 (maintenance)', b: 'n3 (maintenance)', c: 'n2', d: 'n2' },
  },
  {
    claim: 'a host that is silent keeps what runs there and gets nothing new',
    guests: [up('a', 'n1'), down('b')],
    hosts: [host('n1', { accepts: false, refusal: { code: 'not-there' } }), host('n2', gone)],
    places: { a: 'n1', b: 'nowhere: n1 not-there, n2 not-there' },
  },
  {
    claim: 'a strict hosts rule is kept, whatever else would be better',
    guests: [down('a'), up('b', 'n3')],
    rules: [only(['a'], 'n3'), rather(['a'], { n1: 9 })],
    places: { a: 'n3 (first)', b: 'n3' },
  },
  {
    claim: 'who runs where a strict rule forbids it moves',
    guests: [up('a', 'n1')],
    rules: [only(['a'], 'n2')],
    places: { a: 'n2 (rule)' },
  },
  {
    claim: 'a strict hosts rule without a host that takes guests: nowhere, and each host says why',
    guests: [down('a')],
    hosts: [n1, host('n2', gone)],
    rules: [only(['a'], 'n2')],
    places: { a: 'nowhere: n1 rule-hosts, n2 not-there' },
  },
  {
    claim: 'two that are kept apart start on two hosts',
    guests: [down('a', 'n1'), down('b', 'n1')],
    rules: [rule('apart', 'a', 'b')],
    places: { a: 'n1', b: 'n2 (rule)' },
  },
  {
    claim: 'of two that run together against a rule one moves, and only one',
    guests: [up('a', 'n1'), up('b', 'n1')],
    rules: [rule('apart', 'a', 'b')],
    places: { a: 'n1', b: 'n2 (rule)' },
  },
  {
    claim: 'with too few hosts the last of those kept apart waits, and says whom it must not meet',
    guests: [up('a', 'n1'), up('b', 'n2'), down('c')],
    hosts: [n1, n2],
    rules: [rule('apart', 'a', 'b', 'c')],
    places: { a: 'n1', b: 'n2', c: 'nowhere: n1 rule-apart, n2 rule-apart' },
  },
  {
    claim: 'nobody comes to where one whom it must not meet still is, or is on its way to',
    guests: [up('a', 'n1', { fixed: true, alsoAt: hostId('n2') }), down('b')],
    rules: [rule('apart', 'a', 'b')],
    places: { a: 'n1', b: 'n3 (first)' },
  },
  {
    claim: 'those kept together go as one to where there is room for all',
    guests: [down('a', null, { memoryMib: 60 }), down('b', null, { memoryMib: 60 })],
    hosts: [host('n1', { usableMib: 100 }), host('n2', { usableMib: 120 })],
    rules: [rule('together', 'a', 'b')],
    places: { a: 'n2 (first)', b: 'n2 (first)' },
  },
  {
    claim: 'together rules that share a guest are one group',
    guests: [up('a', 'n1'), up('b', 'n2'), up('c', 'n1')],
    rules: [rule('together', 'a', 'b'), rule('together', 'b', 'c')],
    places: { a: 'n1', b: 'n1 (rule)', c: 'n1' },
  },
  {
    claim: 'a person who moves one of a group moves the group',
    guests: [up('a', 'n1', { wants: 'n2' }), up('b', 'n1')],
    rules: [rule('together', 'a', 'b')],
    places: { a: 'n2 (operator)', b: 'n2 (with-group)' },
  },
  {
    claim: 'while one of a group is on its way the others follow it',
    guests: [up('a', 'n1', { fixed: true, alsoAt: hostId('n2') }), up('b', 'n1'), down('c')],
    rules: [rule('together', 'a', 'b', 'c')],
    places: { a: 'n1', b: 'n2 (with-group)', c: 'n2 (with-group)' },
  },
  {
    claim: 'while nothing is known of one of a group, the others stay where they run',
    guests: [up('a', 'n1', { fixed: true }), up('b', 'n2')],
    rules: [rule('together', 'a', 'b')],
    places: { a: 'n1', b: 'n2' },
  },
  {
    claim: 'rules that want the same guests together and apart let neither run',
    guests: [down('a'), down('b')],
    hosts: [n1],
    rules: [rule('together', 'a', 'b'), rule('apart', 'a', 'b')],
    places: { a: 'nowhere: n1 rule-apart', b: 'nowhere: n1 rule-apart' },
  },
  {
    claim: 'the one that is down of two such guests does not start beside the other',
    guests: [up('a', 'n1'), down('b', 'n1')],
    hosts: [n1],
    rules: [rule('together', 'a', 'b'), rule('apart', 'a', 'b')],
    places: { a: 'nowhere: n1 rule-apart', b: 'nowhere: n1 rule-apart' },
  },
  {
    claim: 'one that is down does not start where one runs that it must not meet, though its group runs there',
    guests: [up('a', 'n1'), down('b', 'n1'), up('c', 'n1')],
    rules: [rule('together', 'a', 'b'), rule('apart', 'b', 'c')],
    places: { a: 'n2 (rule)', b: 'n2 (rule)', c: 'n1' },
  },
  {
    claim: 'strict rules that share no host let it run nowhere',
    guests: [down('a')],
    hosts: [n1, n2],
    rules: [only(['a'], 'n1'), only(['a'], 'n2')],
    places: { a: 'nowhere: n1 rule-hosts, n2 rule-hosts' },
  },
  {
    claim: 'a higher number is preferred, a listed 0 to what is not listed',
    guests: [down('a'), down('b'), down('c')],
    rules: [rather(['a'], { n1: 1, n2: 2 }), rather(['b'], { n3: 0 }), rather(['c'], { n2: 0, n3: 0 })],
    places: { a: 'n2 (first)', b: 'n3 (first)', c: 'n2 (first)' },
  },
  {
    claim: 'with failback a guest returns to a better host, without it stays',
    guests: [up('a', 'n1'), up('b', 'n1', { failback: false })],
    rules: [rather(['a', 'b'], { n1: 1, n2: 2 })],
    places: { a: 'n2 (failback)', b: 'n1' },
  },
  {
    claim: 'no failback to a better host that cannot take the guest',
    guests: [up('a', 'n1', { memoryMib: 50 }), up('b', 'n2')],
    hosts: [n1, host('n2', { usableMib: 40 })],
    rules: [rather(['a'], { n2: 1 })],
    places: { a: 'n1', b: 'n2' },
  },
  {
    claim: 'a guest goes home as soon as that host takes it, not before',
    guests: [up('a', 'n1', { home: 'n2' }), up('b', 'n1', { home: 'n3' })],
    hosts: [n1, n2, host('n3', gone)],
    places: { a: 'n2 (home)', b: 'n1' },
  },
  {
    claim: 'without room it waits, and says how much is missing',
    guests: [up('a', 'n1', { memoryMib: 60 }), down('b', null, { memoryMib: 60 })],
    hosts: [host('n1', { usableMib: 100 })],
    places: { a: 'n1', b: 'nowhere: n1 memory' },
  },
  {
    claim: 'what runs fits, whatever the arithmetic says',
    guests: [up('a', 'n1', { memoryMib: 60 }), up('b', 'n1', { memoryMib: 60 })],
    hosts: [host('n1', { usableMib: 100 }), n2],
    places: { a: 'n1', b: 'n1' },
  },
  {
    claim: 'what is on its way takes room at both ends',
    guests: [
      up('a', 'n1', { fixed: true, alsoAt: hostId('n2'), memoryMib: 60 }),
      down('b', null, { memoryMib: 60 }),
      down('c', null, { memoryMib: 60 }),
    ],
    hosts: [host('n1', { usableMib: 100 }), host('n2', { usableMib: 100 }), host('n3', { usableMib: 60 })],
    places: { a: 'n1', b: 'n3 (first)', c: 'nowhere: n1 memory, n2 memory, n3 memory' },
  },
  {
    claim: 'what is down and finds no room where it was goes where there is some, or waits there',
    guests: [up('a', 'n1', { memoryMib: 60 }), down('b', 'n1', { memoryMib: 60 }), down('c', 'n1', { memoryMib: 70 })],
    hosts: [host('n1', { usableMib: 100 }), host('n2', { usableMib: 60 })],
    places: { a: 'n1', b: 'n2 (no-room)', c: 'n1' },
  },
  {
    claim: 'what is down goes to a better host only when it is known what it needs there',
    guests: [down('a', 'n2', { memoryMib: null }), down('b', 'n2', { memoryMib: 10 })],
    hosts: [host('n1', { usableMib: 20 }), n2],
    rules: [rather(['a', 'b'], { n1: 1, n2: 0 })],
    places: { a: 'n2', b: 'n1 (failback)' },
  },
  {
    claim: 'where a guest failed to start it is not tried again',
    guests: [down('a', 'n1', { avoid: ['n1'] }), down('b', 'n1', { avoid: ['n1', 'n2', 'n3'] })],
    places: { a: 'n2 (start-failed)', b: 'nowhere: n1 tried, n2 tried, n3 tried' },
  },
  {
    claim: 'one that is down and in the way of one that has no other place goes elsewhere',
    guests: [down('a', 'n1'), down('b')],
    hosts: [n1, n2],
    rules: [rule('apart', 'a', 'b'), only(['b'], 'n1')],
    places: { a: 'n2 (rule)', b: 'n1 (first)' },
  },
  {
    claim: 'what a person asks for is done, whatever would be better otherwise',
    guests: [up('a', 'n1', { wants: 'n3' })],
    rules: [rather(['a'], { n1: 9, n2: 5 })],
    places: { a: 'n3 (operator)' },
  },
  {
    claim: 'a wish against a strict rule is refused with the reason, and the guest stays',
    guests: [up('a', 'n1', { wants: 'n2' }), up('b', 'n1', { wants: 'n3' }), up('c', 'n3')],
    rules: [only(['a'], 'n1'), rule('apart', 'b', 'c')],
    places: { a: 'n1, refused: n2 rule-hosts', b: 'n1, refused: n3 rule-apart', c: 'n3' },
  },
  {
    claim: 'a wish for a host that is not there, is left, has no room, or failed it before is refused as such',
    guests: [
      up('a', 'n1', { wants: 'n9' }),
      up('b', 'n1', { wants: 'n2' }),
      up('c', 'n1', { wants: 'n3', memoryMib: 11 }),
      up('d', 'n1', { wants: 'n4', avoid: ['n4'] }),
    ],
    hosts: [n1, host('n2', left), host('n3', { usableMib: 10 }), host('n4')],
    places: {
      a: 'n1, refused: n9 not-there',
      b: 'n1, refused: n2 maintenance',
      c: 'n1, refused: n3 memory',
      d: 'n1, refused: n4 tried',
    },
  },
  {
    claim: 'a refused wish does not keep a guest where it cannot stay',
    guests: [up('a', 'n1', { wants: 'n2' })],
    hosts: [host('n1', left), host('n2', gone), n3],
    places: { a: 'n3 (maintenance), refused: n2 not-there' },
  },
  {
    claim: 'a loose apart or together rule is no reason to move',
    guests: [up('a', 'n1'), up('b', 'n1')],
    rules: [{ kind: 'apart', guests: [guestId('a'), guestId('b')], strict: false }],
    places: { a: 'n1', b: 'n1' },
  },
]

for (const { claim, guests, hosts = [n1, n2, n3], rules = [], places } of table) {
  test(claim, () => assert.deepEqual(sayings(guests, hosts, rules), places))
}

test('one that runs in the way is sent elsewhere, and the other follows when it is gone', () => {
  const rules = [rule('apart', 'a', 'b'), only(['b'], 'n1')]
  const before = sayings([up('a', 'n1'), down('b')], [n1, n2], rules)
  assert.equal(before.a, 'n2 (rule)')
  const after = sayings([up('a', 'n2'), down('b')], [n1, n2], rules)
  assert.deepEqual(after, { a: 'n2', b: 'n1 (first)' })
})

test('how much memory is missing is told in numbers', () => {
  const [one] = [...place([down('a', null, { memoryMib: 60 })], [host('n1', { usableMib: 32.5 })], []).values()]
  assert.deepEqual(one, {
    kind: 'nowhere',
    refusals: [{ host: 'n1', why: { code: 'memory', neededMib: 60, freeMib: 32 } }],
  })
})
