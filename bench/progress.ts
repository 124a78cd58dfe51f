import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

interface Stored {
  readonly codeVersion: string
  readonly quick: boolean
  readonly parts: readonly unknown[]
}

/** Parts of a measurement that are done; on disk, where it is to be resumed, before the next one begins. */
export class Progress {
  readonly #file: string | null
  readonly #codeVersion: string
  readonly #quick: boolean
  #parts: unknown[] = []

  /** Parts measured from other code, or in the other length, are no part of this measurement. */
  constructor(file: string | null, codeVersion: string, quick: boolean) {
    this.#file = file
    this.#codeVersion = codeVersion
    this.#quick = quick
    if (file === null || !existsSync(file)) return
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Stored
    if (stored.codeVersion === codeVersion && stored.quick === quick) this.#parts = [...stored.parts]
  }

  get count(): number {
    return this.#parts.length
  }

  /** An item reads only what it wrote itself. */
  parts<Part>(): readonly Part[] {
    return this.#parts as readonly Part[]
  }

  add(part: unknown): void {
    this.set(this.#parts.length, part)
  }

  set(index: number, part: unknown): void {
    this.#parts[index] = part
    if (this.#file === null) return
    mkdirSync(dirname(this.#file), { recursive: true })
    const stored: Stored = { codeVersion: this.#codeVersion, quick: this.#quick, parts: this.#parts }
    writeFileSync(`${this.#file}.new`, JSON.stringify(stored))
    renameSync(`${this.#file}.new`, this.#file)
  }

  /** The measurement is whole: the next one begins anew. */
  finish(): void {
    if (this.#file !== null) rmSync(this.#file, { force: true })
  }
}
