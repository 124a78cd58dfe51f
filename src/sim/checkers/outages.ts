import { leaseTimes } from '../../core/lease-times.ts'
import type { HostId } from '../../model/ids.ts'
import { storeKeys } from '../../ports/store.ts'
import type { Host } from '../host.ts'
import type { StoreTroubles } from '../store-troubles.ts'
import type { World } from '../world.ts'
import type { BrokenRules } from './broken.ts'

/** By then every daemon knows that it cannot renew: G after what it sent last, and the answer's way. */
const noticedMs = 1_000

/** Long enough for a daemon that has just begun to inherit its watchdog, to ask, and to feed it: at the latest when who is silent was waited for. */
function enoughFor(feedMs: number): number {
  return Math.max(1_500, (feedMs * 3) / 8 + 200)
}

const writesNothing: readonly StoreTroubles['mode'][] = ['off', 'readonly', 'disk-full']

/**
 * `outage-kills` S5, S14: a watchdog that fires was not fed for its whole timeout. There must have been no moment in it at which, for long enough, the
 * store was lost for all, the host's daemon worked, and with it more than half of all, who reached one another: whichever of
 * them had been restarted before.
 */
export class Outages {
  readonly #world: World
  /** When, for each host, that was so last. */
  readonly #fedMs = new Map<HostId, { fromMs: number; toMs: number }>()
  #lostSinceMs: number | null = null
  /** What an arming leaves to the next daemon may not have been kept there. */
  readonly #diskWasFull = new Set<HostId>()

  constructor(world: World, broken: BrokenRules) {
    this.#world = world
    world.onWatchdogFired = (host) => {
      const { watchdogMs, feedMs } = leaseTimes(world.spec.cluster.settings.leaseMs)
      const stretch = this.#fedMs.get(host)
      if (stretch === undefined) return
      const lastedMs = Math.min(stretch.toMs, world.nowMs) - Math.max(stretch.fromMs, world.nowMs - watchdogMs)
      if (lastedMs < enoughFor(feedMs)) return
      broken.add('outage-kills', world.nowMs, `${host}, whose daemon and most others worked for ${lastedMs} ms`)
    }
  }

  /** Looks at the world as it is from this event on. */
  afterEvent(): void {
    const { nowMs, storeTroubles, links } = this.#world
    if (!writesNothing.includes(storeTroubles.mode)) this.#lostSinceMs = null
    else this.#lostSinceMs ??= nowMs
    const { gapMs } = leaseTimes(this.#world.spec.cluster.settings.leaseMs)
    const lost = this.#lostSinceMs !== null && nowMs - this.#lostSinceMs > gapMs + noticedMs
    for (const host of this.#world.hosts) if (host.makerTroubles.diskFull) this.#diskWasFull.add(host.id)
    const working = this.#world.hosts.filter((host) => works(host))
    const enough = working.length * 2 > this.#world.hosts.length
    for (const host of this.#world.hosts) {
      const fed = lost && enough && links?.troubled === false && working.includes(host) && this.#armed(host)
      const stretch = this.#fedMs.get(host.id)
      if (!fed) {
        if (stretch !== undefined && stretch.toMs === Number.POSITIVE_INFINITY) stretch.toMs = nowMs
      } else if (stretch?.toMs !== Number.POSITIVE_INFINITY) {
        this.#fedMs.set(host.id, { fromMs: nowMs, toMs: Number.POSITIVE_INFINITY })
      }
    }
  }

  /** Its record says so: then it has said as well by whose words it is fed. */
  #armed(host: Host): boolean {
    if (this.#diskWasFull.has(host.id)) return false
    const entry = this.#world.store.snapshot(storeKeys.alive(host.id)).entries[0]
    if (entry === undefined) return false
    const { armed, bootId } = JSON.parse(entry.value) as { armed: unknown; bootId: string }
    return armed !== null && bootId === host.bootId
  }
}

function works(host: Host): boolean {
  return host.powered && host.daemon?.gate.open === true
}
