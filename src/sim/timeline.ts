/** More events at one instant than this are a loop that never lets time pass. */
const maxEventsAtOneInstant = 20_000

/** The event loop gets its turn so often: unhandled rejections and signals are seen in good time. */
const eventsBetweenYields = 5_000

interface Entry {
  readonly atMs: number
  /** Breaks ties: first scheduled, first run. */
  readonly sequence: number
  run: (() => void) | null
}

/**
 * Simulated time: what is to happen, in order. An event runs only after everything the one before it set off has settled;
 * so the same schedule always makes the same story.
 */
export class Timeline {
  #nowMs = 0
  #sequence = 0
  #played = 0
  readonly #queue = new Queue()

  get nowMs(): number {
    return this.#nowMs
  }

  /** How many events have run. */
  get played(): number {
    return this.#played
  }

  /** Runs `run` after so much simulated time (0 = after what is already due now). Returns a cancel, harmless to repeat. */
  after(delayMs: number, run: () => void): () => void {
    const atMs = this.#nowMs + Math.max(0, delayMs)
    const entry: Entry = { atMs, sequence: this.#sequence++, run }
    this.#queue.push(entry)
    return () => {
      entry.run = null
    }
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve))
  }

  /** Set when events at one instant never end: an endless loop of somebody's. Nothing is played any more. */
  stuck = false

  /** Plays everything due until then, and stops there. `afterEach` runs when an event and all it set off are over; true ends the play. */
  async playUntil(untilMs: number, afterEach: () => boolean = () => false): Promise<void> {
    await settled()
    let atThisInstant = 0
    for (let next = this.#queue.peek(); next !== undefined && next.atMs <= untilMs; next = this.#queue.peek()) {
      this.#queue.pop()
      if (next.run === null) continue
      atThisInstant = next.atMs > this.#nowMs ? 0 : atThisInstant + 1
      if (atThisInstant > maxEventsAtOneInstant) this.stuck = true
      if (this.stuck) return
      this.#nowMs = next.atMs
      this.#played += 1
      next.run()
      await settled()
      if (afterEach()) return
      if (this.#played % eventsBetweenYields === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs)
  }
}

/** Resolves when no promise has anything left to do: the tick queue is served only when the microtask queue is empty. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** A binary heap by time, then sequence. */
class Queue {
  readonly #heap: Entry[] = []

  peek(): Entry | undefined {
    return this.#heap[0]
  }

  push(entry: Entry): void {
    const heap = this.#heap
    let place = heap.length
    heap.push(entry)
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!earlier(entry, heap[parent]!)) break
      heap[place] = heap[parent]!
      place = parent
    }
    heap[place] = entry
  }

  pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && earlier(heap[child + 1]!, heap[child]!)) child += 1
      if (!earlier(heap[child]!, last)) break
      heap[place] = heap[child]!
      place = child
    }
    heap[place] = last
  }
}

function earlier(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence)
}
