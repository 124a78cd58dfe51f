import type { PlanQuestion } from '../../../src/core/plan/question.ts'
import type { RuleSpec } from '../../../src/model/cluster.ts'
import { guestId } from '../../../src/model/ids.ts'

/** Dice of its own (mulberry32): the same seed, the same question. */
export function dice(seed: number): (below: number) => number {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** A small question: 2 to 4 hosts, 3 to 6 guests, rules now and then, up to one loss (two with four hosts). */
export function drawQuestion(seed: number): PlanQuestion {
  const roll = dice(seed)
  const hostCount = 2 + roll(3)
  const guestCount = 3 + roll(4)
  const mirrored = roll(4) === 0
  const survive = mirrored ? 1 : roll(hostCount === 4 ? 3 : 2)
  const priced = roll(2) === 0
  const hosts = Array.from({ length: hostCount }, (_, index) => ({
    id: `host${index}`,
    present: index === 0 || roll(3) > 0,
    price: priced ? 5 + roll(6) : 1,
    capacity: [8 + roll(9), 8 + roll(9)],
  }))
  const present = hosts.filter((host) => host.present)
  const guests = Array.from({ length: guestCount }, (_, index) => ({
    id: `guest${index}`,
    at: roll(5) === 0 ? null : present[roll(present.length)]!.id,
    needs: [1 + roll(5), mirrored ? 1 + roll(6) : roll(4)],
  }))
  const pair = () => [guestId(`guest${roll(guestCount)}`), guestId(`guest${roll(guestCount)}`)]
  const rules = Array.from({ length: roll(3) }, (): RuleSpec => {
    const kind = (['apart', 'together', 'hosts'] as const)[roll(3)]!
    const guestsOf = [...new Set(pair())]
    if (kind !== 'hosts') return { kind, guests: guestsOf, strict: true }
    const only = hosts.filter(() => roll(3) > 0)
    return { kind, guests: guestsOf, hosts: Object.fromEntries(only.map(({ id }) => [id, 0])), strict: true }
  })
  return {
    resources: [
      { name: 'memory', mirrored: false },
      { name: 'disk', mirrored },
    ],
    hosts,
    guests,
    rules,
    survive,
  }
}

export interface Best {
  readonly price: number
  readonly count: number
  readonly moves: number
}

/**
 * The best there is, by going through every set of hosts and every placement on it, and every way to take in what each loss hits. It shares
 * nothing with what it checks. Null: there is none. `roomOf` decides between sets that cost the same.
 */
export function bestByTrying(question: PlanQuestion, roomOf: (kept: readonly string[]) => number): Best | null {
  const { hosts } = question
  const sets = Array.from({ length: 2 ** hosts.length }, (_, bits) =>
    hosts.filter((_host, at) => (bits >> at) & 1).map(({ id }) => id),
  )
  const priceOf = (kept: readonly string[]): number =>
    hosts.reduce((sum, { id, price }) => sum + (kept.includes(id) ? price : 0), 0)
  sets.sort((a, b) => priceOf(a) - priceOf(b) || a.length - b.length || roomOf(b) - roomOf(a))
  for (const kept of sets) {
    const moves = fewestMoves(question, kept)
    if (moves !== null) return { price: priceOf(kept), count: kept.length, moves }
  }
  return null
}

function fewestMoves(question: PlanQuestion, kept: readonly string[]): number | null {
  const { guests } = question
  let best: number | null = null
  const at = new Map<string, string>()
  const walk = (index: number, moves: number): void => {
    if (best !== null && moves >= best) return
    if (index === guests.length) {
      if (isSound(question, at) && survivesAll(question, kept, at)) best = moves
      return
    }
    const guest = guests[index]!
    for (const host of kept) {
      at.set(guest.id, host)
      walk(index + 1, moves + Number(guest.at !== null && guest.at !== host))
    }
    at.delete(guest.id)
  }
  walk(0, 0)
  return best
}

/** Within capacity and rules, and after each loss again: by trying. */
export function holds(question: PlanQuestion, kept: readonly string[], at: ReadonlyMap<string, string>): boolean {
  return (
    isSound(question, at) && [...at.values()].every((host) => kept.includes(host)) && survivesAll(question, kept, at)
  )
}

/** `copies`: where else a mirrored disk lies. */
function isSound(
  question: PlanQuestion,
  at: ReadonlyMap<string, string>,
  copies?: ReadonlyMap<string, string>,
): boolean {
  for (const host of question.hosts) {
    const there = question.guests.filter(({ id }) => at.get(id) === host.id)
    for (const [r, { mirrored }] of question.resources.entries()) {
      const held =
        copies !== undefined && mirrored ? question.guests.filter(({ id }) => copies.get(id) === host.id) : []
      const sum = [...there, ...held].reduce((all, { needs }) => all + needs[r]!, 0)
      if (sum > host.capacity[r]!) return false
    }
  }
  return question.rules.every((rule) => {
    const places = rule.guests.map((guest) => at.get(guest)!)
    if (rule.kind === 'hosts') return places.every((host) => host in rule.hosts)
    return rule.kind === 'together' ? new Set(places).size <= 1 : new Set(places).size === places.length
  })
}

function survivesAll(question: PlanQuestion, kept: readonly string[], at: ReadonlyMap<string, string>): boolean {
  const { survive, guests, resources } = question
  if (survive === 0 || guests.length === 0) return true
  if (kept.length <= survive) return false
  const losses = subsets(kept, survive)
  if (!resources.some(({ mirrored }) => mirrored)) return losses.every((lost) => canTakeIn(question, kept, at, lost))
  return canMirror(question, kept, at, losses, new Map())
}

function canTakeIn(
  question: PlanQuestion,
  kept: readonly string[],
  at: ReadonlyMap<string, string>,
  lost: readonly string[],
): boolean {
  const hit = question.guests.filter(({ id }) => lost.includes(at.get(id)!))
  const left = kept.filter((host) => !lost.includes(host))
  const then = new Map(at)
  const walk = (index: number): boolean => {
    if (index === hit.length) return isSound(question, then)
    return left.some((host) => {
      then.set(hit[index]!.id, host)
      return walk(index + 1)
    })
  }
  return walk(0)
}

/** With copies, what one loss takes leaves less disk for another: all losses are decided together. */
function canMirror(
  question: PlanQuestion,
  kept: readonly string[],
  at: ReadonlyMap<string, string>,
  losses: readonly (readonly string[])[],
  copies: Map<string, string>,
): boolean {
  const [first, ...rest] = losses
  if (first === undefined) return isSound(question, at, copies)
  const hit = question.guests.filter(({ id }) => first.includes(at.get(id)!))
  const left = kept.filter((host) => !first.includes(host))
  const then = new Map(at)
  const unmirrored = { ...question, resources: question.resources.map((one) => ({ ...one, mirrored: false })) }
  // Disks of what came are counted with the copies.
  const withoutDisk = {
    ...unmirrored,
    guests: question.guests.map((guest) => ({
      ...guest,
      needs: guest.needs.map((need, r) => (question.resources[r]!.mirrored ? 0 : need)),
    })),
  }
  const walk = (index: number): boolean => {
    if (index === hit.length) return isSound(withoutDisk, then) && canMirror(question, kept, at, rest, copies)
    return left.some((host) => {
      then.set(hit[index]!.id, host)
      copies.set(hit[index]!.id, host)
      const could = isSound(question, at, copies) && walk(index + 1)
      copies.delete(hit[index]!.id)
      return could
    })
  }
  return walk(0)
}

function subsets(items: readonly string[], count: number): string[][] {
  if (count === 0) return [[]]
  return items.flatMap((item, index) => subsets(items.slice(index + 1), count - 1).map((rest) => [item, ...rest]))
}
