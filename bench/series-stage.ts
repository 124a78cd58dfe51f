import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LabCluster, type LabMember } from '../lab/cluster.ts'
import { DiskWatch } from '../lab/disk-watch.ts'
import { Journals } from '../lab/journal.ts'
import { NeverTwice } from '../lab/never-twice.ts'
import { isLocked, whereGuestsRun } from '../lab/qemu.ts'
import { until } from '../lab/run.ts'
import type { HostSummary, StatusView } from '../src/contract/status.ts'
import { compiled, daemonCommand } from './build.ts'
import { type Deed, deedsIn, nowNs } from './daemon.ts'
import { Load } from './load.ts'
import type { RunOptions } from './run-options.ts'
import type { LossKind, OnlyProof, Part } from './series-plan.ts'
import type { Writer } from './series-verify.ts'
import { BOOT_LIMIT_MS, labAddress, Stage } from './stage.ts'

/** A host lost, and what became of its guests. */
export interface HostLoss {
  readonly kind: LossKind
  readonly proof: OnlyProof
  readonly seed: number
  readonly part: Part
  /** What it also was. */
  readonly leads: boolean
  readonly leadsEtcd: boolean
  readonly moment: 'rest' | 'move'
  /** So long its fence device said that it had done what it had not. */
  readonly liesMs: number
  /** What was found to prove it dead; null: it came back before. */
  readonly provenBy: string | null
  /** Guests that ran there. */
  readonly guests: readonly string[]
  /** From the loss to the last start issued elsewhere; null: it came back before. */
  readonly issuedMs: number | null
  /** To the last of its guests acknowledging a write again. */
  readonly answersMs: number | null
  /** Until all were ready and all hosts back. */
  readonly settledMs: number | null
  readonly acknowledged: number
  readonly missing: readonly string[]
  readonly twice: readonly string[]
  /** At the disks, and the longest time between two of them. */
  readonly looks: number
  readonly notLookedMs: number
  readonly lateAcknowledged: number
  readonly disksLocked: number
  /** Guests started anew although they ran on other hosts. */
  readonly needless: readonly string[]
  readonly pages: number
  /** What did not come about; empty = all answered again. */
  readonly wrong: readonly string[]
}

const guestNames = ['log1', 'log2', 'log3'] as const
const DISK_MIB = 16
const LIMIT_MS = 180_000

/** Three hosts with guests that write, a client that counts what is acknowledged, and the load; they bear one loss after the other. */
export class SeriesStage {
  readonly cluster: LabCluster
  readonly writers: readonly Writer[]
  readonly journals: Journals
  readonly watch: NeverTwice
  readonly diskWatch: DiskWatch
  readonly load: Load
  readonly #proof: OnlyProof
  readonly #stop: () => Promise<void>

  private constructor(cluster: LabCluster, proof: OnlyProof, writers: readonly Writer[], stop: () => Promise<void>) {
    this.cluster = cluster
    this.#proof = proof
    this.writers = writers
    this.load = new Load(cluster.lab.client)
    this.#stop = stop
    this.watch = new NeverTwice(cluster.lab.hosts)
    this.diskWatch = new DiskWatch(writers.map(({ disk }) => disk))
    this.journals = new Journals(cluster.lab.client.namespace, writers)
  }

  static async open(options: RunOptions, proof: OnlyProof): Promise<SeriesStage> {
    await compiled()
    const vigiad = { program: daemonCommand().at(-1)!, args: ['--deeds-file', '/run/vigia/deeds'] }
    const id = `bser${process.pid.toString(36)}`
    const watchdogs = proof === 'watchdog'
    const cluster = await LabCluster.start({ id, vigiad, watchdogs, onStep: options.say })
    const stop = Stage.closing(() => cluster.stop())
    let stage: SeriesStage | null = null
    try {
      await cluster.found()
      const writers = guestNames.map((name, index) => {
        return { name, address: labAddress(index), disk: join(cluster.lab.sharedFolder, `${name}.raw`) }
      })
      const guests = writers.map(({ name, address, disk }) => ({
        ...{ name, address, services: ['22/tcp', '80/http', '7001/journal'], needs: [] },
        disks: [{ path: disk, createMib: DISK_MIB }],
      }))
      const text = cluster.file(guests, { fence: proof === 'fence' })
      await cluster.members[0]!.client.apply({ path: 'vigia.yaml', text })
      stage = new SeriesStage(cluster, proof, writers, stop)
      await stage.allWell(2 * BOOT_LIMIT_MS)
      stage.load.start(
        writers.map(({ address }) => address),
        options.loops,
      )
      return stage
    } catch (error) {
      options.say(cluster.lastWords())
      // Its watchers and writers would keep this process from ending.
      await (stage === null ? stop() : stage.close())
      throw error
    }
  }

  /** A host that lives and knows of the others: not the one that is lost. */
  other(than: LabMember | null): LabMember {
    const found = this.cluster.members.find((member) => member !== than && member.host.isOn)
    if (found === undefined) throw new Error('no host is on')
    return found
  }

  guestsOn({ host }: LabMember): string[] {
    const places = whereGuestsRun(this.cluster.lab.hosts)
    return [...places].flatMap(([guest, hosts]) => (hosts.includes(host.name) ? [guest] : []))
  }

  /** Starts since then on all hosts but one. */
  startsSince(sinceNs: bigint, but: LabMember | null): Deed[] {
    return this.cluster.members
      .filter((member) => member !== but)
      .flatMap(({ host }) => deedsIn(join(host.runFolder, 'deeds'), sinceNs))
      .filter(({ deed }) => deed === 'start')
  }

  /** All hosts there, one of them leading, all guests ready, as each daemon tells. Hosts without power get it back. */
  async allWell(limitMs = LIMIT_MS): Promise<void> {
    let seen = 'nobody answers'
    const look = async (): Promise<boolean> => {
      for (const member of this.cluster.members) if (!member.host.isOn) await this.cluster.powerOn(member)
      const told = await Promise.all(this.cluster.members.map(({ client }) => client.status()))
      const odd = new Set(told.flatMap((status) => this.#odd(status)))
      seen = [...odd].join(', ')
      return odd.size === 0
    }
    // A host may lose its power while it is being switched on, and a daemon may be on its way.
    const patient = (): Promise<boolean> =>
      look().catch((error: unknown) => {
        seen = String(error)
        return false
      })
    await until('all well', limitMs, patient, 200).catch((error: unknown) => {
      throw new Error(`${String(error)}; last seen: ${seen}`, { cause: error })
    })
  }

  #odd({ guests, hosts }: StatusView): string[] {
    const { members } = this.cluster
    return [
      ...(guests.length === this.writers.length && hosts.length === members.length ? [] : ['a daemon that knows less']),
      ...guests.filter(({ phase }) => phase.kind !== 'ready').map(({ id, phase }) => `${id} ${phase.kind}`),
      ...hosts
        .filter(({ member }) => member?.standing !== 'online')
        .map(({ id, member }) => `${id} ${member?.standing}`),
      ...hosts.filter(({ member }) => member != null && !this.#hasProof(member)).map(({ id }) => `${id} without proof`),
      ...(hosts.some(({ member }) => member?.leads) ? [] : ['nobody leads']),
    ]
  }

  #hasProof({ watchdog, fence }: NonNullable<HostSummary['member']>): boolean {
    return this.#proof === 'fence'
      ? fence.length > 0 && watchdog === 'none'
      : watchdog === 'armed' && fence.length === 0
  }

  disksLocked(): number {
    return this.writers.filter(({ disk }) => existsSync(disk) && isLocked(disk)).length
  }

  acknowledgedSince(ms: number): number {
    const lists = [...this.journals.acknowledged.values()]
    return lists.reduce((sum, list) => sum + list.filter(({ atMs }) => atMs >= ms).length, 0)
  }

  async close(): Promise<void> {
    this.journals.stop()
    this.watch.stop()
    this.diskWatch.stop()
    await this.load.stop()
    await this.#stop()
  }
}

export function nowMs(): number {
  return Number(nowNs()) / 1e6
}
