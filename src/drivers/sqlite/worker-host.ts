import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Fault } from '../../model/fault.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** A worker that dies again and again has a reason that restarting does not cure: better one clear fault than a loop. */
const maxRestarts = 5
const restartWindowMs = 60_000

/** Ceilings, not reservations: the largest transaction fits, and a leak ends in the worker instead of the whole daemon. */
const workerLimits = { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 4, stackSizeMb: 2 }

export interface WorkerHostOptions {
  readonly directory: string
  /** How long a lock that somebody has is waited for. */
  readonly lockWaitMs: number
  readonly received: (message: FromWorker) => void
  /** The worker died; another one is on its way. */
  readonly lost: (text: string) => void
  /** There will be no worker any more. */
  readonly ended: (fault: Fault) => void
}

/** Keeps one database worker alive, within limits. */
export class WorkerHost {
  readonly #options: WorkerHostOptions
  readonly #diedAt: number[] = []
  #worker: Worker | null = null
  #exited: Promise<void> = Promise.resolve()
  #closing = false
  #refused = false

  constructor(options: WorkerHostOptions) {
    this.#options = options
    this.#start()
  }

  post(message: ToWorker): void {
    this.#worker?.postMessage(message)
  }

  /** Lets the worker close its files; resolves when its thread, and with it the lock on the files, is gone. */
  close(): Promise<void> {
    this.#closing = true
    this.post({ lane: 'close' })
    return this.#exited
  }

  /** For tests: what a crash of the worker looks like. */
  async crash(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): void {
    const url = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)
    const worker = new Worker(url, {
      name: 'vigia-sqlite',
      workerData: { directory: this.#options.directory, lockWaitMs: this.#options.lockWaitMs },
      resourceLimits: workerLimits,
    })
    let cause: Error | null = null
    this.#worker = worker
    worker.on('message', (message: FromWorker) => {
      if (message.lane === 'refused') this.#refused = true
      this.#options.received(message)
    })
    worker.on('error', (error) => {
      cause = error instanceof Error ? error : new Error(String(error))
    })
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#worker = null
        this.#gone(cause)
        resolve()
      })
    })
  }

  #gone(cause: Error | null): void {
    if (this.#closing || this.#refused) return
    const text = `the database thread ended: ${cause?.message ?? 'no reason given'}`
    this.#options.lost(text)
    const now = performance.now()
    this.#diedAt.push(now)
    const recent = this.#diedAt.filter((at) => now - at < restartWindowMs)
    if (recent.length > maxRestarts) this.#giveUp(`${text}, ${recent.length} times`, cause)
    else this.#start()
  }

  #giveUp(text: string, cause: Error | null): void {
    const path = this.#options.directory
    this.#options.ended(new Fault('store-lost', 'not-done', { path, text }, { cause }))
  }
}
