import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Reckoned, Reckoner, ReckonQuestion } from '../api/reckoner.ts'
import type { StoredEvent } from '../model/event.ts'
import { Fault, type FaultData } from '../model/fault.ts'

/** Ten years with 100 000 failures take two seconds; whatever takes so long does not come to an end. */
const reportLimitMs = 60_000

/** Plans and plays say themselves how long they look; this much longer nobody waits. */
const heavyLimitMs = 180_000

/** Reports that wait for their turn: more people do not look at once. */
const mostWaiting = 8

/** A history of a million events fits, and a plan of 2 000 guests; whatever grows beyond ends the thread and not the daemon. */
const threadLimits = { maxOldGenerationSizeMb: 1_024, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 }

/** What the thread is told: pages of the history, then the question. */
export type ReckonMessage =
  | { readonly kind: 'events'; readonly events: readonly StoredEvent[] }
  | { readonly kind: 'question'; readonly question: ReckonQuestion }

export type ReckonAnswer = { readonly reckoned: Reckoned } | { readonly fault: FaultData }

/** Each question in a thread of its own, which is gone afterwards with all its memory. */
export function createReckoner({ reportMs = reportLimitMs, heavyMs = heavyLimitMs } = {}): Reckoner {
  let isHeavyBusy = false
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  return async (question, history) => {
    if (isHeavy(question)) {
      if (isHeavyBusy) throw new Fault('daemon-busy', 'not-done', { text: 'another plan is being reckoned' })
      isHeavyBusy = true
      try {
        return await answered(question, history, heavyMs)
      } finally {
        isHeavyBusy = false
      }
    }
    if (waiting > mostWaiting) throw new Fault('daemon-busy', 'not-done', { text: 'other reports are being reckoned' })
    waiting++
    const own = last.then(() => answered(question, history, reportMs))
    last = own.catch(() => undefined)
    try {
      return await own
    } finally {
      waiting--
    }
  }
}

function isHeavy(question: ReckonQuestion): boolean {
  return (
    question.kind === 'plan' ||
    question.kind === 'plan-live' ||
    (question.kind === 'foresight' && question.plays !== null)
  )
}

async function answered(
  question: ReckonQuestion,
  history: AsyncIterable<readonly StoredEvent[]> | null,
  limitMs: number,
): Promise<Reckoned> {
  const url = new URL(`./reckon-worker${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(url, { name: 'vigia-reckon', resourceLimits: threadLimits })
  let timer: NodeJS.Timeout | null = null
  try {
    const outcome = new Promise<ReckonAnswer>((resolve, reject) => {
      timer = setTimeout(() => reject(new Fault('timeout', 'not-done', { what: question.kind, limitMs })), limitMs)
      worker.once('message', resolve)
      worker.once('error', (error) => {
        reject(new Fault('limit-reached', 'not-done', { what: question.kind, text: String(error) }, { cause: error }))
      })
      worker.once('exit', () =>
        reject(new Fault('internal', 'not-done', { text: 'the thread ended without an answer' })),
      )
    })
    const tell = (message: ReckonMessage): void => worker.postMessage(message)
    const told = async (): Promise<never> => {
      for await (const events of history ?? []) tell({ kind: 'events', events })
      tell({ kind: 'question', question })
      return new Promise<never>(() => undefined)
    }
    const answer = await Promise.race([outcome, told()])
    if ('reckoned' in answer) return answer.reckoned
    const { code, outcome: known, details } = answer.fault
    throw new Fault(code, known, details)
  } finally {
    if (timer !== null) clearTimeout(timer)
    await worker.terminate()
  }
}
