import { Fault } from '../../model/fault.ts'
import type { Outcome } from './messages.ts'

/** Waiting requests: beyond this the disk is hopelessly behind, and a caller is better told than kept. */
const maxWaiting = 2_000

/** Text waiting to be written: what keeps a slow disk from eating the daemon's memory. One request larger than this passes when nothing waits. */
const maxWaitingBytes = 64 * 1024 * 1024

/** A disk that does not answer for so long is treated as lost; its late answer still counts for what is stored. */
export const answerLimitMs = 30_000

interface Waiting<Request, Answer> {
  readonly request: Request
  readonly bytes: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (fault: Fault) => void
}

export interface LaneOptions<Request, Answer> {
  /** For faults: what the operator is told is slow or lost. */
  readonly path: string
  readonly batchRequests: number
  readonly post: (requests: readonly Request[]) => void
  /** Sees every answer that came with its request, in order, before the caller does; also those that come too late for the caller. */
  readonly answered: (request: Request, answer: Answer) => void
  /** What is known of a request that was sent when its answer will not come. */
  readonly lostOutcome: (request: Request) => 'not-done' | 'unknown'
  readonly answerLimitMs?: number
}

/**
 * One queue to the worker. L1: at most one batch is under way. L2: answers come in the order of requests.
 * L3: a request that was never sent fails as `not-done`. What arrives while a batch is under way goes together in the next.
 */
export class Lane<Request, Answer> {
  readonly #options: LaneOptions<Request, Answer>
  #waiting: Waiting<Request, Answer>[] = []
  #waitingBytes = 0
  #underWay: readonly Waiting<Request, Answer>[] = []
  #limit: NodeJS.Timeout | null = null
  #stuck = false
  #open = false
  #scheduled = false
  #ended: Fault | null = null
  #idle: (() => void)[] = []

  constructor(options: LaneOptions<Request, Answer>) {
    this.#options = options
  }

  call(request: Request, bytes = 0): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const refusal = this.#refusal(bytes)
      if (refusal !== null) return reject(refusal)
      this.#waiting.push({ request, bytes, resolve, reject })
      this.#waitingBytes += bytes
      this.#schedule()
    })
  }

  /** The worker is ready: what waits is sent. */
  opened(): void {
    this.#open = true
    this.#schedule()
  }

  receive(outcomes: readonly Outcome<Answer>[]): void {
    const batch = this.#underWay
    this.#endBatch()
    batch.forEach((waiting, place) => {
      const outcome = outcomes[place]
      if (outcome !== undefined && 'answer' in outcome) {
        this.#options.answered(waiting.request, outcome.answer)
        waiting.resolve(outcome.answer)
      } else if (outcome !== undefined) {
        const { code, outcome: known, details } = outcome.fault
        waiting.reject(new Fault(code, known, details))
      }
    })
    this.#schedule()
  }

  /** The worker is gone: what was sent is lost, what waits stays for the next worker. */
  lost(text: string): void {
    this.#open = false
    const batch = this.#underWay
    this.#endBatch()
    for (const waiting of batch) waiting.reject(this.#lostFault(waiting, text))
    this.#tellIdle()
  }

  /** No more requests: those that wait fail, those to come too. */
  end(fault: Fault): void {
    this.#ended ??= fault
    this.#refuseWaiting(fault)
    this.#tellIdle()
  }

  /** Refuses new requests and resolves when those already given are answered. */
  drain(): Promise<void> {
    this.#ended ??= new Fault('store-lost', 'not-done', { path: this.#options.path, text: 'closed' })
    return new Promise((resolve) => {
      this.#idle.push(resolve)
      this.#tellIdle()
    })
  }

  #refusal(bytes: number): Fault | null {
    const path = this.#options.path
    if (this.#ended !== null) return this.#ended
    if (this.#stuck) return new Fault('store-busy', 'not-done', { path, text: 'the disk does not answer' })
    const full = this.#waiting.length >= maxWaiting
    const heavy = this.#waiting.length > 0 && this.#waitingBytes + bytes > maxWaitingBytes
    return full || heavy ? new Fault('store-busy', 'not-done', { path, text: 'too much waits to be written' }) : null
  }

  /** After the current task: requests made together travel together. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#send()
    })
  }

  #send(): void {
    if (!this.#open || this.#underWay.length > 0) return
    if (this.#waiting.length === 0) {
      this.#tellIdle()
      return
    }
    this.#underWay = this.#waiting.splice(0, this.#options.batchRequests)
    for (const { bytes } of this.#underWay) this.#waitingBytes -= bytes
    this.#limit = setTimeout(() => this.#late(), this.#options.answerLimitMs ?? answerLimitMs)
    this.#options.post(this.#underWay.map(({ request }) => request))
  }

  #late(): void {
    this.#stuck = true
    for (const waiting of this.#underWay) waiting.reject(this.#lostFault(waiting, 'the disk does not answer'))
    this.#refuseWaiting(
      new Fault('store-busy', 'not-done', { path: this.#options.path, text: 'the disk does not answer' }),
    )
  }

  #endBatch(): void {
    this.#underWay = []
    this.#stuck = false
    if (this.#limit !== null) clearTimeout(this.#limit)
    this.#limit = null
  }

  #refuseWaiting(fault: Fault): void {
    const refused = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const waiting of refused) waiting.reject(fault)
  }

  #lostFault({ request }: Waiting<Request, Answer>, text: string): Fault {
    return new Fault('store-lost', this.#options.lostOutcome(request), { path: this.#options.path, text })
  }

  #tellIdle(): void {
    if (this.#waiting.length > 0 || this.#underWay.length > 0) return
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }
}
