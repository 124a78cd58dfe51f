import { Fault } from '../../model/fault.ts'
import type { Clock } from '../../ports/clock.ts'

/** How a pretend service misbehaves. Asked for each operation, so that a fault plan can choose by kind, time or dice of its own. */
export interface FakeHooks<Operation> {
  /** The whole way there and back. */
  readonly latencyMs?: (operation: Operation) => number
  /** On arrival, before any effect: `not-done` = refused, `unknown` = the request was lost on its way. */
  readonly fail?: (operation: Operation) => Fault | null
  /** After the effect: the answer was lost. Give it the outcome `unknown`. */
  readonly failAfter?: (operation: Operation) => Fault | null
}

/**
 * One daemon's connection to a pretend service. F1: effects, and answers, come in the order of calls. F2: what was sent before `kill`
 * still arrives and takes effect, but nobody is told. F3: no time passes but the clock's.
 */
export class FakeWire<Operation> {
  readonly #clock: Pick<Clock, 'after'>
  readonly #hooks: FakeHooks<Operation>
  readonly #path: string
  readonly #there: (() => void)[] = []
  readonly #back: (() => void)[] = []
  #underWay = 0
  #whenIdle: (() => void)[] = []
  #state: 'open' | 'closing' | 'killed' = 'open'

  constructor(clock: Pick<Clock, 'after'>, hooks: FakeHooks<Operation>, path: string) {
    this.#clock = clock
    this.#hooks = hooks
    this.#path = path
  }

  get open(): boolean {
    return this.#state === 'open'
  }

  call<Answer>(operation: Operation, effect: () => Answer): Promise<Answer> {
    if (this.#state === 'killed') return new Promise(() => {})
    if (this.#state === 'closing') return Promise.reject(this.#closedFault())
    this.#underWay++
    return new Promise((resolve, reject) => {
      const halfMs = this.#halfMs(operation)
      this.#later(this.#there, halfMs, () => {
        const settle = this.#attempt(operation, effect, resolve, reject)
        this.#later(this.#back, halfMs, () => this.#answer(settle))
      })
    })
  }

  /** What the service says by itself; never told after `close` or `kill`. */
  tell(operation: Operation, run: () => void): void {
    this.#later(this.#back, this.#halfMs(operation), () => {
      if (this.#state === 'open') run()
    })
  }

  close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closing'
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve)
      this.#tellIdle()
    })
  }

  /** The daemon is gone: what it waits for never comes. */
  kill(): void {
    this.#state = 'killed'
  }

  #attempt<Answer>(
    operation: Operation,
    effect: () => Answer,
    resolve: (answer: Answer) => void,
    reject: (error: unknown) => void,
  ): () => void {
    const refusal = this.#hooks.fail?.(operation) ?? null
    if (refusal !== null) return () => reject(refusal)
    const answer = effect()
    const loss = this.#hooks.failAfter?.(operation) ?? null
    return loss === null ? () => resolve(answer) : () => reject(loss)
  }

  #answer(settle: () => void): void {
    if (this.#state === 'killed') return
    this.#underWay--
    settle()
    this.#tellIdle()
  }

  /** The first in the queue, whichever timer fires: a shorter delay must not overtake (F1). */
  #later(queue: (() => void)[], delayMs: number, run: () => void): void {
    queue.push(run)
    this.#clock.after(delayMs, () => queue.shift()?.())
  }

  #halfMs(operation: Operation): number {
    return (this.#hooks.latencyMs?.(operation) ?? 0) / 2
  }

  #tellIdle(): void {
    if (this.#state === 'killed' || this.#underWay > 0) return
    const idle = this.#whenIdle
    this.#whenIdle = []
    for (const resolve of idle) resolve()
  }

  #closedFault(): Fault {
    return new Fault('store-lost', 'not-done', { path: this.#path, text: 'closed' })
  }
}
