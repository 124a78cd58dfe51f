/** How long something took, counted in buckets: what is known of it costs the same however often it happens. */
export class Durations {
  /** Upper bounds in seconds; what takes longer is only in the count. */
  static readonly boundsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

  readonly #buckets = new Array<number>(Durations.boundsSeconds.length).fill(0)
  #count = 0
  #sumSeconds = 0

  add(ms: number): void {
    const seconds = ms / 1_000
    this.#count += 1
    this.#sumSeconds += seconds
    const place = Durations.boundsSeconds.findIndex((bound) => seconds <= bound)
    if (place >= 0) this.#buckets[place]! += 1
  }

  get count(): number {
    return this.#count
  }

  get sumSeconds(): number {
    return this.#sumSeconds
  }

  /** How many took at most so long, by bound. */
  upTo(): { readonly seconds: number; readonly count: number }[] {
    let count = 0
    return Durations.boundsSeconds.map((seconds, place) => {
      count += this.#buckets[place]!
      return { seconds, count }
    })
  }
}

/** What a daemon measures of itself as it goes. */
export interface OwnTimes {
  readonly storeReads: Durations
  readonly storeWrites: Durations
  /** Of answers to probes that were asked. */
  readonly probes: Durations
}

export function createOwnTimes(): OwnTimes {
  return { storeReads: new Durations(), storeWrites: new Durations(), probes: new Durations() }
}
