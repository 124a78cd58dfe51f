import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Place, type PlacedGuest, type PlacementHost, place } from '../../src/core/placement.ts'
import type { RuleSpec } from '../../src/model/cluster.ts'
import type { GuestId, HostId } from '../../src/model/ids.ts'
import { gone, guest, host, left, only, rule, sayings } from './placed-guests.ts'

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
