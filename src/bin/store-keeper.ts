import { join } from 'node:path'
import { maintain, maintenanceEachMs } from '../drivers/etcd-server/maintenance.ts'
import { saveDatedSnapshot } from '../drivers/etcd-server/snapshot.ts'
import { faultData } from '../model/fault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { OwnStore } from './own-store.ts'

export interface StoreKeeperOptions {
  readonly own: OwnStore
  readonly stateDirectory: string
  readonly clock: Clock
  readonly log: Log
  /** How many members the cluster has. */
  readonly members: () => number
}

/** A copy without a vote waits so long at most until somebody sees that it may have one. */
const votesEachMs = 30_000

/** What people wished within this time is lost with all copies of the store at once. */
const snapshotEachMs = 6 * 3_600_000

/** Two days. */
const snapshotsKept = 8

/** Looks after the store that Vigia has made: votes, room, saved copies. What fails is told, and tried again when its time comes. */
export class StoreKeeper {
  readonly #options: StoreKeeperOptions
  readonly #cancels = new Set<() => void>()
  #stopped = false

  constructor(options: StoreKeeperOptions) {
    this.#options = options
    this.#each('votes', votesEachMs, () => this.#votes())
    this.#each('maintenance', maintenanceEachMs, () => this.#maintenance())
    this.#each('snapshot', snapshotEachMs, () => this.#snapshot())
  }

  stop(): void {
    this.#stopped = true
    for (const cancel of this.#cancels) cancel()
  }

  async #votes(): Promise<void> {
    const admin = this.#options.own.admin()
    try {
      if ((await admin.members()).some(({ learner }) => learner)) {
        await this.#options.own.settle(admin, this.#options.members())
      }
    } finally {
      admin.close()
    }
  }

  /** By one member, so that never two are written anew at a time: the one that leads the store. */
  async #maintenance(): Promise<void> {
    const admin = this.#options.own.admin()
    try {
      const { leaderId, memberId } = await admin.status()
      if (leaderId === memberId) await maintain(admin, this.#options.own.tls)
    } finally {
      admin.close()
    }
  }

  async #snapshot(): Promise<void> {
    const { own, stateDirectory, clock } = this.#options
    const admin = own.admin()
    try {
      await saveDatedSnapshot(admin, join(stateDirectory, 'snapshots'), clock.wall(), snapshotsKept)
    } finally {
      admin.close()
    }
  }

  #each(what: string, eachMs: number, run: () => Promise<void>): void {
    const { clock, log } = this.#options
    const cancel = clock.after(eachMs, () => {
      this.#cancels.delete(cancel)
      run()
        .catch((error: unknown) =>
          log.warn('the store could not be looked after', { what, fault: faultData(error).code }),
        )
        .finally(() => {
          if (!this.#stopped) this.#each(what, eachMs, run)
        })
    })
    this.#cancels.add(cancel)
  }
}
