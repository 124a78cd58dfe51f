import type { HypervisorCapabilities } from '../../ports/hypervisor.ts'
import { probeCapabilities } from './capabilities.ts'
import { Observer } from './observe.ts'
import type { LibvirtPool } from './pool.ts'

/**
 * What is learnt of one libvirtd and then remembered. Another one may come back after a break: all is learnt again.
 * What could not be learnt, because no answer came, is not remembered.
 */
export class Learnt {
  private readonly pool: LibvirtPool
  private probed: Promise<HypervisorCapabilities> | undefined
  private observing: Promise<Observer> | undefined

  constructor(pool: LibvirtPool) {
    this.pool = pool
    pool.onState(() => {
      this.probed = undefined
      this.observing = undefined
    })
  }

  capabilities(): Promise<HypervisorCapabilities> {
    const probing = this.probed ?? probeCapabilities(this.pool)
    this.probed = probing
    probing.catch(() => {
      if (this.probed === probing) this.probed = undefined
    })
    return probing
  }

  observer(): Promise<Observer> {
    const observing =
      this.observing ?? this.capabilities().then(({ bulkStatistics }) => new Observer(this.pool, bulkStatistics))
    this.observing = observing
    observing.catch(() => {
      if (this.observing === observing) this.observing = undefined
    })
    return observing
  }
}
