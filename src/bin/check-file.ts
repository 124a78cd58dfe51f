import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { CheckedFile, ClusterFileSource } from '../api/powers.ts'
import { Fault } from '../model/fault.ts'

/** A file of 10 000 guests is read in less than a tenth of it. */
const checkLimitMs = 30_000

/** Whoever writes a file has it looked at again and again. */
const restMs = 20_000

/** Files that wait for their turn; each may be of the largest size. */
export const mostWaiting = 8

/** A file of 10 000 guests fits; one that was made to grow ends the thread and not the daemon. */
const threadLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }

/** Reads cluster files in a thread of their own: the daemon goes on with its work meanwhile, and has the memory of it back a while after the last one. */
export interface FileChecker {
  /** Faults: `daemon-busy`, `timeout`, `limit-reached`. */
  check(source: ClusterFileSource): Promise<CheckedFile>
  /** For tests: whether the thread is there. */
  readonly isOpen: boolean
  close(): void
}

export function createFileChecker({ limitMs = checkLimitMs, keptMs = restMs } = {}): FileChecker {
  let worker: Worker | null = null
  let rest: NodeJS.Timeout | null = null
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()

  const close = (): void => {
    if (rest !== null) clearTimeout(rest)
    void worker?.terminate()
    worker = null
  }

  const opened = (): Worker => {
    if (rest !== null) clearTimeout(rest)
    if (worker !== null) return worker
    const url = new URL(`./check-file-worker${extname(import.meta.url)}`, import.meta.url)
    const made = new Worker(url, { name: 'vigia-check', resourceLimits: threadLimits })
    made.unref()
    // Without a listener the end of the thread would be the end of the daemon.
    made.on('error', () => {})
    made.once('exit', () => {
      if (worker === made) worker = null
    })
    worker = made
    return made
  }

  const one = async (source: ClusterFileSource): Promise<CheckedFile> => {
    try {
      return await answerOf(opened(), source, limitMs)
    } catch (error) {
      close()
      throw error
    } finally {
      waiting -= 1
      rest = setTimeout(close, keptMs).unref()
    }
  }

  return {
    get isOpen() {
      return worker !== null
    },
    check(source) {
      if (waiting >= mostWaiting) {
        return Promise.reject(new Fault('daemon-busy', 'not-done', { text: 'other files are being read' }))
      }
      waiting += 1
      const checked = last.then(() => one(source))
      last = checked.catch(() => {})
      return checked
    },
    close,
  }
}

function answerOf(worker: Worker, source: ClusterFileSource, limitMs: number): Promise<CheckedFile> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer)
      worker.off('message', answered)
      worker.off('error', broke)
      worker.off('exit', ended)
    }
    const answered = (checked: CheckedFile): void => {
      done()
      resolve(checked)
    }
    const broke = (error: unknown): void => {
      done()
      reject(new Fault('limit-reached', 'not-done', { what: 'cluster file', text: String(error) }, { cause: error }))
    }
    const ended = (): void => broke('the thread ended')
    const timer = setTimeout(() => {
      done()
      reject(new Fault('timeout', 'not-done', { what: 'cluster file', limitMs }))
    }, limitMs)
    worker.once('message', answered)
    worker.once('error', broke)
    worker.once('exit', ended)
    worker.postMessage(source)
  })
}
