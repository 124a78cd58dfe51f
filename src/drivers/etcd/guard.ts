import type { Revision } from '../../ports/store.ts'
import { Refusal } from './etcd-faults.ts'
import type { Gateway } from './gateway.ts'
import type { Keyspace } from './keyspace.ts'
import { headerRevision } from './wire.ts'

/**
 * What makes "read again before acting" sound. A transaction whose answer is missing may lie in the buffers of a paused member and
 * take effect long afterwards. So each daemon has a guard key of its own in etcd, and its transactions compare the guard's revision:
 *
 * G1  After a transaction ended as `unknown`, the guard is written anew before the next read or transaction: from then on the lost one
 *     has taken effect or never will.
 * G2  A new life of the daemon writes the guard before its first transaction: nothing of its earlier life takes effect after that.
 * G3  Writing the guard late, twice or in vain does no harm: it only fails transactions that are then sent again, certainly undone.
 */
export class Guard {
  readonly #gateway: Gateway
  readonly #keys: Keyspace
  readonly #limitMs: number
  #laid: Promise<Revision> | null = null
  /** A transaction of this life is of unknown effect, and the guard has not been written since. */
  #unsettled = false

  constructor(gateway: Gateway, keys: Keyspace, limitMs: number) {
    this.#gateway = gateway
    this.#keys = keys
    this.#limitMs = limitMs
  }

  /** The revision to compare with. Throws `Refusal`, always `not-done`: the transaction it is for was not sent. */
  current(): Promise<Revision> {
    if (this.#laid !== null) return this.#laid
    const laying = this.#lay()
    this.#laid = laying
    laying.catch(() => this.outdated(laying))
    return laying
  }

  /** What `current` gave is not what etcd holds. A newer one stays. */
  outdated(guard: Promise<Revision>): void {
    if (this.#laid === guard) this.#laid = null
  }

  /** A transaction that compared `guard` may still take effect. */
  unsettled(guard: Promise<Revision>): void {
    this.#unsettled = true
    this.outdated(guard)
  }

  /** Before a read: after it, no earlier transaction of ours changes anything any more. */
  async settle(): Promise<void> {
    if (!this.#unsettled) return
    try {
      await this.current()
    } catch (error) {
      // A full etcd takes no guard, but it takes no late transaction either; it must stay readable.
      if (!(error instanceof Refusal) || error.fault.code !== 'disk-full') throw error
    }
  }

  async #lay(): Promise<Revision> {
    const { guardKey } = this.#keys
    // One that is known to have been sent before the guard is settled by it; one that becomes unknown meanwhile is not.
    this.#unsettled = false
    try {
      // Certainly repeatable (G3), so it may go to another member when one does not answer.
      const call = { path: '/v3/kv/put', body: JSON.stringify({ key: guardKey, value: '' }), writes: false }
      return headerRevision(await this.#gateway.call({ ...call, limitMs: this.#limitMs }))
    } catch (error) {
      this.#unsettled = true
      throw error
    }
  }
}
