import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import { snapshotText } from '../core/snapshot-text.ts'
import { Fault, type FaultData } from '../model/fault.ts'
import type { LiveLoss } from '../sim/live.ts'

/** A cluster of twenty hosts and a thousand guests is played in less; a play that does not come to rest ends here. */
export const whatIfLimitMs = 60_000

/** The pretend world of a thousand guests fits; whatever grows beyond ends the thread and not the daemon. */
const threadLimits = { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }

/** The same question gets the same answer. */
const seed = 1

export type WhatIfAnswer = { readonly loss: LiveLoss } | { readonly fault: FaultData }

export interface WhatIfWish {
  /** `snapshotText`. */
  readonly snapshot: string
  readonly lose: readonly string[]
  readonly seed: number
}

/** Plays losses in a thread of their own, one at a time: the daemon goes on with its work meanwhile, and has its memory back afterwards. */
export function createWhatIf(
  limitMs = whatIfLimitMs,
): (snapshot: ClusterSnapshot, lose: readonly string[]) => Promise<LiveLoss> {
  let busy = false
  return async (snapshot, lose) => {
    if (busy) throw new Fault('daemon-busy', 'not-done', { text: 'another loss is being played' })
    busy = true
    try {
      return await played({ snapshot: snapshotText(snapshot), lose, seed }, limitMs)
    } finally {
      busy = false
    }
  }
}

async function played(wish: WhatIfWish, limitMs: number): Promise<LiveLoss> {
  const url = new URL(`./what-if-worker${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(url, { name: 'vigia-what-if', workerData: wish, resourceLimits: threadLimits })
  let timer: NodeJS.Timeout | null = null
  try {
    const answer = await new Promise<WhatIfAnswer>((resolve, reject) => {
      timer = setTimeout(() => reject(new Fault('timeout', 'not-done', { what: 'what-if', limitMs })), limitMs)
      worker.once('message', resolve)
      worker.once('error', (error) => {
        reject(new Fault('limit-reached', 'not-done', { what: 'what-if', text: String(error) }, { cause: error }))
      })
      worker.once('exit', () => reject(new Fault('internal', 'not-done', { text: 'the play ended without an answer' })))
    })
    if ('loss' in answer) return answer.loss
    const { code, outcome, details } = answer.fault
    throw new Fault(code, outcome, details)
  } finally {
    if (timer !== null) clearTimeout(timer)
    await worker.terminate()
  }
}
