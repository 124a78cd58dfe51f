import type { LeaseTimes } from '../core/lease-times.ts'
import type { MembersSnapshot } from '../core/snapshot.ts'
import { type HostId, type Instant, instant } from '../model/ids.ts'
import type { Log } from '../ports/log.ts'

/** Told from this part of the time after which a host is suspected: a renewal and a half. */
const toldFrom = 0.75

interface LastWord {
  readonly store: Instant
  readonly direct: Instant | null
}

/**
 * Tells the operator of members that came near to being suspected, when they are heard again: whoever reads this often needs a longer
 * lease, or a better network or store. Counted as suspicion counts, so a lapse of this host itself is no silence of the others.
 */
export class Silences {
  readonly #own: HostId
  readonly #log: Log
  readonly #last = new Map<HostId, LastWord>()

  constructor(own: HostId, log: Log) {
    this.#own = own
    this.#log = log
  }

  /** To be called whenever something may have been heard, by who leads. */
  look({ sights, renewingSince }: Pick<MembersSnapshot, 'sights' | 'renewingSince'>, times: LeaseTimes): void {
    if (renewingSince === null) {
      this.forget()
      return
    }
    for (const [member, sight] of sights) {
      if (member === this.#own) continue
      const { unchangedSince, askedSince, heardAt } = sight
      const direct = askedSince === null ? null : instant(Math.max(askedSince, heardAt ?? askedSince))
      const now: LastWord = { store: unchangedSince, direct }
      const before = this.#last.get(member)
      this.#last.set(member, now)
      if (before === undefined) continue
      this.#tell(member, 'store', before.store, now.store, renewingSince, times)
      if (before.direct !== null && now.direct !== null)
        this.#tell(member, 'direct', before.direct, now.direct, renewingSince, times)
    }
  }

  /** Of one who leads no more nothing is known. */
  forget(): void {
    this.#last.clear()
  }

  #tell(member: HostId, path: string, before: Instant, now: Instant, since: Instant, { suspectMs }: LeaseTimes): void {
    const silentMs = Math.round(now - Math.max(before, since))
    if (silentMs < suspectMs * toldFrom) return
    this.#log.warn('a member was silent for long', { member, path, silentMs, suspectMs })
  }
}
