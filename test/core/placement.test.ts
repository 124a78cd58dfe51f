import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Place, type PlacedGuest, type PlacementHost, place } from '../../src/core/placement.ts'
import type { RuleSpec } from '../../src/model/cluster.ts'
import { type GuestId, guestId, type HostId, hostId } from '../../src/model/ids.ts'

type GuestDraft = Partial<Omit<PlacedGuest, 'id' | 'at' | 'wants' | 'home' | 'avoid'>> & {
  wants?: string
  home?: string
  avoid?: string[]
}

function guest(id: string, at: string | null, free: boolean, draft: GuestDraft): PlacedGuest {
  const { wants, home, avoid, ...more } = draft
  return {
    ...{ id: guestId(id), priority: 0, at: at === null ? null : hostId(at), alsoAt: null, fixed: false, free },
    ...{ failback: true, memoryMib: 0 },
    ...{ wants: (wants as HostId) ?? null, home: (home as HostId) ?? null, avoid: (avoid ?? []) as HostId[] },
    ...more,
  }
}

/** Runs there. */
const up = (id: string, at: string, draft: GuestDraft = {}) => guest(id, at, false, draft)
/** Down for certain; was there last. */
const down = (id: string, at: string | null = null, draft: GuestDraft = {}) => guest(id, at, true, draft)

function host(id: string, more: Partial<PlacementHost> = {}): PlacementHost {
  const open = { accepts: true, keeps: true, refusal: null, cause: 'host-lost', usableMib: null } as const
  return { id: hostId(id), ...open, ...more }
}

const gone = { accepts: false, keeps: false, refusal: { code: 'not-there' } } as const
const left = { accepts: false, keeps: false, refusal: { code: 'maintenance' }, cause: 'maintenance' } as const
const [n1, n2, n3] = [host('n1'), host('n2'), host('n3')] as const

function rule(kind: 'apart' | 'together', ...guests: string[]): RuleSpec {
  return { kind, guests: guests as GuestId[], strict: true }
}

function only(guests: string[], ...hosts: string[]): RuleSpec {
  return {
    kind: 'hosts',
    guests: guests as GuestId[],
    hosts: Object.fromEntries(hosts.map((id) => [id, 0])),
    strict: true,
  }
}

function rather(guests: string[], hosts: Record<string, number>): RuleSpec {
  return { kind: 'hosts', guests: guests as GuestId[], hosts, strict: false }
}

/** `n1`, with the cause of a move in brackets; of one without a place, why each host refuses it. */
function said(one: Place): string {
  const where =
    one.kind === 'at'
      ? `${one.host}${one.cause === null ? '' : ` (${one.cause})`}`
      : `nowhere: ${one.refusals.map(({ host: id, why }) => `${id} ${why.code}`).join(', ')}`
  return one.refused === undefined ? where : `${where}, refused: ${one.refused.host} ${one.refused.why.code}`
}

function sayings(guests: readonly PlacedGuest[], hosts: readonly PlacementHost[], rules: readonly RuleSpec[]) {
  const places = place(guests, hosts, rules)
  return Object.fromEntries([...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, one]) => [id, said(one)]))
}

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

const hostIds = ['n1', 'n2', 'n3', 'n4']
const guestIds = ['a', 'b', 'c', 'd', 'e', 'f']
const anyHost = fc.constantFrom(...hostIds)
const anyHosts: fc.Arbitrary<PlacementHost[]> = fc
  .tuple(
    ...hostIds.map((id) =>
      fc
        .record({ state: fc.constantFrom({}, {}, {}, gone, left), usableMib: fc.constantFrom(null, 50, 100, 200) })
        .map(({ state, usableMib }) => host(id, { ...state, usableMib })),
    ),
  )
  .map((hosts) => hosts)

const anyGuest = (id: string): fc.Arbitrary<PlacedGuest> =>
  fc
    .record({
      at: fc.option(anyHost),
      free: fc.boolean(),
      fixed: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      alsoAt: fc.option(anyHost, { freq: 1 }),
      wants: fc.option(anyHost, { freq: 1 }),
      home: fc.option(anyHost, { freq: 1 }),
      failback: fc.boolean(),
      priority: fc.integer({ min: 0, max: 2 }),
      memoryMib: fc.constantFrom(null, 0, 10, 40, 90),
      avoid: fc.subarray(hostIds, { maxLength: 1 }),
    })
    .map(({ at, free, alsoAt, fixed, wants, home, ...more }) => {
      const isFree = free || at === null
      return guest(id, at, isFree, {
        ...more,
        fixed: fixed && !isFree,
        alsoAt: (fixed && !isFree ? alsoAt : null) as HostId | null,
        ...(wants !== null && { wants }),
        ...(home !== null && { home }),
      })
    })

const anyGuests = fc.tuple(...guestIds.map(anyGuest))
const someGuests = fc.subarray(guestIds, { minLength: 2, maxLength: 4 })
const anyRule: fc.Arbitrary<RuleSpec> = fc.oneof(
  fc
    .tuple(fc.constantFrom('apart' as const, 'together' as const), someGuests)
    .map(([kind, guests]) => rule(kind, ...guests)),
  fc
    .tuple(someGuests, fc.subarray(hostIds, { minLength: 1 }), fc.boolean())
    .map(([guests, hosts, strict]): RuleSpec => ({ ...(only(guests, ...hosts) as RuleSpec), strict })),
)
const anyRules = fc.array(anyRule, { maxLength: 4 })

test('guests, hosts and rules in another order are placed the same', () => {
  const shuffled = fc.tuple(anyGuests, anyHosts, anyRules).chain(([guests, hosts, rules]) =>
    fc.record({
      first: fc.constant({ guests, hosts, rules }),
      second: fc.record({
        guests: fc.shuffledSubarray(guests, { minLength: guests.length }),
        hosts: fc.shuffledSubarray(hosts, { minLength: hosts.length }),
        rules: fc.shuffledSubarray(rules, { minLength: rules.length }),
      }),
    }),
  )
  fc.assert(
    fc.property(shuffled, ({ first, second }) => {
      assert.deepEqual(
        sayings(second.guests, second.hosts, second.rules),
        sayings(first.guests, first.hosts, first.rules),
      )
    }),
    { numRuns: 500 },
  )
})

/** Who is on a host once all are placed: what runs there stays until it is gone, what comes is there as well. */
function occupants(guests: readonly PlacedGuest[], places: ReadonlyMap<GuestId, Place>, at: HostId): PlacedGuest[] {
  return guests.filter((one) => {
    const placed = places.get(one.id)
    return (!one.free && one.at === at) || one.alsoAt === at || (placed?.kind === 'at' && placed.host === at)
  })
}

const comes = (one: PlacedGuest, place: Place | undefined): HostId | null =>
  place?.kind === 'at' && !one.fixed && (one.free || place.host !== one.at) ? place.host : null

test('no strict rule is ever broken by whoever comes', () => {
  fc.assert(
    fc.property(anyGuests, anyHosts, anyRules, (guests, hosts, rules) => {
      const places = place(guests, hosts, rules)
      for (const one of guests) {
        const to = comes(one, places.get(one.id))
        if (to === null) continue
        for (const each of rules) {
          if (!each.strict || !each.guests.includes(one.id)) continue
          if (each.kind === 'hosts') assert.ok(to in each.hosts, `${one.id} comes to ${to} against a hosts rule`)
          if (each.kind !== 'apart') continue
          const met: PlacedGuest[] = occupants(guests, places, to).filter(
            (other) => other !== one && each.guests.includes(other.id),
          )
          assert.deepEqual(met, [], `${one.id} comes to ${to} and meets ${met.map((other) => other.id).join()}`)
        }
      }
      for (const each of rules) {
        if (each.kind !== 'together' || !each.strict) continue
        const group = guests.filter((one) => each.guests.includes(one.id))
        if (guests.some((one) => one.fixed)) continue
        const where = new Set(group.map((one) => placeOf(places.get(one.id))))
        assert.equal(where.size, 1, `${each.guests.join()} are placed on ${[...where].join()}`)
      }
    }),
    { numRuns: 1_000 },
  )
})

const placeOf = (one: Place | undefined): string => (one?.kind === 'at' ? one.host : 'nowhere')

test('no host is given more than it has by whoever comes, and none comes that it does not accept', () => {
  fc.assert(
    fc.property(anyGuests, anyHosts, anyRules, (guests, hosts, rules) => {
      const places = place(guests, hosts, rules)
      for (const each of hosts) {
        const newcomers = guests.filter((one) => one.at !== each.id && comes(one, places.get(one.id)) === each.id)
        if (newcomers.length === 0) continue
        assert.ok(each.accepts, `${newcomers[0]!.id} comes to ${each.id}, which takes nobody`)
        if (each.usableMib === null || newcomers.every((one) => !one.memoryMib)) continue
        const heldMib = occupants(guests, places, each.id).reduce((sum, one) => sum + (one.memoryMib ?? 0), 0)
        assert.ok(heldMib <= each.usableMib, `${each.id} holds ${heldMib} of ${each.usableMib} MiB`)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('placed again as it was placed, nobody moves', () => {
  fc.assert(
    fc.property(anyGuests, anyHosts, anyRules, (guests, hosts, rules) => {
      const still = guests.map((one) => ({ ...one, fixed: false, alsoAt: null, avoid: [] }))
      const places = place(still, hosts, rules)
      const arrived = still.map((one) => {
        const placed = places.get(one.id)
        return placed?.kind === 'at' ? { ...one, at: placed.host, free: false, wants: null, home: null } : one
      })
      if (arrived.some((one) => places.get(one.id)?.kind !== 'at')) return
      const again = place(arrived, hosts, rules)
      for (const one of arrived) {
        const [before, after] = [places.get(one.id), again.get(one.id)]
        if (after?.kind === 'at' && after.cause === 'failback') continue
        assert.equal(placeOf(after), placeOf(before), `${one.id} was placed well and moves`)
      }
    }),
    { numRuns: 1_000 },
  )
})
