import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

/**
 * The child writes its own number first, so that none is forgotten when the daemon dies right after starting it; then it
 * looks whether it is still wanted. Whoever ends etcd does it the other way round: it withdraws the word, then looks for
 * numbers. So a child that comes late either sees that it is not wanted, or is seen.
 * $1: the file of its number, $2: its word, $3: the file of the word that holds, $4: the program.
 */
const script =
  'echo $$ > "$1.$2" && read -r word < "$3" && [ "$word" = "$2" ] && mv "$1.$2" "$1" && exec "$4"; rm -f "$1.$2"'

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
    // What an earlier life of the daemon started, and was not there yet a moment ago.
    await this.stop()
    const word = randomBytes(8).toString('hex')
    writeFileSync(this.#wordFile(), `${word}\n`, { mode: 0o600 })
    const log = openSync(join(this.#folder, 'etcd.log'), 'a', 0o600)
    try {
      const env = { PATH: '/usr/bin:/bin', ...environment }
      const child = spawn('/bin/sh', ['-c', script, 'sh', this.#pidFile(), word, this.#wordFile(), this.#program], {
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
    const pid = this.#withdraw()
    if (pid === null) return
    signal(pid, 'SIGKILL')
    while (!isGone(pid)) await delay(5)
  }

  async stop(): Promise<void> {
    const pid = this.#withdraw()
    if (pid === null) return
    signal(pid, 'SIGTERM')
    for (let waitedMs = 0; !isGone(pid); waitedMs += 20) {
      if (waitedMs === stopMs) signal(pid, 'SIGKILL')
      await delay(20)
    }
    rmSync(this.#pidFile(), { force: true })
  }

  /** From here on no child that was started before begins. Returns the one that has begun. */
  #withdraw(): number | null {
    const starting = this.#startingFile()
    rmSync(this.#wordFile(), { force: true })
    return (starting === null ? null : this.#pidIn(starting)) ?? this.#pidIn(this.#pidFile())
  }

  #pidFile(): string {
    return join(this.#folder, 'etcd.pid')
  }

  #wordFile(): string {
    return join(this.#folder, 'etcd.word')
  }

  /** Where the child that is wanted writes its number before it looks. */
  #startingFile(): string | null {
    try {
      return `${this.#pidFile()}.${readFileSync(this.#wordFile(), 'utf8').trim()}`
    } catch {
      return null
    }
  }

  #pid(): number | null {
    const starting = this.#startingFile()
    return (starting === null ? null : this.#pidIn(starting)) ?? this.#pidIn(this.#pidFile())
  }

  /** Null: not there, or another process that was given its number. */
  #pidIn(file: string): number | null {
    try {
      const pid = Number(readFileSync(file, 'utf8'))
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      return environment.includes(`ETCD_DATA_DIR=${dataFolder({ folder: this.#folder })}`) ? pid : null
    } catch {
      // No file, or no process.
      return null
    }
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself just now.
  }
}

/** Its memory goes first: a process without an environment may still hold its ports, and the lock on its data. */
function isGone(pid: number): boolean {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0]
    return threads.length <= 1 && (state === 'Z' || state === 'X')
  } catch {
    return true
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
