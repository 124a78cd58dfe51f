import { type ChildProcess, fork } from 'node:child_process'
import { extname } from 'node:path'
import { Fault } from '../../model/fault.ts'
import type { Derivation } from './derive.ts'

/** Nobody signed in for so long: its memory is given back. */
const idleMs = 5_000

/** Starting it takes a tenth of a second; on a host that is hopelessly busy, this. */
const answerMs = 20_000

/**
 * Makes hashes in a process of its own that ends soon after the last: what one takes, some 20 MiB, the allocator of a long-lived process
 * keeps, once for each of its threads. One call at a time.
 */
export class HasherProcess {
  #process: ChildProcess | null = null
  #idle: NodeJS.Timeout | null = null

  /** Base64url. Faults: `internal`, `timeout`. */
  derive(wanted: Derivation): Promise<string> {
    if (this.#idle !== null) clearTimeout(this.#idle)
    const hasher = this.#running()
    return new Promise<string>((resolve, reject) => {
      const limit = setTimeout(() => {
        hasher.kill('SIGKILL')
        settle(() => reject(new Fault('timeout', 'not-done', { what: 'password', limitMs: answerMs })))
      }, answerMs)
      const answered = (hash: unknown): void => settle(() => resolve(String(hash)))
      const ended = (code: number | null): void =>
        settle(() => reject(new Fault('internal', 'not-done', { text: `hasher: exit ${code}` })))
      const settle = (then: () => void): void => {
        clearTimeout(limit)
        hasher.off('message', answered)
        hasher.off('exit', ended)
        then()
        this.#letGoSoon()
      }
      hasher.once('message', answered)
      hasher.once('exit', ended)
      hasher.send(wanted, (error) => {
        if (error !== null) ended(null)
      })
    })
  }

  #running(): ChildProcess {
    if (this.#process?.connected) return this.#process
    const path = new URL(`./hasher${extname(import.meta.url)}`, import.meta.url)
    // Nothing of the daemon's environment is its business, nor what Node was told for the daemon.
    const own = { env: {}, execArgv: [] }
    const hasher = fork(path, [], { ...own, serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    hasher.on('error', () => {
      // Its exit tells whoever waits.
    })
    hasher.once('exit', () => {
      if (this.#process === hasher) this.#process = null
    })
    // The daemon does not live on for it.
    hasher.unref()
    this.#process = hasher
    return hasher
  }

  #letGoSoon(): void {
    this.#idle = setTimeout(() => {
      this.#process?.disconnect()
      this.#process = null
    }, idleMs)
    this.#idle.unref()
  }
}
