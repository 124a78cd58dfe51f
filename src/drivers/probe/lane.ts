/** Waiting work at most; beyond it, `enter` says no. Prevents memory without end when nothing gets done any more. */
export const queueLimit = 20_000

/**
 * A bounded number of places, handed out in turn by key: a guest with hundreds of silent ports delays its own
 * questions and nobody else's.
 */
export class Lane {
  private readonly limit: number
  private busy = 0
  private waiting = 0
  /** Keys in the order of their turn; each has at least one waiter. */
  private readonly queues = new Map<string, (() => void)[]>()

  constructor(limit: number) {
    this.limit = limit
  }

  /** Calls `begin` when there is a place, perhaps at once. Whoever began calls `leave` once. False: queue full, `begin` is never called. */
  enter(key: string, begin: () => void): boolean {
    if (this.busy < this.limit) {
      this.busy += 1
      begin()
      return true
    }
    if (this.waiting >= queueLimit) return false
    this.waiting += 1
    const queue = this.queues.get(key)
    if (queue) queue.push(begin)
    else this.queues.set(key, [begin])
    return true
  }

  leave(): void {
    const begin = this.next()
    if (begin) begin()
    else this.busy -= 1
  }

  /** Takes from the key whose turn it is and moves that key to the end. */
  private next(): (() => void) | undefined {
    const first = this.queues.entries().next()
    if (first.done) return undefined
    const [key, queue] = first.value
    const begin = queue.shift()
    this.queues.delete(key)
    if (queue.length > 0) this.queues.set(key, queue)
    this.waiting -= 1
    return begin
  }
}
