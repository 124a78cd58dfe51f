import { afterCall, nextHooks, noHooks } from '../core/hooks.ts'
import { type FaultData, faultData } from '../model/fault.ts'
import type { HookCall, HookRecord } from '../model/hook.ts'
import type { HookEnd } from '../ports/hook.ts'
import { storeKeys } from '../ports/store.ts'
import type { LeaderState } from './leader-state.ts'
import type { ClusterPorts, LeaderPorts } from './ports.ts'

/**
 * Tells the administrator's program of what happens, beside the rounds, which wait for nothing of it.
 * 1. What is to be told is written before the program runs, that it was told after it ended: a leader that dies in between leaves the call
 *    to the next one, so each is made at least once.
 * 2. One call at a time. A program that fails is told of in the history, and not repeated.
 */
export class Hooks {
  readonly #ports: LeaderPorts
  readonly #cluster: ClusterPorts
  readonly #state: LeaderState
  #busy = false
  #stopped = false

  constructor(ports: LeaderPorts, cluster: ClusterPorts, state: LeaderState) {
    this.#ports = ports
    this.#cluster = cluster
    this.#state = state
  }

  stop(): void {
    this.#stopped = true
  }

  /** Called whenever something may have changed, and while this process leads only. */
  step(): void {
    if (this.#busy || this.#stopped) return
    this.#busy = true
    void this.#work()
      .catch((error: unknown) => this.#ports.log.warn('the hook could not be run', { fault: faultData(error).code }))
      .finally(() => {
        this.#busy = false
      })
  }

  async #work(): Promise<void> {
    const snapshot = this.#state.snapshot()
    const before = this.#state.hooks ?? noHooks
    const record = nextHooks(snapshot, before)
    // Nothing is run before it stands in the store; the watch brings it back.
    if (record !== before) return void (await this.#write(record))
    const [call] = record.pending
    const program = snapshot.cluster?.settings.hook ?? null
    if (call === undefined || snapshot.cluster === null || program === null) return
    const end = await this.#cluster.hook.run(program, snapshot.cluster.name, call)
    if (this.#stopped) return
    if (end.kind !== 'done') this.#tell(program, call, end)
    // What came meanwhile is in it as well.
    await this.#write(afterCall(this.#state.hooks ?? record, call.id))
  }

  async #write(record: HookRecord): Promise<void> {
    const { term } = this.#state
    if (term === null || this.#stopped) return
    const key = storeKeys.hook
    const when = [
      { key: storeKeys.leader, revision: term.revision },
      { key, revision: this.#state.revisionOf(key) },
    ]
    const { done } = await this.#ports.store.transact({
      when,
      put: [{ key, value: JSON.stringify(record) }],
      remove: [],
    })
    if (!done) this.#ports.log.info('what the hook was told is written anew')
  }

  #tell(program: string, call: HookCall, end: Exclude<HookEnd, { kind: 'done' }>): void {
    const { clock, history, host, log } = this.#ports
    const fault = faultOf(program, end)
    log.warn('the hook failed', { event: call.event, fault: fault.code, ...fault.details })
    history
      .append([
        {
          at: clock.wall(),
          host,
          actor: 'leader',
          word: 'fault',
          guest: null,
          service: null,
          because: null,
          fault,
          note: null,
        },
      ])
      .catch((error: unknown) => log.error('history could not be written', { fault: faultData(error).code }))
  }
}

function faultOf(path: string, end: Exclude<HookEnd, { kind: 'done' }>): FaultData {
  switch (end.kind) {
    case 'absent':
      return { code: 'hook-failed', outcome: 'not-done', details: { path, text: end.text } }
    case 'hung':
      return { code: 'hook-failed', outcome: 'unknown', details: { path, limitMs: end.limitMs } }
    case 'failed':
      return {
        code: 'hook-failed',
        outcome: 'unknown',
        details: { path, exit: String(end.code ?? 'signal'), text: end.text },
      }
  }
}
