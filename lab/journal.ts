import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Acknowledged, Refused } from './journal-inside.ts'

export const JOURNAL_PORT = 7001

/** As `guest/journal.pl` writes them: 15 digits and a line feed. */
const RECORD_BYTES = 16

/** Writes numbers to the journals of guests from a namespace of the lab, all the time, and keeps what they acknowledged. */
export class Journals {
  /** By guest, in the order they came. */
  readonly acknowledged: ReadonlyMap<string, readonly Acknowledged[]>
  /** What guests said that acknowledges nothing: no disk, a write that failed. */
  readonly refused: string[] = []
  readonly #child: ChildProcessWithoutNullStreams
  #complaint = ''

  /** The guests serve `7001/journal`. */
  constructor(namespace: string, guests: readonly { readonly name: string; readonly address: string }[]) {
    const lists = new Map(guests.map(({ name }) => [name, [] as Acknowledged[]]))
    this.acknowledged = lists
    const places = guests.map(({ name, address }) => `${name}=${address}:${JOURNAL_PORT}`)
    const program = [process.execPath, join(import.meta.dirname, 'journal-inside.ts'), ...places]
    this.#child = spawn('nsenter', [`--net=/run/netns/${namespace}`, '--', ...program])
    this.#child.stdin.on('error', () => undefined)
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(-2_000)
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const told = JSON.parse(line) as Acknowledged | Refused
      if ('refused' in told) this.refused.push(`${told.guest}: ${told.refused}`)
      else lists.get(told.guest)?.push(told)
    })
  }

  /** Throws where the writer has ended: nothing is acknowledged any more then, and nobody would notice. */
  mustLive(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) return
    throw new Error(`the writer to the journals ended: ${this.#complaint.trim()}`)
  }

  stop(): void {
    this.#child.stdin.end()
  }
}

/** All numbers on the disk of a guest, read past the guest. */
export function journalOnDisk(path: string): Set<number> {
  return journalIn(readFileSync(path))
}

export function journalIn(disk: Buffer): Set<number> {
  const found = new Set<number>()
  for (let at = 0; at + RECORD_BYTES <= disk.length; at += RECORD_BYTES) {
    const text = disk.toString('latin1', at, at + RECORD_BYTES)
    if (!/^\d{15}\n$/.test(text)) break
    found.add(Number(text))
  }
  return found
}
