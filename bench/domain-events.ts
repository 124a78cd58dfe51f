import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { sleep } from '../lab/run.ts'
import { nowNs } from './daemon.ts'

/** What libvirt said of a domain. `atNs`: when its line reached us, so later than it was by the way through virsh. */
export interface DomainEvent {
  readonly atNs: bigint
  readonly domain: string
  /** As virsh words it: `Started Booted`, `Suspended Paused`, `Stopped Shutdown`. */
  readonly event: string
}

/** Between two tries to listen again after libvirtd went away. */
const AGAIN_MS = 200

/** How long virsh takes to register after it was started; nothing it prints says so. */
const SETTLE_MS = 1_500

/** Listens to libvirt's lifecycle events by virsh, as a witness that is no part of Vigia. Listens again when libvirtd was restarted. */
export class DomainEvents {
  readonly #uri: string
  readonly #heard: DomainEvent[] = []
  #child: ChildProcessByStdio<null, Readable, null> | null = null
  #stopped = false

  private constructor(uri: string) {
    this.#uri = uri
  }

  static async listen(uri: string): Promise<DomainEvents> {
    const events = new DomainEvents(uri)
    events.#open()
    await sleep(SETTLE_MS)
    return events
  }

  since(atNs: bigint): DomainEvent[] {
    return this.#heard.filter((one) => one.atNs >= atNs)
  }

  stop(): void {
    this.#stopped = true
    this.#child?.kill('SIGTERM')
  }

  #open(): void {
    // Line by line: into a pipe, virsh would keep what it prints until there is much of it.
    const listen = ['-oL', 'virsh', '-q', '-c', this.#uri, 'event', '--event', 'lifecycle', '--loop']
    const child = spawn('stdbuf', listen, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, LC_ALL: 'C' } })
    this.#child = child
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line))
    child.on('close', () => {
      if (!this.#stopped) setTimeout(() => !this.#stopped && this.#open(), AGAIN_MS)
    })
  }

  #take(line: string): void {
    const [, domain, event] = /^event 'lifecycle' for domain '(.+)': (.+)$/.exec(line) ?? []
    if (domain !== undefined && event !== undefined) this.#heard.push({ atNs: nowNs(), domain, event: event.trim() })
  }
}
