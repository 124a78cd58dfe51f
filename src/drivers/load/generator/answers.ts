/** What comes before the body of an answer; more is no HTTP. */
const headLimit = 64 * 1024

export interface Answer {
  readonly status: number
  readonly closes: boolean
}

/**
 * Finds where one answer of a connection ends and the next begins, by Content-Length or chunks. `node:http` would not do: it ends a connection on which
 * something comes that was not asked for, and what was doubled would not be seen.
 */
export class AnswerReader {
  answers = 0
  #rest: Buffer = Buffer.alloc(0)
  #skip = 0
  #head: Answer | null = null
  #chunked = false

  /** The answers that are whole with this. Null: it is no HTTP. */
  take(chunk: Buffer): Answer[] | null {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const found: Answer[] = []
    for (;;) {
      if (this.#head === null && !this.#readHead()) return this.#rest.length > headLimit ? null : found
      if (!this.#readBody()) break
      found.push(this.#head!)
      this.answers++
      this.#head = null
    }
    return found
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) return false
    const text = this.#rest.subarray(0, end).toString('latin1')
    this.#rest = this.#rest.subarray(end + 4)
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0)
    this.#chunked = /^transfer-encoding:\s*chunked/im.test(text)
    this.#skip = Number(/^content-length:\s*(\d+)/im.exec(text)?.[1] ?? 0)
    this.#head = { status, closes: /^connection:\s*close/im.test(text) }
    return true
  }

  #readBody(): boolean {
    if (this.#chunked) return this.#readChunks()
    const taken = Math.min(this.#skip, this.#rest.length)
    this.#skip -= taken
    this.#rest = this.#rest.subarray(taken)
    return this.#skip === 0
  }

  /** `#skip`: bytes left of the present chunk, with the line feed behind it. */
  #readChunks(): boolean {
    for (;;) {
      const taken = Math.min(this.#skip, this.#rest.length)
      this.#skip -= taken
      this.#rest = this.#rest.subarray(taken)
      if (this.#skip > 0) return false
      const end = this.#rest.indexOf('\r\n')
      if (end < 0) return false
      const size = Number.parseInt(this.#rest.subarray(0, end).toString('latin1'), 16)
      if (size === 0) {
        // Without trailers: an empty line ends it.
        if (this.#rest.length < end + 4) return false
        this.#rest = this.#rest.subarray(end + 4)
        return true
      }
      this.#rest = this.#rest.subarray(end + 2)
      this.#skip = size + 2
    }
  }
}
