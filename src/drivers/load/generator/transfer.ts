import { type ClientRequest, get } from 'node:http'
import { begun, fault, hasBegun, now, outcome, type Running, Silence, type WishOf } from './telling.ts'

/** A download that stands still for so long will not go on. */
const stallLimitMs = 60_000

export function transfer(wish: WishOf<'transfer'>): Running {
  const all = new Transfer(wish)
  return { enough: () => all.enough(), stop: () => all.stop() }
}

/** A page that is there at once is not fetched more often: that would be load, and ports would run out. */
const beginEachMs = 100

/** One download after the other; the time is that of the downloads, without what lies between them. */
class Transfer {
  readonly #wish: WishOf<'transfer'>
  readonly #silence = new Silence()
  #request: ClientRequest
  #more: boolean
  /** Of the one under way. Null: between two. */
  #from: number | null = null
  #tookMs = 0
  #downloads = 0
  #bytes = 0
  #expected: number | null = 0

  constructor(wish: WishOf<'transfer'>) {
    this.#wish = wish
    this.#more = wish.repeats
    this.#request = this.#open()
  }

  enough(): void {
    this.#more = false
  }

  stop(): void {
    const broken = this.#from !== null
    this.#rest()
    this.#request.destroy()
    this.#finish(broken)
  }

  #open(): ClientRequest {
    this.#downloads++
    const from = now()
    this.#from = from
    const { address: host, port, path } = this.#wish
    let [bytes, length, over] = [0, null as number | null, false]
    const end = (complete: boolean): void => {
      if (over) return
      over = true
      this.#rest()
      if (complete && this.#more) setTimeout(() => this.#again(), Math.max(from + beginEachMs - now(), 0))
      else this.#finish(!complete)
    }
    const request = get({ host, port, path, agent: false }, (answer) => {
      if (answer.statusCode !== 200)
        return hasBegun() ? end(false) : fault('refused', `HTTP ${answer.statusCode} ${path}`)
      length = lengthOf(answer.headers['content-length'])
      this.#expected = length === null || this.#expected === null ? null : this.#expected + length
      this.#silence.heard()
      begun()
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        this.#bytes += chunk.length
        this.#silence.heard()
      })
      answer.on('end', () => end(answer.complete && (length === null || bytes === length)))
      answer.on('error', () => end(false))
      answer.on('close', () => end(false))
    })
    request.setTimeout(stallLimitMs, () => request.destroy())
    request.on('error', (error) => (hasBegun() ? end(false) : fault('refused', error.message)))
    return request
  }

  #again(): void {
    if (!this.#more) {
      this.#finish(false)
      return
    }
    // From the second on, the time to connect is one without a byte.
    this.#silence.heard()
    this.#request = this.#open()
  }

  #rest(): void {
    if (this.#from === null) return
    this.#silence.heard()
    this.#silence.pause()
    this.#tookMs += now() - this.#from
    this.#from = null
  }

  #finish(broken: boolean): void {
    const tookMs = Math.max(this.#tookMs, 0.001)
    outcome({
      ...{ kind: 'transfer', downloads: this.#downloads, bytes: this.#bytes, expectedBytes: this.#expected, tookMs },
      ...{ bytesPerSecond: (this.#bytes / tookMs) * 1_000, broken, longestSilenceMs: this.#silence.longestMs },
    })
  }
}

function lengthOf(header: string | undefined): number | null {
  const length = Number(header ?? Number.NaN)
  return Number.isFinite(length) ? length : null
}
