export interface KeepaliveOptions {
  /** Between our pings. */
  readonly intervalMs: number
  /** Pings in a row without any byte from the other side, before it counts as dead. */
  readonly misses: number
}

/** A dead libvirtd is noticed within 15 s; a socket that closes is noticed at once and needs none of this. */
export const KEEPALIVE: KeepaliveOptions = { intervalMs: 5_000, misses: 3 }

/**
 * Asks for a sign of life at intervals. It counts pings and not time: when our own event loop was late, one late ping
 * counts once, so that our lateness is never taken for the other side's silence.
 */
export class KeepaliveTimer {
  private readonly timer: NodeJS.Timeout
  private unanswered = 0

  constructor(options: KeepaliveOptions, ping: () => void, onSilent: () => void) {
    this.timer = setInterval(() => {
      if (this.unanswered >= options.misses) return onSilent()
      this.unanswered += 1
      ping()
    }, options.intervalMs)
  }

  /** Anything arrived. */
  heard(): void {
    this.unanswered = 0
  }

  stop(): void {
    clearInterval(this.timer)
  }
}
