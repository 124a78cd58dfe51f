import type { LabCluster } from './cluster.ts'

const LOOK_EACH_MS = 200

/**
 * Boots hosts whose power is given back by somebody else, a fence device: what a machine's own disk would start, which is etcd and vigiad, and the
 * watchdog outside.
 */
export class HostBoots {
  readonly #timer: NodeJS.Timeout
  readonly #off = new Set<string>()
  readonly #booting = new Set<Promise<void>>()
  #failed: unknown

  constructor(cluster: LabCluster) {
    this.#timer = setInterval(() => {
      for (const member of cluster.members) {
        const { name, isOn } = member.host
        if (!isOn) this.#off.add(name)
        else if (this.#off.delete(name)) {
          const boot = cluster.powerOn(member).catch((error: unknown) => {
            this.#failed = error
          })
          this.#booting.add(boot)
          void boot.then(() => this.#booting.delete(boot))
        }
      }
    }, LOOK_EACH_MS)
  }

  /** Throws what kept a host from booting. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#booting)
    if (this.#failed !== undefined) throw this.#failed
  }
}
