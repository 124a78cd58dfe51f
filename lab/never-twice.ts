import type { LabHost } from './host.ts'
import { type QemuProcess, qemuProcesses } from './qemu.ts'

/** Well below the time that a guest needs to do harm, well above what a look costs. */
const EACH_MS = 50

/**
 * Looks all the time for a guest with two QEMU processes. One that was made to take it over from another host is none of its own: which of
 * the two runs is QEMU's matter, and until the other has ended it is a migration.
 */
export class NeverTwice {
  readonly seen: string[] = []
  readonly #hosts: readonly LabHost[]
  readonly #timer: NodeJS.Timeout
  #looks = 0

  constructor(hosts: readonly LabHost[]) {
    this.#hosts = hosts
    this.#timer = setInterval(() => this.#look(), EACH_MS)
  }

  get looks(): number {
    return this.#looks
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    this.#looks += 1
    const byGuest = new Map<string, QemuProcess[]>()
    for (const one of qemuProcesses(this.#hosts)) {
      if (!one.incoming) byGuest.set(one.guest, [...(byGuest.get(one.guest) ?? []), one])
    }
    for (const [guest, found] of byGuest) {
      const line = `${guest}: ${found.map(({ host, pid }) => `${host} (${pid})`).join(', ')}`
      if (found.length > 1 && !this.seen.includes(line)) this.seen.push(line)
    }
  }
}
