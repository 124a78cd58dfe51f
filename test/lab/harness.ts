import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabGuest } from '../../lab/guest.ts'
import type { HostProcess, LabHost } from '../../lab/host.ts'
import { type Lab, startLab } from '../../lab/lab.ts'
import { signal, waitGone } from '../../lab/process-mark.ts'
import { until } from '../../lab/run.ts'
import { type Client, createClient } from '../../src/client/client.ts'
import { unixTransport } from '../../src/client/unix-transport.ts'
import type { ApplyResult } from '../../src/contract/apply.ts'
import type { GuestSummary } from '../../src/contract/status.ts'
import type { StoredEvent } from '../../src/model/event.ts'
import type { PhaseKind } from '../../src/model/phase.ts'

/** Generous: an emulated guest on a busy machine is slow, and a test that waits longer has found a bug. */
export const waitLimitMs = 60_000

const program = join(import.meta.dirname, '../../src/bin/vigiad.ts')

/** Lines of the daemon's log repeated where a wait failed. */
const logTailLines = 40

/**
 * A lab of one host with vigiad, run from source, inside it, and a typed client outside.
 *
 *     const watched = await startWatchedLab('mytest')
 *     await watched.define({ name: 'web', address: '10.77.0.101', services: ['80/http'] })
 *     await watched.startDaemon()
 *     await watched.apply('version: 1\nguests: { web: { services: [80/tcp] } }')
 *     await watched.phase('web', 'ready')
 *     await watched.stop()
 */
export class WatchedLab {
  readonly lab: Lab
  readonly host: LabHost
  readonly client: Client
  #daemon: HostProcess | null = null

  constructor(lab: Lab) {
    this.lab = lab
    this.host = lab.host('h1')
    this.client = createClient(unixTransport(this.socket), 'test')
  }

  /** By a path that works from outside the host. */
  get socket(): string {
    return join(this.host.runFolder, 'vigia.sock')
  }

  get daemonPid(): number {
    assert(this.#daemon, 'vigiad runs')
    return this.#daemon.mark.pid
  }

  /** All that this host's daemons wrote so far. */
  get log(): string {
    return readFileSync(join(this.host.folder, 'log', 'vigiad.out'), 'utf8')
  }

  /** A persistent domain, switched off. */
  async define(...guests: LabGuest[]): Promise<void> {
    for (const guest of guests) await this.lab.defineGuest('h1', guest)
  }

  /** Inside the host, as its unit would; resolves once it answers. */
  async startDaemon(...more: string[]): Promise<void> {
    mkdirSync(this.host.stateFolder, { recursive: true })
    const words = [program, '--state-dir', this.host.stateFolder, '--host', 'h1', ...more]
    this.#daemon = await this.host.start('vigiad', process.execPath, words)
    await this.until('vigiad answers', async () => (await this.client.status().catch(() => null)) !== null)
  }

  /** SIGKILL, at this very moment. */
  async killDaemon(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stopDaemon(): Promise<void> {
    await this.#end('SIGTERM')
  }

  apply(text: string, options: { readonly dryRun?: boolean; readonly force?: boolean } = {}): Promise<ApplyResult> {
    return this.client.apply({ path: 'vigia.yaml', text, ...options })
  }

  async guest(id: string): Promise<GuestSummary> {
    return (await this.client.guest(id)).guest
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

  async allReady(limitMs = waitLimitMs): Promise<void> {
    await this.until(
      'all guests are ready',
      async () => (await this.client.status()).guests.every((guest) => guest.phase.kind === 'ready'),
      limitMs,
    )
  }

  /** In the order they happened; `from` an id of an earlier event. */
  async events(guest?: string, afterId = 0): Promise<readonly StoredEvent[]> {
    const query = { limit: '10000', after: String(afterId), ...(guest === undefined ? {} : { guest }) }
    return (await this.client.events(query)).events
  }

  async words(guest: string, afterId = 0): Promise<string[]> {
    return (await this.events(guest, afterId)).map((event) => event.word)
  }

  /** The newest event's id: what happens from now on has a higher one. */
  async mark(): Promise<number> {
    return (await this.client.events({ limit: '1', newestFirst: '1' })).events[0]?.id ?? 0
  }

  /** As `until` of the lab, with the state and the end of the log where it fails. */
  async until(what: string, holds: () => boolean | Promise<boolean>, limitMs = waitLimitMs): Promise<void> {
    try {
      await until(what, limitMs, holds, 50)
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${await this.#picture()}`, { cause: error })
    }
  }

  async stop(): Promise<void> {
    this.client.close()
    await this.lab.stop()
  }

  async #end(name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const daemon = this.#daemon
    assert(daemon, 'vigiad runs')
    this.#daemon = null
    signal(daemon.mark, name)
    await waitGone(daemon.outer, waitLimitMs)
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
  return new WatchedLab(await startLab({ id: `${name}${process.pid.toString(36)}` }))
}
