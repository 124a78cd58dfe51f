import { Fault } from '../model/fault.ts'
import type { HostId } from '../model/ids.ts'
import type { MoveLimitDeed } from '../model/migration.ts'
import type { Reason } from '../model/reason.ts'
import type { MigrationOptions } from '../ports/hypervisor.ts'
import type { MoveWatch } from './move-watch.ts'
import type { AgentPorts } from './ports.ts'

/** Live moves of one guest away from this host, each within its time limit. */
export class GuestMover {
  readonly #ports: Pick<AgentPorts, 'hypervisor' | 'cluster'>
  readonly #watch: MoveWatch
  readonly #tellLimit: (because: Reason) => void
  /** The newest move whose limit was acted upon. */
  #hurriedSerial = 0

  constructor(
    ports: Pick<AgentPorts, 'hypervisor' | 'cluster'>,
    watch: MoveWatch,
    tellLimit: (because: Reason) => void,
  ) {
    this.#ports = ports
    this.#watch = watch
    this.#tellLimit = tellLimit
  }

  /** `goes-on`: begun by an earlier life of this daemon, or its end was not told. Faults as of `Hypervisor.migrate`. */
  async move(name: string, to: HostId, serial: number): Promise<'ended' | 'goes-on'> {
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
    this.#tellLimit({ code: 'move-limit', limitMs: timeLimitMs ?? 0, done, ...refused })
  }
}
