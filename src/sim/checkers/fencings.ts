import type { HostId } from '../../model/ids.ts'
import type { AliveRecord } from '../../model/member.ts'
import { storeKeys } from '../../ports/store.ts'
import type { World } from '../world.ts'
import type { BrokenRules } from './broken.ts'

/**
 * Whose power is taken, judged as it happens:
 * - `too-many-fenced` S6: at most half of the hosts by command until all lost ones are back.
 * - `store-outage-kills` S5: no watchdog fires where nothing but the store keeps a member from renewing.
 */
export class Fencings {
  readonly #world: World
  readonly #broken: BrokenRules
  readonly #byDevice = new Set<HostId>()

  /** `onlyStore`: nothing in this story can keep a single member from renewing. */
  constructor(world: World, broken: BrokenRules, onlyStore: boolean) {
    this.#world = world
    this.#broken = broken
    world.onFenced = (host, by) => {
      if (by === 'device') this.#fenced(host)
      else if (onlyStore) broken.add('store-outage-kills', world.nowMs, `${host}, by its watchdog`)
    }
  }

  afterEvent(): void {
    if (this.#byDevice.size > 0 && this.#world.hosts.every((host) => this.#isBack(host.id))) this.#byDevice.clear()
  }

  #fenced(host: HostId): void {
    this.#byDevice.add(host)
    const most = Math.floor(this.#world.hosts.length / 2)
    if (this.#byDevice.size <= most) return
    const text = `${[...this.#byDevice].join(', ')}, at most ${most} of ${this.#world.hosts.length}`
    this.#broken.add('too-many-fenced', this.#world.nowMs, text)
  }

  #isBack(id: HostId): boolean {
    if (this.#world.host(id).life !== null) return true
    const entry = this.#world.store.snapshot(storeKeys.alive(id)).entries[0]
    return entry !== undefined && (JSON.parse(entry.value) as AliveRecord).left
  }
}
