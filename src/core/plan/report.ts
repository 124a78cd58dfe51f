import { byName } from '../../model/ids.ts'
import type { PlanFound } from './consolidate.ts'
import { type Growth, type Headroom, headroom } from './headroom.ts'
import { Loads } from './loads.ts'
import { type MoveOrder, moveOrder } from './moves.ts'
import type { PlanQuestion, Prepared } from './question.ts'
import { type Misstep, replay } from './replay.ts'

/** A plan in the words of the question. */
export interface PlanReport {
  readonly kept: readonly string[]
  /** There today, and not needed any more. */
  readonly freed: readonly string[]
  /** Offered, and needed. */
  readonly bought: readonly string[]
  readonly hosts: readonly HostReport[]
  /** By the guests' names. */
  readonly placement: readonly { readonly guest: string; readonly from: string | null; readonly to: string }[]
  readonly losses: readonly {
    readonly lost: readonly string[]
    readonly goes: readonly { readonly guest: string; readonly to: string }[]
  }[]
  readonly order: MoveOrder
  readonly headroom: Headroom
}

export interface HostReport {
  readonly host: string
  readonly becomes: 'kept' | 'freed' | 'bought'
  readonly guests: readonly string[]
  /** By resource of the question; copies of disks are not among it. */
  readonly held: readonly number[]
  readonly capacity: readonly number[]
}

/** The order of moves is replayed by a checker of its own before it is told. */
export function reported(
  question: PlanQuestion,
  prepared: Prepared,
  plan: PlanFound,
  growthOf: (guest: string) => Growth,
): PlanReport {
  const { hosts, units } = prepared
  const nameOf = (host: number): string => hosts[host]!.id
  const isKept = (host: number): boolean => plan.kept.includes(host)
  const placement = units
    .flatMap((unit) =>
      unit.guests.map((guest) => ({ guest: guest.id, from: guest.at, to: nameOf(plan.placement[unit.index]!) })),
    )
    .sort((a, b) => byName(a.guest, b.guest))
  const usable = hosts.flatMap(({ present }, host) => (present || isKept(host) ? [host] : []))
  const order = moveOrder(prepared, plan.placement, usable)
  if (order.kind === 'order')
    assertHolds(replay(question, order.moves, new Map(placement.map(({ guest, to }) => [guest, to]))))
  const loads = Loads.of(prepared, plan.placement)
  return {
    kept: plan.kept.map(nameOf),
    freed: hosts.flatMap(({ id, present }, host) => (present && !isKept(host) ? [id] : [])),
    bought: hosts.flatMap(({ id, present }, host) => (!present && isKept(host) ? [id] : [])),
    hosts: usable.map((host) => ({
      host: nameOf(host),
      becomes: isKept(host) ? (hosts[host]!.present ? 'kept' : 'bought') : 'freed',
      guests: placement.filter(({ to }) => to === nameOf(host)).map(({ guest }) => guest),
      held: prepared.resources.map((_, r) => loads.held(host, r)),
      capacity: hosts[host]!.capacity,
    })),
    placement,
    losses: plan.check.plans.map(({ lost, targets }) => ({
      lost: lost.map(nameOf),
      goes: [...targets]
        .flatMap(([unit, host]) => units[unit]!.guests.map(({ id }) => ({ guest: id, to: nameOf(host) })))
        .sort((a, b) => byName(a.guest, b.guest)),
    })),
    order,
    headroom: headroom(prepared, plan.kept, plan.placement, plan.check.plans, growthOf),
  }
}

/** An order that its checker refuses is a bug of ours, and is not told to anybody. */
function assertHolds(misstep: Misstep | null): void {
  if (misstep !== null) throw new Error(`the order of moves does not hold at step ${misstep.step}: ${misstep.what}`)
}
