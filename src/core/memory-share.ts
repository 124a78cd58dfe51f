import type { GuestId, HostId } from '../model/ids.ts'
import { byName } from '../model/ids.ts'
import type { MemoryUse } from '../model/memory-use.ts'
import type { Reason } from '../model/reason.ts'
import { idleAfterMs } from './memory-use.ts'

/** A running guest whose memory goes by its need, and whose need is known. Sizes in MiB. */
export interface SharingGuest {
  readonly id: GuestId
  readonly priority: number
  readonly minMib: number
  readonly maxMib: number
  /** What it is told to have; where it was told nothing, what it has. */
  readonly targetMib: number
  /** The most that it may hold until it is seen to have given something back. */
  readonly heldMib: number
  readonly use: MemoryUse
  /** False: it is not certain that it heard of its present target, so that less than that would promise what is not free. */
  readonly mayShrink: boolean
}

export interface SharedHost {
  readonly id: HostId
  /** What can be given, after all that is held, promised, or kept for guests of a host that is lost. Below 0: too much is held. */
  readonly freeMib: number
  /** What guests that are down, or on their way here, wait for. */
  readonly awaited: readonly { readonly guest: GuestId; readonly mib: number }[]
}

/** What a guest shall have from now on, and why. */
export interface MemoryShare {
  /** Null: what it has. */
  readonly targetMib: number | null
  readonly because: Reason
}

/** Balloons settle on page multiples, and nothing is done for a difference nobody feels. */
const leastChangeMib = 8

/** A guest that is short is given as much again, within these bounds: what it would take before it is heard of again. */
const stepMib = { least: 64, most: 4_096 } as const

/** Left free in a guest beyond what it needs: at least this, or an eighth. It is what bridges the time until it has more. */
const spareMib = 16

export function withSpare(needMib: number, times = 1): number {
  return needMib + times * Math.max(spareMib, needMib / 8)
}

/**
 * Divides a host's memory between the guests that go by their need. Pure.
 * M1 What is promised is never more than there is: memory counts as free only once the guest was seen to have given it back.
 * M2 A guest grows at once, by what it needs and some to spare, and by as much again where it is pressed.
 * M3 It shrinks to what it needed at most in the last minute and twice the spare: between the two it is left alone.
 * M4 Where there is too little, what others do not use now goes to whoever needs it; what they use they keep.
 * M5 A guest that waits to start, or to come, goes before the comfort of those that run, down to the least that each was granted.
 * Returns a share for every guest, in no order.
 */
export function shareMemory(
  host: SharedHost,
  guests: readonly SharingGuest[],
): ReadonlyMap<GuestId, MemoryShare | null> {
  const seats = guests.map((guest) => new Seat(guest)).sort((a, b) => byName(a.guest.id, b.guest.id))
  for (const seat of seats) seat.shrinkIfIdle()
  const awaited = withinReach(host, seats)
  const awaitedMib = awaited.reduce((sum, { mib }) => sum + mib, 0)
  const growing = seats
    .filter((seat) => seat.wants)
    .sort((a, b) => b.guest.priority - a.guest.priority || a.askedMib - b.askedMib || byName(a.guest.id, b.guest.id))
  const coming = () => seats.reduce((sum, seat) => sum + seat.comingMib, 0)
  const asked = growing.reduce((sum, seat) => sum + seat.askedMib, 0)
  lend(seats, awaitedMib + asked - host.freeMib - coming(), [
    ...awaited.map(({ guest }) => guest),
    ...growing.map(({ guest }) => guest.id),
  ])
  makeRoom(seats, awaitedMib - host.freeMib - coming(), awaited)
  let freeMib = host.freeMib - awaitedMib
  for (const seat of growing) freeMib -= seat.grow(freeMib, host.id)
  return new Map(seats.map((seat) => [seat.guest.id, seat.share]))
}

/** What could not come even if all were brought down to their least takes nothing from anybody. The same whatever they are told meanwhile. */
function withinReach({ freeMib, awaited }: SharedHost, seats: readonly Seat[]): SharedHost['awaited'] {
  let left = freeMib + seats.reduce((sum, seat) => sum + seat.beyondLeastMib, 0)
  return awaited.filter(({ mib }) => {
    if (mib > left) return false
    left -= mib
    return true
  })
}

/** M4: from whoever has most to spare first, and no more than is lacking. */
function lend(seats: readonly Seat[], lackMib: number, to: readonly GuestId[]): void {
  const lenders = seats
    .filter((seat) => seat.unusedMib >= leastChangeMib)
    .sort((a, b) => b.unusedMib - a.unusedMib || byName(a.guest.id, b.guest.id))
  let left = lackMib
  for (const seat of lenders) {
    if (left <= 0) return
    left -= seat.giveBack(Math.min(seat.unusedMib, Math.max(left, leastChangeMib)), {
      code: 'memory-lent',
      to: others(seat, to),
    })
  }
}

/** M5: the least important first, then whoever has most above the least that it was granted. */
function makeRoom(seats: readonly Seat[], lackMib: number, awaited: SharedHost['awaited']): void {
  if (awaited.length === 0) return
  const above = seats
    .filter((seat) => seat.aboveLeastMib >= leastChangeMib)
    .sort(
      (a, b) =>
        a.guest.priority - b.guest.priority || b.aboveLeastMib - a.aboveLeastMib || byName(a.guest.id, b.guest.id),
    )
  let left = lackMib
  for (const seat of above) {
    if (left <= 0) return
    const because: Reason = { code: 'memory-makes-room', guests: awaited.map(({ guest }) => guest) }
    left -= seat.giveBack(Math.min(seat.aboveLeastMib, Math.max(left, leastChangeMib)), because)
  }
}

function others(seat: Seat, guests: readonly GuestId[]): GuestId[] {
  return guests.filter((guest) => guest !== seat.guest.id)
}

/** One guest while its host's memory is divided. */
class Seat {
  readonly guest: SharingGuest
  /** Null: nothing changes, and nothing is to be said. */
  share: MemoryShare | null = null
  readonly #wantedMib: number
  #targetMib: number

  constructor(guest: SharingGuest) {
    this.guest = guest
    const { use, targetMib } = guest
    this.#targetMib = targetMib
    const need = withSpare(use.needMib)
    // What it has not got yet cannot have been too little.
    const pressed = use.press !== null && use.givenMib >= targetMib - leastChangeMib
    const step = Math.min(Math.max(targetMib, stepMib.least), stepMib.most)
    this.#wantedMib = this.#within(pressed ? Math.max(need, targetMib + step) : need)
  }

  /** What it asks for beyond what it may hold already. */
  get askedMib(): number {
    return this.wants ? Math.max(0, this.#wantedMib - Math.max(this.#targetMib, this.guest.heldMib)) : 0
  }

  get wants(): boolean {
    const most = this.#within(Number.MAX_SAFE_INTEGER)
    const above = this.#wantedMib - this.#targetMib
    return above >= leastChangeMib || (above > 0 && (this.#wantedMib === most || this.#targetMib < this.guest.minMib))
  }

  /** On its way back to the host. What it took by itself and needs is not, once it was told what it shall have. */
  get comingMib(): number {
    const keptMib = this.wants && this.guest.mayShrink ? Math.max(this.#targetMib, this.#wantedMib) : this.#targetMib
    return Math.max(0, this.guest.heldMib - keptMib)
  }

  get unusedMib(): number {
    const { use, mayShrink } = this.guest
    if (!mayShrink || use.press !== null || this.wants) return 0
    return Math.max(0, this.#targetMib - this.#within(withSpare(use.needMib)))
  }

  /** All that it holds, or may hold, above the least that it was granted. */
  get beyondLeastMib(): number {
    return Math.max(0, Math.max(this.guest.heldMib, this.guest.targetMib) - this.guest.minMib)
  }

  get aboveLeastMib(): number {
    return this.guest.mayShrink ? Math.max(0, this.#targetMib - this.guest.minMib) : 0
  }

  /** M3 */
  shrinkIfIdle(): void {
    const { use, mayShrink, targetMib } = this.guest
    if (use.peakMib === null || use.press !== null || !mayShrink) return
    const idleMib = this.#within(withSpare(use.peakMib, 2))
    if (targetMib - idleMib < Math.max(2 * leastChangeMib, targetMib / 16)) return
    this.#set(idleMib, { code: 'memory-idle', peakMib: use.peakMib, forMs: idleAfterMs })
  }

  /** Returns what it gives back. */
  giveBack(mib: number, because: Reason): number {
    const before = this.#targetMib
    this.#set(this.#within(before - mib), because)
    return before - this.#targetMib
  }

  /** M1, M2. Returns what it took of what is free. */
  grow(freeMib: number, host: HostId): number {
    // Its room was needed for others.
    if (!this.wants || this.share !== null) return 0
    const { press, needMib } = this.guest.use
    const baseMib = Math.max(this.#targetMib, this.guest.heldMib)
    const takesMib = Math.min(this.askedMib, Math.max(0, Math.floor(freeMib)))
    // What it took by itself is its own only where the host has it: below 0 more is held, or awaited, than there is.
    const toMib = freeMib < 0 ? this.#targetMib : Math.min(this.#wantedMib, baseMib + takesMib)
    const neededMib = Math.ceil(withSpare(needMib))
    const enough = toMib - this.#targetMib >= Math.min(leastChangeMib, this.#wantedMib - this.#targetMib)
    if (!enough) {
      const free = Math.max(0, Math.floor(freeMib))
      this.share = {
        targetMib: null,
        because: { code: 'memory-short', neededMib: this.#wantedMib, freeMib: free, host },
      }
      return 0
    }
    this.#set(toMib, { code: 'memory-grows', neededMib, press })
    return takesMib
  }

  #set(targetMib: number, because: Reason): void {
    this.#targetMib = targetMib
    this.share = { targetMib, because }
  }

  #within(mib: number): number {
    const { minMib, maxMib } = this.guest
    return Math.max(minMib, Math.min(maxMib, Math.ceil(mib)))
  }
}
