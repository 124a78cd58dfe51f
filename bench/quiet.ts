import type { LabCluster } from '../lab/cluster.ts'
import { NeverTwice } from '../lab/never-twice.ts'
import { qemuProcesses } from '../lab/qemu.ts'
import { sleep } from '../lab/run.ts'
import { deedsOn } from './cluster-stage.ts'
import { nowNs } from './daemon.ts'

/** Between two questions to a guest. */
const ASK_EACH_MS = 200

const ASK_LIMIT_MS = 2_000

/** What came of a time in which nothing was to happen to any guest. */
export interface QuietTime {
  /** What did happen; empty = nothing. */
  readonly wrong: readonly string[]
  /** The longest any guest's service did not answer, milliseconds. */
  readonly longestSilenceMs: number
  readonly answers: number
}

/** Looks on from its making: guests answer, keep their processes, and nobody does anything to them; hosts keep their power. */
export class Quiet {
  readonly #cluster: LabCluster
  readonly #sinceNs = nowNs()
  readonly #before: readonly string[]
  readonly #twice: NeverTwice
  readonly #asking: readonly Promise<void>[]
  #stopped = false
  #answers = 0
  #longestMs = 0

  constructor(cluster: LabCluster, guests: readonly { readonly name: string; readonly address: string }[]) {
    this.#cluster = cluster
    this.#before = picture(cluster)
    this.#twice = new NeverTwice(cluster.lab.hosts)
    this.#asking = guests.map(({ address }) => this.#ask(address))
  }

  async stop(): Promise<QuietTime> {
    this.#stopped = true
    this.#twice.stop()
    await Promise.all(this.#asking)
    const after = picture(this.#cluster)
    const deeds = this.#cluster.members.flatMap((member) =>
      deedsOn([member], this.#sinceNs).map(({ deed, domain }) => `${member.host.name}: ${deed} ${domain}`),
    )
    const off = this.#cluster.members.filter(({ host, watchdog }) => !host.isOn || watchdog?.fired === true)
    const wrong = [
      ...(after.join() === this.#before.join() ? [] : [`were ${this.#before.join(', ')}; are ${after.join(', ')}`]),
      ...deeds,
      ...off.map(({ host }) => `${host.name} lost its power`),
      ...this.#twice.seen,
    ]
    return { wrong, longestSilenceMs: this.#longestMs, answers: this.#answers }
  }

  /** The time without an answer counts, also that which has not ended yet. */
  async #ask(address: string): Promise<void> {
    let last = performance.now()
    while (!this.#stopped) {
      const { verdict } = await this.#cluster.lab.client.tcp(address, 22, ASK_LIMIT_MS)
      this.#longestMs = Math.max(this.#longestMs, performance.now() - last)
      if (verdict === 'answered') {
        this.#answers += 1
        last = performance.now()
      }
      await sleep(ASK_EACH_MS)
    }
  }
}

/** Each guest with its process: the same later means that nothing was moved, and nothing started again. */
export function picture(cluster: LabCluster): string[] {
  return qemuProcesses(cluster.lab.hosts).map(({ guest, host, pid }) => `${guest} on ${host} (${pid})`)
}
