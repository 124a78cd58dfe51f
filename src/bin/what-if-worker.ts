import { parentPort, workerData } from 'node:worker_threads'
import { snapshotFrom } from '../core/snapshot-text.ts'
import { faultData } from '../model/fault.ts'
import { loseLive } from '../sim/live.ts'
import type { WhatIfAnswer, WhatIfWish } from './what-if.ts'

const { snapshot, lose, seed } = workerData as WhatIfWish

const answer = await loseLive(snapshotFrom(snapshot)!, lose, { seed }).then(
  (loss): WhatIfAnswer => ({ loss }),
  (error: unknown): WhatIfAnswer => ({ fault: faultData(error) }),
)
parentPort?.postMessage(answer)
