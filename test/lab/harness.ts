import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabGuest } from '../../lab/guest.ts'
import type { LabHost } from '../../lab/host.ts'
import { type Lab, startLab } from '../../lab/lab.ts'
import { goFirst } from '../../lab/priority.ts'
import { eventually, type Ran } from '../../lab/run.ts'
import { LabVigiad } from '../../lab/vigiad.ts'
import { type Client, createClient } from '../../src/client/client.ts'
import { unixTransport } from '../../src/client/unix-transport.ts'
import type { ApplyResult } from '../../src/contract/apply.ts'
import type { GuestSummary } from '../../src/contract/status.ts'
import type { StoredEvent } from '../../src/model/event.ts'
import type { PhaseKind } from '../../src/model/phase.ts'

/** Generous: an emulated guest on a busy machine is slow, and a test that waits longer has found a bug. */
export const waitLimitMs = 120_000

/** Lines of the daemon's log repeated where a wait failed. */
const logTailLines = 40

/**
 * A lab of one host with vigiad, run from source, inside it, and a typed client outside.
 *
 *     const watched = await startWatchedLab('mytest')
 *     await watched.define({ name: 'web', address: '10.77.0.101', services: ['80/http'] })
 *     await watched.daemon.start()
 *     await watched.apply('version: 1\nguests: { web: { services: [80/tcp] } }')
 *     await watched.phase('web', 'ready')
 *     await watched.stop()
 */
export class WatchedLab {
  readonly lab: Lab
  readonly host: LabHost
  readonly client: Client
  readonly daemon: LabVigiad

  constructor(lab: Lab) {
    this.lab = lab
    this.host = lab.host('h1')
    this.daemon = new LabVigiad(this.host)
    this.client = createClient(unixTransport(this.daemon.socket), 'test')
  }

  /** All that this host's daemons wrote so far. */
  get log(): string {
    return existsSync(this.daemon.logFile) ? readFileSync(this.daemon.logFile, 'utf8') : ''
  }

  /** A persistent domain, switched off. */
  async define(...guests: LabGuest[]): Promise<void> {
    for (const guest of guests) await this.lab.defineGuest('h1', guest)
  }

  apply(text: string, options: { readonly dryRun?: boolean; readonly force?: boolean } = {}): Promise<ApplyResult> {
    return this.client.apply({ path: 'vigia.yaml', text, ...options })
  }

  async guest(id: string): Promise<GuestSummary> {
    return (await this.client.guest(id)).guest
  }

  /** The command itself, inside the host, where its daemon answers. */
  vigia(...words: string[]): Promise<Ran> {
    return this.host.run(process.execPath, [join(import.meta.dirname, '../../src/bin/vigia.ts'), ...words])
  }

  /** Waits until the guest is in this phase; returns it as it is then. */
  async phase(id: string, kind: PhaseKind, limitMs = waitLimitMs): Promise<GuestSummary> {
    return this.guestThat(id, `is ${kind}`, (guest) => guest.phase.kind === kind, limitMs)
  }

  async guestThat(
    id: string,
    what: string,
    holds: (guest: GuestSummary) => boolean,
    limitMs = waitLimitMs,
  ): Promise<GuestSummary> {
    let seen: GuestSummary | null = null
    await this.until(
      `${id} ${what}`,
      async () => {
        seen = await this.guest(id).catch(() => null)
        return seen !== null && holds(seen)
      },
      limitMs,
    )
    return seen as unknown as GuestSummary
  }

  /** Waits until all of these, or all there are, are ready. */
  async allReadyOf(...ids: string[]): Promise<void> {
    await this.until(`${ids.join(', ') || 'all'} ready`, async () => {
      const { guests } = await this.client.status()
      return guests.every((guest) => (ids.length > 0 && !ids.includes(guest.id)) || guest.phase.kind === 'ready')
    })
  }

  /** Of libvirt: `running`, `shut off`, `paused`. */
  async domainState(guest: string): Promise<string> {
    return (await this.host.virsh(['domstate', guest])).trim()
  }

  /** Of a running guest's process, as its host counts: a guest that was started again has another. */
  qemuPid(guest: string): number {
    return Number(readFileSync(join(this.host.folder, 'run', 'libvirt', 'qemu', `${guest}.pid`), 'utf8'))
  }

  /** SIGKILL: the guest is gone without a word. */
  async killQemu(guest: string): Promise<void> {
    await this.host.must('kill', ['-KILL', String(this.qemuPid(guest))])
  }

  /** How often libvirt started this guest in the life of the lab. */
  starts(guest: string): number {
    const file = join(this.host.folder, 'log', 'qemu', `${guest}.log`)
    return existsSync(file) ? readFileSync(file, 'utf8').split(': starting up libvirt').length - 1 : 0
  }

  /** In the order they happened; `afterId` an id of an earlier event. */
  async events(guest?: string, afterId = 0): Promise<readonly StoredEvent[]> {
    const query = { limit: '10000', after: String(afterId), ...(guest === undefined ? {} : { guest }) }
    return (await this.client.events(query)).events
  }

  async words(guest: string, afterId = 0): Promise<string[]> {
    return (await this.events(guest, afterId)).map((event) => event.word)
  }

  /** The id of the first event after `afterId` with this word: waited for, it is written a moment after what it tells of can be seen. */
  async firstId(guest: string, word: string, afterId: number): Promise<number> {
    let seen: StoredEvent | undefined
    await this.until(`${guest} has an event '${word}'`, async () => {
      seen = (await this.events(guest, afterId)).find((event) => event.word === word)
      return seen !== undefined
    })
    return seen!.id
  }

  /** The newest event's id: what happens from now on has a higher one. */
  async mark(): Promise<number> {
    return (await this.client.events({ limit: '1', newestFirst: '1' })).events[0]?.id ?? 0
  }

  /** As `eventually` of the lab, with the state and the end of the log where it fails. */
  async until(what: string, holds: () => boolean | Promise<boolean>, limitMs = waitLimitMs): Promise<void> {
    try {
      await eventually(what, limitMs, holds, 50)
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${await this.#picture()}`, { cause: error })
    }
  }

  async stop(): Promise<void> {
    this.client.close()
    await this.lab.stop()
  }

  async #picture(): Promise<string> {
    const status = await this.client.status().catch(() => null)
    const guests = status?.guests.map(
      ({ id, run, phase, because, address, services }) =>
        `${id}: ${run}, ${JSON.stringify(phase)} ${JSON.stringify(because)} ${address} ${JSON.stringify(services)}`,
    )
    return [...(guests ?? ['vigiad does not answer']), ...this.log.trimEnd().split('\n').slice(-logTailLines)].join(
      '\n',
    )
  }
}

/** `name`: a few letters; the process number is added, so that two runs never meet. */
export async function startWatchedLab(name: string): Promise<WatchedLab> {
  goFirst()
  return new WatchedLab(await startLab({ id: `${name}${process.pid.toString(36)}` }))
}
