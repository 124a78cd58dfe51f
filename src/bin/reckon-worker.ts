import { constants, getPriority, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import type { StoredEvent } from '../model/event.ts'
import { faultData } from '../model/fault.ts'
import { reckon } from './reckon.ts'
import type { ReckonAnswer, ReckonMessage } from './reckoner.ts'

// The daemon goes before the guests, so that it is never late; what only computes does not. On Linux this is of one thread, and of those it begins.
const { PRIORITY_NORMAL } = constants.priority
if (getPriority() < PRIORITY_NORMAL) setPriority(PRIORITY_NORMAL)

const known: StoredEvent[] = []

parentPort!.on('message', (message: ReckonMessage) => {
  if (message.kind === 'events') {
    for (const event of message.events) known.push(event)
    return
  }
  void reckon(message.question, known)
    .then(
      (reckoned): ReckonAnswer => ({ reckoned }),
      (error: unknown): ReckonAnswer => ({ fault: faultData(error) }),
    )
    .then((answer) => parentPort!.postMessage(answer))
})
