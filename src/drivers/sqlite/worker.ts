import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { faultData } from '../../model/fault.ts'
import { prepareDirectory } from './database-file.ts'
import { HistoryDatabase } from './history-database.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { MetricsDatabase } from './metrics-database.ts'
import { StoreDatabase } from './store-database.ts'

/** Everything of SQLite happens here, away from the thread that decides. One batch after the other; each is answered as a whole. */
const port = parentPort
if (port === null) throw new Error('this file runs in a worker thread only')

const send = (message: FromWorker): void => port.postMessage(message)

try {
  serve(workerData as { directory: string; lockWaitMs: number })
} catch (error) {
  send({ lane: 'refused', fault: faultData(error) })
  port.close()
}

function serve({ directory, lockWaitMs }: { directory: string; lockWaitMs: number }): void {
  prepareDirectory(directory)
  const store = new StoreDatabase(join(directory, 'store.db'), lockWaitMs)
  const history = openHistory(directory, store)
  const metrics = new MetricsDatabase(join(directory, 'metrics.db'))
  port?.on('message', (message: ToWorker) => {
    switch (message.lane) {
      case 'store':
        send({ lane: 'store', outcomes: store.run(message.requests) })
        break
      case 'history':
        send({ lane: 'history', outcomes: message.requests.map((request) => history.run(request)) })
        break
      case 'metrics':
        send({ lane: 'metrics', outcomes: message.requests.map((request) => metrics.run(request)) })
        break
      case 'close':
        store.close()
        history.close()
        metrics.close()
        port?.close()
    }
  })
  send({ lane: 'opened', revision: store.revision })
}

function openHistory(directory: string, store: StoreDatabase): HistoryDatabase {
  try {
    return new HistoryDatabase(join(directory, 'history.db'))
  } catch (error) {
    store.close()
    throw error
  }
}
