import {
  accountRule,
  addressRule,
  codeRule,
  type Failures,
  failedOnceMore,
  type LockOutRule,
  pairRule,
  waitMs,
} from '../../core/lock-out.ts'
import { Fault } from '../../model/fault.ts'
import type { Instant } from '../../model/ids.ts'

/** Remembered at most, of each kind; the oldest go first. Somebody with more addresses than this is held by the rule of the account. */
const maxRemembered = 10_000

/**
 * Failed attempts of this daemon's own memory: nobody can fill the store with them, and a restart forgives. An attempt counts as failed from
 * its beginning until it has succeeded, so that a thousand at once are not a thousand for the price of one.
 */
export class Attempts {
  readonly #now: () => Instant
  readonly #pairs = new Map<string, Failures>()
  readonly #addresses = new Map<string, Failures>()
  readonly #accounts = new Map<string, Failures>()
  readonly #codes = new Map<string, Failures>()
  /** Where an account signed in from. */
  readonly #proven = new Map<string, true>()

  constructor(now: () => Instant) {
    this.#now = now
  }

  /** Faults: `locked-out`, with how long. */
  begin(name: string, from: string): Attempt {
    const pair = `${from} ${name}`
    const proven = this.#proven.has(pair)
    const counted: readonly (readonly [Map<string, Failures>, string, LockOutRule])[] = [
      [this.#pairs, pair, pairRule],
      [this.#addresses, from, addressRule],
      ...(proven ? [] : ([[this.#accounts, name, accountRule]] as const)),
    ]
    this.#require(counted)
    for (const [map, key] of counted) this.#fail(map, key)
    const takeBack = (): void => {
      for (const [map, key] of counted) unfail(map, key)
    }
    return {
      code: () => {
        this.#require([[this.#codes, name, codeRule]])
        this.#fail(this.#codes, name)
      },
      takenBack: takeBack,
      succeeded: () => {
        takeBack()
        this.#pairs.delete(pair)
        this.#codes.delete(name)
        remember(this.#proven, pair, true)
      },
    }
  }

  #require(counted: readonly (readonly [Map<string, Failures>, string, LockOutRule])[]): void {
    const waits = counted.map(([map, key, rule]) => waitMs(map.get(key) ?? null, rule, this.#now()))
    const longest = Math.max(...waits)
    if (longest > 0) throw new Fault('locked-out', 'not-done', { waitMs: Math.ceil(longest / 1000) * 1000 })
  }

  #fail(map: Map<string, Failures>, key: string): void {
    remember(map, key, failedOnceMore(map.get(key) ?? null, this.#now()))
  }
}

export interface Attempt {
  /** A code of an authenticator is about to be looked at: counted by itself, for it comes after a password that was right. */
  code(): void
  /** It was no attempt to guess. */
  takenBack(): void
  succeeded(): void
}

function unfail(map: Map<string, Failures>, key: string): void {
  const failures = map.get(key)
  if (failures === undefined) return
  if (failures.count <= 1) map.delete(key)
  else map.set(key, { ...failures, count: failures.count - 1 })
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > maxRemembered && oldest !== undefined) map.delete(oldest)
}
