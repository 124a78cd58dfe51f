import type { MemberLease } from '../agent/membership.ts'
import type { Leader } from '../control/leader.ts'
import { defaultLeaseMs } from '../core/lease-times.ts'
import { type KeptSettings, keepSettings, readKeptSettings } from '../drivers/local/kept-settings.ts'
import { type ClusterSettings, defaultHostWatchdog, defaultSettings, type HostSpec } from '../model/cluster.ts'
import type { HostId } from '../model/ids.ts'
import type { Log } from '../ports/log.ts'

export interface ClusterInForceOptions {
  readonly host: HostId
  readonly stateDirectory: string
  readonly log: Log
}

/** What the drivers of a member take from the cluster file: as it is now, and before it is known, as it was last. */
export class ClusterInForce {
  readonly #options: ClusterInForceOptions
  #kept: KeptSettings
  #leader: Leader | null = null

  private constructor(options: ClusterInForceOptions, kept: KeptSettings) {
    this.#options = options
    this.#kept = kept
  }

  static async open(options: ClusterInForceOptions): Promise<ClusterInForce> {
    const otherwise = { leaseMs: defaultLeaseMs, watchdog: defaultHostWatchdog }
    return new ClusterInForce(options, await readKeptSettings(options.stateDirectory, otherwise))
  }

  get leaseMs(): number {
    return this.#kept.leaseMs
  }

  /** Of this host; null: none is to be armed. Another one in the file counts from the next start of the daemon on. */
  get watchdogDevice(): string | null {
    return this.#kept.watchdog
  }

  get settings(): ClusterSettings {
    return this.#leader?.snapshot().cluster?.settings ?? defaultSettings
  }

  hostSpec(host: HostId): HostSpec | null {
    return this.#leader?.snapshot().cluster?.hosts.find(({ id }) => id === host) ?? null
  }

  /** From now on the lease is as the file says. Ends with the leader. */
  follow(leader: Leader, lease: MemberLease): void {
    this.#leader = leader
    leader.subscribe(() => {
      const { cluster, members } = leader.snapshot()
      if (cluster === null) return
      lease.configure(cluster.settings.leaseMs, members?.armed !== false)
      const own = this.hostSpec(this.#options.host)
      void this.#keep({
        leaseMs: cluster.settings.leaseMs,
        watchdog: own === null ? defaultHostWatchdog : own.watchdog,
      })
    })
  }

  async #keep(settings: KeptSettings): Promise<void> {
    const { leaseMs, watchdog } = this.#kept
    if (settings.leaseMs === leaseMs && settings.watchdog === watchdog) return
    this.#kept = settings
    await keepSettings(this.#options.stateDirectory, settings).catch((error: unknown) =>
      this.#options.log.warn('the lease could not be kept for the next start', { text: String(error) }),
    )
  }
}
