import type { HostId } from '../model/ids.ts'

/** What lies between the hosts, and between each and the store: cut cables, a way that loses messages. */
export class Links {
  /** Hosts without a network: no host and no store is reached from there. */
  readonly #off = new Set<HostId>()
  /** One way each, as `a > b`. */
  readonly #cut = new Set<string>()
  readonly #cutStore = new Set<HostId>()
  /** Of each message between hosts, and between hosts and the store. */
  dropChance = 0
  readonly #powered: (host: HostId) => boolean
  readonly #healed: (host: HostId) => void

  /** `healed`: a host reaches the store again. */
  constructor(powered: (host: HostId) => boolean, healed: (host: HostId) => void) {
    this.#powered = powered
    this.#healed = healed
  }

  setNetwork(host: HostId, on: boolean): void {
    const reached = this.reachesStore(host)
    if (on) this.#off.delete(host)
    else this.#off.add(host)
    if (!reached && this.reachesStore(host)) this.#healed(host)
  }

  setCut(from: HostId, to: HostId, cut: boolean): void {
    if (cut) this.#cut.add(`${from} > ${to}`)
    else this.#cut.delete(`${from} > ${to}`)
  }

  setStore(host: HostId, on: boolean): void {
    const reached = this.reachesStore(host)
    if (on) this.#cutStore.delete(host)
    else this.#cutStore.add(host)
    if (!reached && this.reachesStore(host)) this.#healed(host)
  }

  /** Everything is whole again. */
  healAll(hosts: readonly HostId[]): void {
    this.#cut.clear()
    this.dropChance = 0
    for (const host of hosts) {
      this.setStore(host, true)
      this.setNetwork(host, true)
    }
  }

  passes(from: HostId, to: HostId): boolean {
    if (!this.#powered(from) || !this.#powered(to)) return false
    return !this.#off.has(from) && !this.#off.has(to) && !this.#cut.has(`${from} > ${to}`)
  }

  reachesStore(host: HostId): boolean {
    return !this.#off.has(host) && !this.#cutStore.has(host)
  }

  /** Whether anything is not as it should be. */
  get troubled(): boolean {
    return this.#off.size + this.#cut.size + this.#cutStore.size > 0 || this.dropChance > 0
  }
}
