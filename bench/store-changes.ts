import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { LabCluster } from '../lab/cluster.ts'
import { root } from './machine.ts'

type Value = Readonly<Record<string, unknown>>

/** What a cluster's store holds, as it is written: for whoever must act right after a certain write. */
export class StoreChanges {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #values = new Map<string, Value>()
  readonly #listeners = new Set<() => void>()

  constructor({ lab, members }: LabCluster) {
    const program = join(root, 'scripts', 'store-changes.ts')
    const endpoints = members.map(({ host }) => `http://${host.address}:2379`)
    const inside = [`--net=/run/netns/${lab.client.namespace}`, '--', process.execPath, program, 'lab', ...endpoints]
    this.#child = spawn('nsenter', inside)
    this.#child.stdin.on('error', () => undefined)
    this.#child.stderr.resume()
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const { key, value } = JSON.parse(line) as { key: string; value: string | null }
      if (value === null) this.#values.delete(key)
      else this.#values.set(key, JSON.parse(value) as Value)
      for (const listener of [...this.#listeners]) listener()
    })
  }

  get(key: string): Value | undefined {
    return this.#values.get(key)
  }

  /** Looks now, and after each write. */
  onWrite(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(): void {
    this.#child.stdin.end()
  }
}
