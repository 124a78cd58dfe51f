import { guestState } from '../../core/views/guest-state.ts'
import type { GuestId, HostId } from '../../model/ids.ts'
import type { GuestState } from '../../model/phase.ts'
import type { ExpectedEvent, ExpectedOrder, Scenario } from '../scenario/scenario.ts'
import type { RecordedEvent, World } from '../world.ts'
import type { BrokenRules } from './broken.ts'

export interface FinalGuest {
  readonly state: GuestState
  readonly host: HostId | null
}

/** Where every guest ended, as the leader sees it; without a leader, as it is. */
export function finalGuests(world: World): ReadonlyMap<GuestId, FinalGuest> {
  const view = world.leaderView()
  return new Map(
    world.spec.cluster.guests.map(({ id }) => {
      const record = view?.records.get(id)
      const [up] = world.running(id)
      const run = up?.machine.state.run ?? 'stopped'
      const truly: GuestState = run
      return [
        id,
        {
          state: record === undefined ? truly : guestState(record.phase, run),
          host: record?.owner ?? up?.host.id ?? null,
        },
      ]
    }),
  )
}

/** Judges what a scenario expects, from the histories and from where everything ended. */
export function checkExpectations(
  scenario: Scenario,
  world: World,
  moves: ReadonlyMap<GuestId, number>,
  broken: BrokenRules,
): void {
  const { expect } = scenario
  const told = world.events.filter(({ event }) => event.actor === 'leader')
  const end = world.nowMs
  checkGuests(scenario, world, broken)
  for (const order of expect.order) checkOrder(order, told, 'order', broken, end)
  for (const { afterMs, order } of expect.orderAfter) {
    const later = told.filter(({ atMs }) => atMs >= afterMs)
    for (const one of order) checkOrder(one, later, `orderAfter ${afterMs / 1_000}s`, broken, end)
  }
  for (const event of expect.never) {
    const found = told.find((candidate) => isExpected(event, candidate))
    if (found !== undefined) broken.add('never', found.atMs, `${event.word} ${event.subject}`)
  }
  for (const [guest, most] of expect.moves) {
    const count = moves.get(guest) ?? 0
    if (count > most) broken.add('moves', end, `${guest} moved ${count} times, at most ${most} expected`)
  }
  for (const [guest, most] of expect.restarts) {
    const count = restartsOfReady(guest, told)
    if (count > most) broken.add('restarts', end, `${guest} restarted ${count} times, at most ${most} expected`)
  }
  checkFenced(scenario, world, broken)
}

function checkGuests({ expect }: Scenario, world: World, broken: BrokenRules): void {
  const final = finalGuests(world)
  for (const [guest, expected] of expect.guests) {
    const got = final.get(guest)
    if (expected.state !== null && got?.state !== expected.state) {
      broken.add('guests', world.nowMs, `${guest} is ${got?.state ?? 'unknown'}, expected ${expected.state}`)
    }
    if (expected.hosts !== null && (got?.host == null || !expected.hosts.includes(got.host))) {
      const where = expected.hosts.join(' or ')
      broken.add('guests', world.nowMs, `${guest} is on ${got?.host ?? 'no host'}, expected ${where}`)
    }
  }
}

function checkFenced({ expect }: Scenario, world: World, broken: BrokenRules): void {
  const fenced = [...new Set(world.fenced)].sort()
  if (expect.fenced !== null && fenced.join() !== [...expect.fenced].sort().join()) {
    const text = `fenced: ${fenced.join(', ') || 'none'}, expected ${expect.fenced.join(', ') || 'none'}`
    broken.add('fenced', world.nowMs, text)
  }
  if (expect.maxFenced !== null && fenced.length > expect.maxFenced) {
    broken.add('maxFenced', world.nowMs, `${fenced.length} fenced, at most ${expect.maxFenced} expected`)
  }
}

/** The first occurrence of each, one before the other; one that never occurred breaks the order. */
function checkOrder(
  order: ExpectedOrder,
  told: readonly RecordedEvent[],
  rule: string,
  broken: BrokenRules,
  end: number,
): void {
  const text = order.map(({ word, subject }) => `${word} ${subject}`).join(' < ')
  const places = order.map((event) => told.findIndex((candidate) => isExpected(event, candidate)))
  const missing = order.filter((_, index) => places[index] === -1)
  if (missing.length > 0) {
    broken.add(
      rule,
      end,
      `${text}: ${missing.map(({ word, subject }) => `${word} ${subject}`).join(', ')} never occurred`,
    )
    return
  }
  const wrong = places.findIndex((place, index) => index > 0 && place <= (places[index - 1] ?? -1))
  if (wrong !== -1) broken.add(rule, told[places[wrong] ?? 0]?.atMs ?? end, `${text}: came in another order`)
}

function isExpected({ word, subject }: ExpectedEvent, { event }: RecordedEvent): boolean {
  if (event.word !== word) return false
  return word === 'fenced' || word === 'proven' ? event.host === subject : event.guest === subject
}

/** Restarts of a guest that had been ready since it was last started. */
function restartsOfReady(guest: GuestId, told: readonly RecordedEvent[]): number {
  let ready = false
  let count = 0
  for (const { event } of told) {
    if (event.guest !== guest) continue
    if (event.word === 'ready') ready = true
    else if (event.word === 'restart') {
      if (ready) count += 1
      ready = false
    }
  }
  return count
}
