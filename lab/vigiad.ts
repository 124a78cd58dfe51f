import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { acceptsConnections, type HostProcess, type LabHost } from './host.ts'
import { isAlive, signal, waitGone } from './process-mark.ts'
import { sleep, until } from './run.ts'

export interface VigiadOptions {
  /** Default: from source. The compiled one for what is measured. */
  readonly program?: string
  /** Node's own, before the program. */
  readonly nodeOptions?: readonly string[]
  /** After the paths, which are given here. */
  readonly args?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

const START_LIMIT_MS = 90_000
const STOP_LIMIT_MS = 90_000

/** For a host that loses its power to be seen without it. */
const POWER_MS = 1_000

/** The daemon under test, inside a host; its files survive its end, and a power cut as a disk would. */
export class LabVigiad {
  readonly host: LabHost
  readonly #options: VigiadOptions
  #process: HostProcess | undefined

  constructor(host: LabHost, options: VigiadOptions = {}) {
    this.host = host
    this.#options = options
  }

  /** Its socket, by a path that works from outside the host. */
  get socket(): string {
    return join(this.host.runFolder, 'vigia.sock')
  }

  get logFile(): string {
    return join(this.host.folder, 'log', 'vigiad.out')
  }

  get isRunning(): boolean {
    return this.#process !== undefined && isAlive(this.#process.mark)
  }

  /** As seen from this machine; undefined while it is down. */
  get pid(): number | undefined {
    return this.#process?.mark.pid
  }

  /** Returns when its socket answers. */
  async start(): Promise<void> {
    const started = await this.#begin()
    await until(`answer of vigiad on ${this.host.name}`, START_LIMIT_MS, () => {
      return !isAlive(started.mark) || acceptsConnections(this.socket)
    })
    if (!isAlive(started.mark)) throw await this.#endedAtOnce()
  }

  /** Starts it and kills it so long afterwards, wherever its start is then. Throws when it had ended by itself. */
  async startAndKill(afterMs: number): Promise<void> {
    const started = await this.#begin()
    await sleep(afterMs)
    if (!isAlive(started.mark)) throw await this.#endedAtOnce()
    await this.kill()
  }

  async #begin(): Promise<HostProcess> {
    const program = this.#options.program ?? join(import.meta.dirname, '..', 'src', 'bin', 'vigiad.ts')
    const paths = ['--socket', '/run/vigia/vigia.sock', '--state-dir', this.host.stateFolder, '--host', this.host.name]
    const { nodeOptions = [] } = this.#options
    const args = [...nodeOptions, program, ...paths, ...(this.#options.args ?? [])]
    const env = { ...process.env, ...this.#options.env }
    const started = await this.host.startBeforeGuests('vigiad', process.execPath, args, env)
    this.#process = started
    return started
  }

  async #endedAtOnce(): Promise<Error> {
    // Its watchdog, or a fence device: then the daemon has said nothing, and is not to blame. The first process of a host ends after all others.
    await sleep(POWER_MS)
    if (!this.host.isOn) return new Error(`${this.host.name} lost its power before vigiad answered`)
    return new Error(`vigiad on ${this.host.name} ended at once: ${lastLines(this.logFile, 20).join('\n')}`)
  }

  /** SIGKILL at this very moment. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** As the service manager would stop it. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(name: NodeJS.Signals): Promise<void> {
    const running = this.#process
    if (running === undefined) return
    signal(running.mark, name)
    // Its parent outlives its last thread: until then a killed daemon's socket still takes connections.
    await waitGone(running.outer, STOP_LIMIT_MS)
    this.#process = undefined
  }
}

/** Of a log: the lab is gone when somebody reads of it. */
export function lastLines(path: string, count: number): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count)
  } catch {
    return [`nothing in ${path}`]
  }
}
