import { join } from 'node:path'
import { Fault, type FaultData } from '../../model/fault.ts'
import type { Audit } from '../../ports/audit.ts'
import type { History } from '../../ports/history.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Store } from '../../ports/store.ts'
import { SqliteAudit } from './audit.ts'
import { SqliteHistory } from './history.ts'
import { Lane } from './lane.ts'
import type {
  FromWorker,
  HistoryAnswer,
  HistoryRequest,
  MetricsAnswer,
  MetricsRequest,
  StoreAnswer,
  StoreRequest,
} from './messages.ts'
import { SqliteMetrics } from './metrics.ts'
import { SqliteStore } from './store.ts'
import { WorkerHost } from './worker-host.ts'

/** Requests that may share one commit: enough for any round of decisions, few enough to answer the first of them soon. */
const batchRequests = 256

export interface SqliteState {
  readonly store: Store
  readonly history: History
  readonly metrics: Metrics
  readonly audit: Audit
  /** Finishes what was asked, closes all and frees the lock on the directory. */
  close(): Promise<void>
  /** For tests: the database thread dies as if it had crashed. */
  crash(): Promise<void>
}

export interface SqliteOptions {
  readonly answerLimitMs?: number
  /** How long a lock that somebody has is waited for. Default: not at all. */
  readonly lockWaitMs?: number
}

/**
 * Opens `store.db` and `history.db` in the directory, creating what is missing (directory 0711, files 0600), for this process alone; `metrics.db`
 * when it is first needed.
 * Rejects with a Fault that names the path: `store-busy` (another daemon has it), `not-allowed`, `file-unreadable`, `store-corrupt`,
 * `disk-full`, `refused` (written by a newer version).
 */
export function openSqlite(directory: string, options: SqliteOptions = {}): Promise<SqliteState> {
  return new Promise((resolve, reject) => {
    const host = new WorkerHost({
      directory,
      lockWaitMs: options.lockWaitMs ?? 0,
      received: (message) => receive(message),
      lost: (text) => {
        storeLane.lost(text)
        historyLane.lost(text)
        metricsLane.lost(text)
        if (!opened) reject(new Fault('store-lost', 'not-done', { path: directory, text }))
      },
      ended: (fault) => end(fault),
    })
    const storeLane = new Lane<StoreRequest, StoreAnswer>({
      path: join(directory, 'store.db'),
      batchRequests,
      post: (requests) => host.post({ lane: 'store', requests }),
      answered: (request, answer) => store.answered(request, answer),
      lostOutcome: (request) => (request.kind === 'read' ? 'not-done' : 'unknown'),
      ...options,
    })
    const historyLane = new Lane<HistoryRequest, HistoryAnswer>({
      path: join(directory, 'history.db'),
      // The store waits for one request of the history at most.
      batchRequests: 1,
      post: (requests) => host.post({ lane: 'history', requests }),
      answered: () => {},
      lostOutcome: (request) => (request.kind === 'query' || request.kind === 'audit-query' ? 'not-done' : 'unknown'),
      ...options,
    })
    const metricsLane = new Lane<MetricsRequest, MetricsAnswer>({
      path: join(directory, 'metrics.db'),
      batchRequests: 1,
      post: (requests) => host.post({ lane: 'metrics', requests }),
      answered: () => {},
      lostOutcome: () => 'not-done',
      ...options,
    })
    const store = new SqliteStore(storeLane)
    const history = new SqliteHistory(historyLane)
    const metrics = new SqliteMetrics(metricsLane)
    let opened = false

    const receive = (message: FromWorker): void => {
      switch (message.lane) {
        case 'store':
          storeLane.receive(message.outcomes)
          break
        case 'history':
          historyLane.receive(message.outcomes)
          break
        case 'metrics':
          metricsLane.receive(message.outcomes)
          break
        case 'refused':
          end(faultOf(message.fault))
          break
        case 'opened':
          store.opened(message.revision)
          storeLane.opened()
          historyLane.opened()
          metricsLane.opened()
          opened = true
          resolve({
            ...{ store, history, metrics },
            audit: new SqliteAudit(historyLane),
            close,
            crash: () => host.crash(),
          })
      }
    }
    const end = (fault: Fault): void => {
      storeLane.end(fault)
      historyLane.end(fault)
      metricsLane.end(fault)
      reject(fault)
    }
    const close = async (): Promise<void> => {
      await Promise.all([store.close(), history.close(), metrics.close()])
      await host.close()
    }
  })
}

function faultOf({ code, outcome, details }: FaultData): Fault {
  return new Fault(code, outcome, details)
}
