import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { labDown } from '../lab/down.ts'
import type { LabGuest } from '../lab/guest.ts'
import type { LabHost } from '../lab/host.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { processesInNamespaceOf } from '../lab/process-mark.ts'
import { knownLabs } from '../lab/state.ts'
import { lastLines } from '../lab/vigiad.ts'
import type { ClusterSpec } from '../src/model/cluster.ts'
import { parseClusterFile } from '../src/model/file/parse-cluster-file.ts'
import { compiled, daemonInItsEnvironment } from './build.ts'
import { Daemon, nowNs, programOf } from './daemon.ts'
import { Observer } from './observer.ts'

/** A guest of a stage: one service, and the guests it needs. */
export interface Actor {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly needs: readonly string[]
}

export interface StageOptions {
  /** A few letters; the process number is added, so that two runs never meet. */
  readonly id: string
  readonly say: (line: string) => void
  /** Default 1. */
  readonly hosts?: number
}

/** For a guest to boot when a dozen of them share two slow cores with other work. */
export const BOOT_LIMIT_MS = 180_000

/** For everything to be down, a guest that must be forced included. */
export const DOWN_LIMIT_MS = 180_000

/** Of a daemon's log, where something did not come about. */
const LAST_LINES = 30

/** A lab host with defined guests, an observer on its wire, and vigiad inside it; others beside it where they are wanted. */
export class Stage {
  static readonly #open = new Set<Stage>()
  static readonly #others = new Set<() => Promise<void>>()
  static #ending = false
  readonly lab: Lab
  readonly host: LabHost
  readonly observer: Observer
  readonly #say: (line: string) => void
  #daemon: Daemon | null = null
  #lastState: string | undefined

  private constructor(lab: Lab, observer: Observer, say: (line: string) => void) {
    this.lab = lab
    this.host = lab.host('h1')
    this.observer = observer
    this.#say = say
  }

  static async open({ id, say, hosts = 1 }: StageOptions): Promise<Stage> {
    await compiled()
    await removeOrphans(id)
    const lab = await startLab({ id: `${id}${process.pid.toString(36)}`, hosts })
    try {
      const observer = await Observer.start(`/run/netns/${lab.host('h1').namespace}`)
      const stage = new Stage(lab, observer, say)
      Stage.#open.add(stage)
      return stage
    } catch (error) {
      await lab.stop()
      throw error
    }
  }

  /** True: all is being taken down; what fails now says nothing of what is measured. */
  static get isEnding(): boolean {
    return Stage.#ending
  }

  /** For whoever is told to end: a lab outlives the process that started it. */
  static async closeAll(): Promise<void> {
    Stage.#ending = true
    for (const stage of Stage.#open) await stage.close()
    for (const close of Stage.#others) await close()
  }

  /** Something else that is to be closed then; returns what closes it. */
  static closing(close: () => Promise<void>): () => Promise<void> {
    Stage.#others.add(close)
    return async () => {
      Stage.#others.delete(close)
      await close()
    }
  }

  /** What its daemons said last: the lab is gone when somebody reads of it. */
  lastWords(): string {
    return [`--- ${this.host.name}`, ...lastLines(join(this.host.folder, 'log', 'vigiad.out'), LAST_LINES)].join('\n')
  }

  async close(): Promise<void> {
    Stage.#open.delete(this)
    this.observer.stop()
    await this.lab.stop()
  }

  say(line: string): void {
    this.#say(line)
  }

  get daemon(): Daemon {
    if (this.#daemon === null) throw new Error('no daemon on this stage')
    return this.#daemon
  }

  /** Domains that keep their definition, as an administrator has them, and their names in the host's hosts file. */
  async define(guests: readonly LabGuest[]): Promise<void> {
    for (const guest of guests) {
      const file = join(this.host.folder, `${guest.name}.xml`)
      writeFileSync(file, this.lab.addGuest('h1', guest))
      await this.host.virsh(['define', file])
    }
    appendFileSync(join(this.lab.folder, 'hosts'), guests.map(({ name, address }) => `${address} ${name}\n`).join(''))
  }

  /** Ends all guests at once and forgets them. */
  async undefineAll(): Promise<void> {
    const names = (await this.host.virsh(['list', '--all', '--name'])).split('\n').filter(Boolean)
    for (const name of names) {
      // Refused for one that is off already.
      await this.host.run('virsh', ['-q', 'destroy', name])
      await this.host.run('virsh', ['-q', 'undefine', name])
    }
  }

  /** Starts vigiad; with a `fresh` state it knows nothing. */
  async startDaemon(fresh: boolean): Promise<Daemon> {
    const folder = join(this.host.stateFolder, fresh ? `state-${nowNs()}` : (this.#lastState ?? 'state'))
    this.#lastState = folder.slice(this.host.stateFolder.length + 1)
    mkdirSync(folder, { recursive: true })
    this.#daemon = await Daemon.start({
      socket: join(this.host.runFolder, 'vigia.sock'),
      deedsFile: join(folder, 'deeds'),
      start: async (args) => {
        const [first, ...program] = daemonInItsEnvironment()
        const all = [...program, '--state-dir', folder, '--host', 'h1', ...args]
        return (await this.host.start('vigiad', first, all)).mark
      },
    })
    return this.#daemon
  }

  /** Of a program that runs once on this host. */
  pidOf(program: string): number {
    const pid = processesInNamespaceOf(this.daemon.mark.pid).find((one) => programOf(one) === program)
    if (pid === undefined) throw new Error(`no ${program} on ${this.host.name}`)
    return pid
  }

  /** Applies a cluster file as a client would: it travels as text. */
  async apply(path: string, text: string): Promise<void> {
    await this.daemon.client.apply({ path, text })
  }

  async applyFile(path: string): Promise<void> {
    await this.apply(path, readFileSync(path, 'utf8'))
  }
}

/** Labs of this kind whose process ended without taking them down; one whose process lives is another run's. */
export async function removeOrphans(id: string): Promise<void> {
  const pattern = new RegExp(`^${id}([0-9a-z]+)$`)
  for (const lab of knownLabs()) {
    const pid = Number.parseInt(pattern.exec(lab)?.[1] ?? '', 36)
    if (!Number.isNaN(pid) && !existsSync(`/proc/${pid}`)) await labDown(lab)
  }
}

/** The guests of a file in LauXen's format, with addresses of the lab, in the order of the file. */
export function actorsOf(path: string): Actor[] {
  const parsed = parseClusterFile({ path, text: readFileSync(path, 'utf8'), readFile: () => ({ reason: 'ENOENT' }) })
  if (!parsed.ok) throw new Error(`${path} is refused: ${JSON.stringify(parsed.problems)}`)
  return actorsIn(parsed.spec)
}

function actorsIn({ guests }: ClusterSpec): Actor[] {
  return guests.map(({ id, services, needs }, index) => ({
    name: id,
    address: labAddress(index),
    port: services[0]?.port ?? 22,
    needs: needs.flatMap((need) => (need.kind === 'guest' ? [need.guest] : [])),
  }))
}

export function labAddress(index: number): string {
  return `10.77.0.${101 + index}`
}

export function labGuestOf({ name, address, port }: Actor): LabGuest {
  return { name, address, services: [`${port}/tcp`] }
}
