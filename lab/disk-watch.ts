import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Looked } from './disk-watch-inside.ts'

/**
 * Looks each 50 ms, in a process of its own that no load holds up, for a disk that two QEMU processes of this machine have open, whatever host
 * they belong to and whether that still lives. No guest may be moved live meanwhile: that opens its disk twice.
 */
export class DiskWatch {
  readonly seen: string[] = []
  readonly #child: ChildProcessWithoutNullStreams
  readonly #asked: { resolve(looked: Looked): void; reject(error: Error): void }[] = []
  #complaint = ''

  constructor(disks: readonly string[]) {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'disk-watch-inside.ts'), ...disks])
    this.#child.stdin.on('error', () => undefined)
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(-2_000)
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const told = JSON.parse(line) as Looked | { readonly seen: string }
      if ('seen' in told) this.seen.push(told.seen)
      else this.#asked.shift()?.resolve(told)
    })
    this.#child.on('close', () => {
      const error = new Error(`the watch over the disks ended: ${this.#complaint.trim()}`)
      for (const { reject } of this.#asked.splice(0)) reject(error)
    })
  }

  /** How often it looked so far, and the longest it did not since this was last asked. Throws where it has ended. */
  looked(): Promise<Looked> {
    if (this.#child.exitCode !== null) return Promise.reject(new Error(`no watch over the disks: ${this.#complaint}`))
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject })
      this.#child.stdin.write('looked?\n')
    })
  }

  stop(): void {
    this.#child.stdin.end()
  }
}
