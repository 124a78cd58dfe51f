import type { Shortage } from '../../model/plan/outcome.ts'
import type { ProgramAnswer, ProgramQuestion } from '../../model/plan/program.ts'
import { priceOf, roominess, shortage } from './bounds.ts'
import { PlacementProgram } from './exact.ts'
import { type Found, greedy } from './greedy.ts'
import { manyHosts } from './many-hosts.ts'
import { type PlanQuestion, type Prepared, prepare } from './question.ts'

/** Asks a solver, is given its answer, and comes to a result: whoever runs it has the solver, this has none. */
export type Asking<Result> = Generator<ProgramQuestion, Result, ProgramAnswer>

export type Consolidation =
  | { readonly kind: 'found'; readonly prepared: Prepared; readonly plan: PlanFound }
  /** Not on all hosts together: proven. */
  | { readonly kind: 'impossible'; readonly because: Shortage }
  /** The time was over; whether one exists is not known. */
  | { readonly kind: 'not-found' }

export interface PlanFound extends Found {
  /** By number, in order. */
  readonly kept: readonly number[]
  readonly price: number
  /** No plan costs less. */
  readonly priceBound: number
  /** Guests that change their host. */
  readonly moves: number
  /** With these hosts nobody could do with fewer; the same as `moves` where that is proven. */
  readonly movesBound: number
  /** Why hosts that cost less, or fewer that cost the same, cannot do: the roomiest of them. Null: there is no such set. */
  readonly whyNotLess: { readonly hosts: readonly string[]; readonly because: Shortage } | null
}

/** Sets of more hosts than this are not gone through one by one. */
const mostHostsExactly = 12

/** Columns beyond which the solver is not asked for a placement. */
const mostColumns = 30_000

/**
 * The cheapest hosts that hold all guests and survive their losses, within the rules: least price; then fewest hosts; then most room after the
 * largest loss; then fewest moves. Exact where it can be gone through, else by plain means with a proven bound. Pure: solver and clock are the caller's.
 */
export function* consolidate(question: PlanQuestion, limitMs: number): Asking<Consolidation> {
  const prepared = prepare(question)
  const all = prepared.hosts.map((_, host) => host)
  const because = shortage(prepared, all)
  if (because !== null) return { kind: 'impossible', because }
  const isSmall = all.length <= mostHostsExactly && PlacementProgram.size(prepared, all) <= mostColumns
  const result = isSmall ? yield* oneByOne(prepared, all, limitMs) : yield* manyHosts(prepared, all, limitMs)
  return result
}

/** Every set of hosts in the order of its worth; the first that can do is the best. */
function* oneByOne(prepared: Prepared, all: readonly number[], limitMs: number): Asking<Consolidation> {
  const { possible, short } = candidateSets(prepared, all)
  const refuted: Refuted[] = [...short]
  let leftMs = limitMs
  let openPrice: number | null = null
  for (const set of possible) {
    const found = greedy(prepared, set.kept)
    if (leftMs <= 0 && found === null) {
      openPrice ??= set.price
      continue
    }
    const program = new PlacementProgram(prepared, set.kept)
    const start = found === null ? null : program.start(found)
    const answer = yield { program: program.program, start, limitMs: Math.max(1, Math.min(leftMs, limitMs / 3)) }
    leftMs -= answer.tookMs
    if (answer.kind === 'impossible') {
      refuted.push({ ...set, because: { code: 'packing' } })
      continue
    }
    const best = answer.kind === 'solved' ? program.read(answer.values) : found
    if (best === null) {
      openPrice ??= set.price
      continue
    }
    const moves = movesOf(prepared, best)
    const movesBound =
      answer.kind === 'solved' && answer.proven ? moves : Math.max(0, Math.ceil((answer.bound ?? 0) - 1e-6))
    const plan = { ...best, kept: set.kept, price: set.price, priceBound: openPrice ?? set.price, moves, movesBound }
    return { kind: 'found', prepared, plan: { ...plan, whyNotLess: nextBest(prepared, refuted, set) } }
  }
  return openPrice === null ? { kind: 'impossible', because: { code: 'packing' } } : { kind: 'not-found' }
}

interface HostSet {
  readonly kept: readonly number[]
  readonly price: number
  readonly room: number
}

interface Refuted extends HostSet {
  readonly because: Shortage
}

function candidateSets(prepared: Prepared, all: readonly number[]): { possible: HostSet[]; short: Refuted[] } {
  const possible: HostSet[] = []
  const short: Refuted[] = []
  for (let bits = 0; bits < 2 ** all.length; bits++) {
    const kept = all.filter((host) => (bits >> host) & 1)
    const set = { kept, price: priceOf(prepared, kept), room: roominess(prepared, kept) }
    const because = shortage(prepared, kept)
    if (because === null) possible.push(set)
    else short.push({ ...set, because })
  }
  return { possible: possible.sort(byWorth), short }
}

/** Cheaper, then fewer, then roomier ones first; equals by the hosts' names. */
function byWorth(a: HostSet, b: HostSet): number {
  return a.price - b.price || a.kept.length - b.kept.length || b.room - a.room || firstDifference(a.kept, b.kept)
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((host, index) => host !== b[index])
  return place < 0 ? 0 : a[place]! - b[place]!
}

/** The roomiest of the sets that would have been better; its reason says what the best one owes its size to. */
function nextBest({ hosts }: Prepared, refuted: readonly Refuted[], best: HostSet): PlanFound['whyNotLess'] {
  const better = refuted.filter(
    ({ price, kept }) => price < best.price || (price === best.price && kept.length < best.kept.length),
  )
  const [first, ...others] = better
  if (first === undefined) return null
  const roomiest = others.reduce((a, b) => (b.room > a.room || (b.room === a.room && byWorth(b, a) < 0) ? b : a), first)
  return { hosts: roomiest.kept.map((host) => hosts[host]!.id), because: roomiest.because }
}

export function movesOf({ units }: Prepared, { placement }: Found): number {
  return units.reduce((sum, unit) => sum + unit.moves[placement[unit.index]!]!, 0)
}
