import { measureDisk } from '../drivers/etcd-server/measure-disk.ts'
import { lookAtFile, markFolders } from '../drivers/host/file-sight.ts'
import { isVirtual } from '../drivers/host/machine.ts'
import type { HostQuestions } from '../drivers/peers/host-questions.ts'
import { lookAtDevice } from '../drivers/watchdog/look-device.ts'
import type { CardPath, HostReport } from '../model/host-report.ts'
import type { GuestId, HostId, WallTime } from '../model/ids.ts'
import { within } from './within.ts'

/** What the answers are made from. */
export interface HostHereOptions {
  readonly host: HostId
  readonly wall: () => WallTime
  /** Null: none is to be armed. */
  readonly watchdogDevice: string | null
  /** Of the store that this host keeps; null: it keeps none. */
  readonly storeFolder: string | null
  /** Null where libvirt does not tell, or there is none. */
  readonly hostname: () => Promise<string | null>
  readonly cpu: () => Promise<string | null>
  /** Null: not found. */
  readonly resolve: (name: string) => Promise<readonly string[]>
  /** Paths of the disks of guests that this host has. */
  readonly disks: () => Promise<Readonly<Record<GuestId, readonly string[]>>>
  /** Its addresses in the cluster, and the cards below them. */
  readonly paths?: () => Promise<readonly CardPath[]>
  readonly isVirtual?: () => boolean
}

/** A name that takes longer than this is not in the hosts file: it stands or falls with a name server. */
export const ownNameLimitMs = 1_000

/** Of libvirt, and of the disk of the store, each. */
const partLimitMs = 4_000

/** A mark that nobody takes away goes by itself. */
const markMs = 30_000

/** Doctors at work at once; beyond it the oldest mark goes. */
const maxMarks = 16

/** Answers of this host about itself, to a doctor here or on another host. */
export class HostHere implements HostQuestions {
  readonly #options: HostHereOptions
  readonly #marks = new Map<string, () => Promise<void>>()

  constructor(options: HostHereOptions) {
    this.#options = options
  }

  async report(measure: boolean): Promise<HostReport> {
    const { host, watchdogDevice, storeFolder } = this.#options
    const hostname = await orNull(this.#options.hostname())
    const [ownNameMs, cpu, watchdog, storeWriteMs, disks, paths] = await Promise.all([
      hostname === null ? null : this.#ownName(hostname),
      orNull(this.#options.cpu()),
      watchdogDevice === null ? { kind: 'none' as const, identity: '' } : lookAtDevice(watchdogDevice),
      measure && storeFolder !== null ? orNull(measureDisk(storeFolder).then(({ p99Ms }) => p99Ms)) : null,
      orNull(this.#options.disks()),
      orNull(this.#options.paths?.() ?? Promise.resolve([])),
    ])
    const { kind, identity } = watchdog
    const virtual = (this.#options.isVirtual ?? isVirtual)()
    return {
      member: host,
      hostname,
      ownNameMs,
      cpu,
      watchdog: { kind, identity },
      virtual,
      storeWriteMs,
      paths: paths ?? [],
      disks: disks ?? {},
    }
  }

  async clock(): Promise<WallTime> {
    return this.#options.wall()
  }

  async mark(mark: string): Promise<Awaited<ReturnType<HostQuestions['mark']>>> {
    const paths = Object.values(await this.#options.disks()).flat()
    const { marked, remove } = await markFolders(paths, mark)
    this.#marks.set(mark, remove)
    const timer = setTimeout(() => void this.unmark(mark), markMs)
    timer.unref()
    const [oldest] = this.#marks.keys()
    if (this.#marks.size > maxMarks && oldest !== undefined) await this.unmark(oldest)
    return { own: await Promise.all(paths.map((path) => lookAtFile(path, null))), marked }
  }

  async unmark(mark: string): Promise<void> {
    const remove = this.#marks.get(mark)
    this.#marks.delete(mark)
    await remove?.()
  }

  look(files: Parameters<HostQuestions['look']>[0]): ReturnType<HostQuestions['look']> {
    return Promise.all(files.map(({ path, mark }) => lookAtFile(path, mark)))
  }

  async #ownName(name: string): Promise<number | null> {
    const since = performance.now()
    const addresses = await this.#options.resolve(name)
    return addresses.length === 0 ? null : Math.round(performance.now() - since)
  }
}

async function orNull<T>(told: Promise<T>): Promise<T | null> {
  return within(partLimitMs, told).catch(() => null)
}
