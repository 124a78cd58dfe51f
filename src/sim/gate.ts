/** What becomes of a daemon at one of its calls to the world. */
export type CallVerdict = 'go' | 'die-before' | 'die-after'

export interface GateHooks {
  /** Asked at every call, with its place in the daemon's life (from 1). */
  readonly onCall?: (label: string, place: number) => CallVerdict
  readonly onDeath?: () => void
  /** The daemon threw where nobody catches: its process would have died. */
  readonly onThrow: (error: unknown) => void
}

/**
 * Everything that passes between one daemon and its world. A dead daemon calls nothing and hears nothing, though what it had sent still happens;
 * a frozen one hears all of it when it thaws.
 */
export class Gate {
  #state: 'open' | 'frozen' | 'dead' = 'open'
  #calls = 0
  #held: (() => void)[] = []
  readonly #hooks: GateHooks
  readonly #later: (run: () => void) => void

  /** `later` runs something as an event of its own. */
  constructor(later: (run: () => void) => void, hooks: GateHooks) {
    this.#later = later
    this.#hooks = hooks
  }

  get dead(): boolean {
    return this.#state === 'dead'
  }

  /** It lives, and is not frozen. */
  get open(): boolean {
    return this.#state === 'open'
  }

  /** A call of the daemon with an answer to wait for. */
  call<T>(label: string, effect: () => Promise<T>): Promise<T> {
    const verdict = this.#enter(label)
    if (verdict === 'die-before') return never()
    const answer = effect()
    if (verdict === 'die-after') this.kill()
    return new Promise((resolve, reject) => {
      answer.then(
        (value) => this.deliver(() => resolve(value)),
        (error: unknown) => this.deliver(() => reject(error)),
      )
    })
  }

  /** A call without an answer; `otherwise` is what a dead daemon's code gets back. */
  tell<T>(label: string, effect: () => T, otherwise: T): T {
    const verdict = this.#enter(label)
    if (verdict === 'die-before') return otherwise
    const value = effect()
    if (verdict === 'die-after') this.kill()
    return value
  }

  /** Something reaches the daemon: now, when it thaws, or never. */
  deliver(run: () => void): void {
    if (this.#state === 'dead') return
    if (this.#state === 'frozen') {
      this.#held.push(run)
      return
    }
    try {
      run()
    } catch (error) {
      this.#hooks.onThrow(error)
      this.kill()
    }
  }

  kill(): void {
    if (this.#state === 'dead') return
    this.#state = 'dead'
    this.#held = []
    this.#hooks.onDeath?.()
  }

  freeze(): void {
    if (this.#state === 'open') this.#state = 'frozen'
  }

  thaw(): void {
    if (this.#state !== 'frozen') return
    this.#state = 'open'
    const held = this.#held
    this.#held = []
    for (const run of held) this.#later(() => this.deliver(run))
  }

  #enter(label: string): CallVerdict {
    if (this.#state === 'dead') return 'die-before'
    this.#calls += 1
    const verdict = this.#hooks.onCall?.(label, this.#calls) ?? 'go'
    if (verdict === 'die-before') this.kill()
    return verdict
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => {})
}
