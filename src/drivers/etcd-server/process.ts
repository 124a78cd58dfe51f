import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../../model/fault.ts'
import { writeDurably } from '../ca/durable-file.ts'
import { fileFault } from '../machine/file-faults.ts'
import { dataFolder, environmentFile } from './settings.ts'

/** A process that outlives the daemon: a restart of vigiad must not take a vote from the store. */
export interface EtcdProcess {
  running(): Promise<boolean>
  /** Starts it with these settings, or does nothing when it runs. Faults: `not-supported`, `refused`. */
  start(environment: Readonly<Record<string, string>>): Promise<void>
  /** Ends it in good order. Harmless when it does not run. */
  stop(): Promise<void>
}

/** etcd ends within a second or two; one that does not is killed. */
const stopMs = 10_000

/** The settings lie in this file of the folder, for the unit and for people. */
export const environmentFileName = 'etcd.env'

/** The child writes its own number first, so that none is forgotten when the daemon dies right after starting it. */
const script = 'echo $$ > "$1" && exec "$2"'

/** A child in a session of its own, found again by its number and its data. For hosts without systemd, and for what runs only for a moment. */
export class DetachedEtcd implements EtcdProcess {
  readonly #program: string
  readonly #folder: string

  constructor(program: string, folder: string) {
    this.#program = program
    this.#folder = folder
  }

  async running(): Promise<boolean> {
    return this.#pid() !== null
  }

  async start(environment: Readonly<Record<string, string>>): Promise<void> {
    if (this.#pid() !== null) return
    if (!existsSync(this.#program)) {
      throw new Fault('not-supported', 'not-done', { action: 'etcd', text: 'etcd is not installed' })
    }
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    await writeEnvironment(this.#folder, environment)
    const log = openSync(join(this.#folder, 'etcd.log'), 'a', 0o600)
    try {
      const env = { PATH: '/usr/bin:/bin', ...environment }
      const child = spawn('/bin/sh', ['-c', script, 'sh', this.#pidFile(), this.#program], {
        ...{ detached: true, env },
        stdio: ['ignore', log, log],
      })
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve)
        child.once('error', (cause) => reject(new Fault('refused', 'not-done', { text: cause.message }, { cause })))
      })
      child.unref()
    } finally {
      closeSync(log)
    }
  }

  /** As by a power cut: its data stay. Resolves when it is gone. */
  async kill(): Promise<void> {
    const pid = this.#pid()
    if (pid === null) return
    process.kill(pid, 'SIGKILL')
    while (this.#pid() !== null) await delay(5)
  }

  async stop(): Promise<void> {
    const pid = this.#pid()
    if (pid === null) return
    process.kill(pid, 'SIGTERM')
    for (let waitedMs = 0; this.#pid() !== null; waitedMs += 20) {
      if (waitedMs === stopMs) process.kill(pid, 'SIGKILL')
      await delay(20)
    }
    rmSync(this.#pidFile(), { force: true })
  }

  #pidFile(): string {
    return join(this.#folder, 'etcd.pid')
  }

  /** Null: not there, or another process that was given its number. */
  #pid(): number | null {
    try {
      const pid = Number(readFileSync(this.#pidFile(), 'utf8'))
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      return environment.includes(`ETCD_DATA_DIR=${dataFolder({ folder: this.#folder })}`) ? pid : null
    } catch {
      // No file, or no process.
      return null
    }
  }
}

/** Writes the settings where the unit reads them. Faults: the file system's. */
export async function writeEnvironment(folder: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const path = join(folder, environmentFileName)
  try {
    await writeDurably(path, environmentFile(environment), 0o600)
  } catch (error) {
    throw fileFault(error, { kind: 'file', path })
  }
}
