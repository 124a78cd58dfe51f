import { compileCluster } from '../../core/graph.ts'
import type { ClusterSnapshot } from '../../core/snapshot.ts'
import { clusterView } from '../../core/views/cluster-view.ts'
import { guestState, silence } from '../../core/views/guest-state.ts'
import { type GuestId, type HostId, wallTime } from '../../model/ids.ts'
import type { GuestState } from '../../model/phase.ts'
import type { Reason } from '../../model/reason.ts'
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
  const silent = silentGuests(view)
  return new Map(
    world.spec.cluster.guests.map(({ id, host: first }) => {
      const record = view?.records.get(id)
      const [up] = world.running(id)
      const run = up?.machine.state.run ?? 'stopped'
      const state = record === undefined ? run : silent.has(id) ? 'waiting' : guestState(record.phase, run)
      // While nobody can write down that it is gone, its record goes on saying that it is up.
      const unseen = record !== undefined && up === undefined && !world.takesDecisions && state !== 'failed'
      return [
        id,
        {
          state: unseen && state !== 'stopped' ? 'waiting' : state,
          host: record?.owner ?? up?.host.id ?? first,
        },
      ]
    }),
  )
}

/** Guests whose host is silent, with why it does not count as dead: a start, a stop or a move under way may have come about or not. */
export function silentGuests(view: ClusterSnapshot | null): ReadonlyMap<GuestId, Reason> {
  if (view?.cluster == null) return new Map()
  const { sights, hosts } = clusterView(compileCluster(view.cluster), view)
  return new Map(
    sights.flatMap((sight) => {
      const reason = silence(sight, hosts)
      return reason === null ? [] : [[sight.compiled.id, reason] as const]
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
  const told = toldBy(world)
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

/** The leader's words in order of time; that a power was taken is nobody's word but what happened. */
function toldBy(world: World): readonly RecordedEvent[] {
  const told = world.events.filter(({ event }) => event.actor === 'leader' && event.word !== 'fenced')
  const taken = world.powerTaken.map(({ atMs, host }): RecordedEvent => {
    const nothing = { guest: null, service: null, because: null, fault: null, note: null }
    const at = wallTime(atMs)
    return { atMs, event: { id: 0, at, host, actor: 'leader', word: 'fenced', ...nothing } }
  })
  return taken.length === 0 ? told : [...taken, ...told].sort((a, b) => a.atMs - b.atMs)
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
