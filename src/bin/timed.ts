import type { OwnTimes } from '../ports/durations.ts'
import type { Prober } from '../ports/prober.ts'
import type { Store } from '../ports/store.ts'

/** The same store; how long it takes to answer is counted, that it fails is not. */
export function timedStore(store: Store, { storeReads, storeWrites }: OwnTimes): Store {
  return {
    async read(prefix) {
      const begunAt = performance.now()
      const snapshot = await store.read(prefix)
      storeReads.add(performance.now() - begunAt)
      return snapshot
    },
    async transact(transaction) {
      const begunAt = performance.now()
      const result = await store.transact(transaction)
      storeWrites.add(performance.now() - begunAt)
      return result
    },
    watch: (prefix, from, listener) => store.watch(prefix, from, listener),
    close: () => store.close(),
  }
}

/** The same prober; how long services take to answer is counted. */
export function timedProber(prober: Prober, { probes }: OwnTimes): Prober {
  return {
    async ask(target, timeoutMs) {
      const outcome = await prober.ask(target, timeoutMs)
      if (outcome.kind === 'answered') probes.add(outcome.latencyMs)
      return outcome
    },
    untilAnswered: (target, answered) => prober.untilAnswered(target, answered),
    close: () => prober.close(),
  }
}
