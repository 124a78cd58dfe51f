import { Fault, type FaultData, faultData } from '../model/fault.ts'
import type { HostId } from '../model/ids.ts'
import type { MoveLimitDeed } from '../model/migration.ts'
import type { GuestObservation } from '../model/observation.ts'
import type { Reason } from '../model/reason.ts'
import type { MigrationOptions } from '../ports/hypervisor.ts'
import { MoveWatch } from './move-watch.ts'
import type { AgentPorts } from './ports.ts'

/**
 * A move that was taken back is over when the hypervisor shows none for so long: one that an earlier life asked for may only be about to begin,
 * for as long as libvirt tries to reach the other host.
 */
const moveGoneMs = 40_000

interface Hooks {
  /** There is something new to publish. */
  readonly changed: () => void
  readonly tell: (fault: FaultData) => void
  readonly tellLimit: (because: Reason) => void
}

/** Live moves of one guest away from this host, each within its time limit, and their end before their time. */
export class GuestMover {
  readonly #ports: Pick<AgentPorts, 'hypervisor' | 'cluster' | 'clock'>
  readonly #hooks: Hooks
  readonly #watch: MoveWatch
  /** The newest move whose limit was acted upon. */
  #hurriedSerial = 0
  #moved: GuestObservation['moved'] | null = null
  /** Since when the hypervisor has shown none, of a move that was taken back. */
  #none: { readonly serial: number; readonly since: number } | null = null

  constructor(ports: Pick<AgentPorts, 'hypervisor' | 'cluster' | 'clock'>, domain: () => string, hooks: Hooks) {
    this.#ports = ports
    this.#hooks = hooks
    this.#watch = new MoveWatch(ports, domain, hooks)
  }

  /** The newest move whose end is known. Null: none in this life. */
  get moved(): GuestObservation['moved'] | null {
    return this.#moved
  }

  /** What was counted of a move that is over is nothing to tell any more. `serial`: of the move that is ordered now. */
  progressOf(serial: number | undefined): Pick<GuestObservation, 'moving'> {
    const { progress } = this.#watch
    return progress !== null && progress !== undefined && progress.serial === serial ? { moving: progress } : {}
  }

  /** While it is this life's own deed it is told at once to end, and again while it goes on. */
  endWhileUnderWay(serial: number): void {
    this.#watch.cancel(serial)
  }

  /** It may go on when this returns: begun by an earlier life of this daemon, or its end was not told. Faults as of `Hypervisor.migrate`. */
  async move(name: string, to: HostId, serial: number): Promise<void> {
    try {
      if ((await this.#move(name, to, serial)) === 'ended') this.#moved = { serial, fault: null }
    } catch (error) {
      const fault = faultData(error)
      // With an unknown outcome both hosts are looked at; if it still runs here, and is not under way, it is tried again.
      if (fault.outcome === 'not-done') this.#moved = { serial, fault }
      throw error
    }
  }

  /** One that is not, or no longer, this life's own deed: who asked for it is gone, and libvirt goes on with it. Never throws. */
  async cancel(name: string, to: HostId, serial: number): Promise<void> {
    const { hypervisor, clock } = this.#ports
    try {
      const found = await hypervisor.cancelMigration(name)
      const since = this.#none?.serial === serial ? this.#none.since : clock.now()
      this.#none = found === 'none' ? { serial, since } : null
      if (found !== 'none' || clock.now() - since < moveGoneMs) return
      const { data } = new Fault('migration-failed', 'not-done', { domain: name, host: to, text: 'it was cancelled' })
      this.#moved = { serial, fault: data }
    } catch (error) {
      this.#watch.refused(faultData(error))
    }
  }

  async #move(name: string, to: HostId, serial: number): Promise<'ended' | 'goes-on'> {
    const { hypervisor, cluster } = this.#ports
    const progress = await this.#watch.look(serial)
    if (progress !== null) {
      await this.#keepLimit(name, serial, progress.elapsedMs)
      return 'goes-on'
    }
    const target = cluster?.migrationTarget(to) ?? null
    if (cluster == null || target === null) throw new Fault('host-unknown', 'not-done', { host: to })
    const options = cluster.migrationOptions()
    const within = { ...options, atLimit: (done: MoveLimitDeed) => this.#limited(serial, options, done) }
    await this.#watch.during(serial, hypervisor.migrate(name, target, within))
    return 'ended'
  }

  /** It goes on by itself, and knows of no limit. */
  async #keepLimit(name: string, serial: number, elapsedMs: number): Promise<void> {
    const { hypervisor, cluster } = this.#ports
    const options = cluster?.migrationOptions()
    if (options?.timeLimitMs == null || elapsedMs < options.timeLimitMs || this.#hurriedSerial >= serial) return
    this.#hurriedSerial = serial
    const done = await hypervisor.hurryMigration(name, options.onTimeLimit)
    if (done !== null) this.#limited(serial, options, done)
  }

  #limited(serial: number, { timeLimitMs, onTimeLimit }: MigrationOptions, done: MoveLimitDeed): void {
    this.#hurriedSerial = serial
    const refused = done === onTimeLimit ? {} : { refused: onTimeLimit }
    this.#hooks.tellLimit({ code: 'move-limit', limitMs: timeLimitMs ?? 0, done, ...refused })
  }
}
