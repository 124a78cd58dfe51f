import { connect, type Socket } from 'node:net'
import { AnswerReader } from './answers.ts'
import { begun, connectLimitMs, fault, isOver, now, outcome, type Running, Silence, type WishOf } from './telling.ts'

/** An answer that takes longer is not waited for. */
const answerLimitMs = 30_000

/** Between two tries to connect anew. */
const againMs = 100

export function load(wish: WishOf<'load'>): Running {
  const all = new Load(wish)
  return { stop: () => all.finish() }
}

/** All requests of a load, over all its connections. */
class Load {
  readonly wish: WishOf<'load'>
  readonly from = now()
  readonly silence = new Silence()
  readonly latencies: Float64Array
  readonly text: string
  issued = 0
  answered = 0
  lost = 0
  duplicated = 0
  broken = 0
  bytes = 0
  #sumMs = 0
  #lastAt = this.from
  #over = false

  constructor(wish: WishOf<'load'>) {
    this.wish = wish
    this.latencies = new Float64Array(wish.requests)
    this.text = `GET ${wish.path} HTTP/1.1\r\nHost: ${wish.address}\r\nConnection: keep-alive\r\n\r\n`
    for (let index = 0; index < wish.connections; index++) new Connection(this).open()
  }

  /** True: one more may be sent. */
  take(): boolean {
    if (this.#over || this.issued >= this.wish.requests) return false
    this.issued++
    return true
  }

  took(ms: number): void {
    this.latencies[this.answered++] = ms
    this.#sumMs += ms
    this.#lastAt = now()
    this.silence.heard(this.#lastAt)
    begun()
    this.look()
  }

  look(): void {
    if (this.answered + this.lost >= this.wish.requests) this.finish()
  }

  finish(): void {
    if (this.#over) return
    this.#over = true
    if (this.answered + this.lost < this.wish.requests) this.silence.heard()
    const { answered, lost, duplicated, broken, bytes } = this
    const sorted = this.latencies.subarray(0, answered).sort()
    const at = (percent: number): number => sorted[Math.max(0, Math.ceil((percent / 100) * answered) - 1)] ?? 0
    const tookMs = Math.max(this.#lastAt - this.from, 0.001)
    outcome({
      ...{ kind: 'load', connections: this.wish.connections, requests: answered + lost },
      ...{ answered, lost, duplicated, broken, bytes, tookMs },
      requestsPerSecond: (answered / tookMs) * 1_000,
      bytesPerSecond: (bytes / tookMs) * 1_000,
      meanMs: answered === 0 ? 0 : this.#sumMs / answered,
      ...{ p50Ms: at(50), p90Ms: at(90), p99Ms: at(99), slowestMs: at(100) },
      longestSilenceMs: this.silence.longestMs,
    })
  }
}

/** One connection that is kept: a request, its answer, the next. It is made anew when it ends. */
class Connection {
  readonly #load: Load
  #socket: Socket | null = null
  #sentAt: number | null = null
  #reader = new AnswerReader()
  #timer: NodeJS.Timeout | null = null

  constructor(load: Load) {
    this.#load = load
  }

  open(): void {
    if (isOver()) return
    const { address, port } = this.#load.wish
    const socket = connect({ host: address, port, noDelay: true })
    this.#socket = socket
    this.#reader = new AnswerReader()
    this.#wait(connectLimitMs)
    socket.on('connect', () => this.#next())
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', () => this.#lose(socket))
    socket.on('close', () => this.#lose(socket))
  }

  #next(): void {
    this.#rest()
    if (!this.#load.take()) return
    this.#sentAt = now()
    this.#wait(answerLimitMs)
    this.#socket?.write(this.#load.text)
  }

  #read(chunk: Buffer): void {
    this.#load.bytes += chunk.length
    const answers = this.#reader.take(chunk)
    if (answers === null) {
      fault('refused', 'no HTTP')
      return
    }
    for (const { status } of answers) if (status !== 200) fault('refused', `HTTP ${status} ${this.#load.wish.path}`)
    if (answers.length === 0) return
    // One request is under way at most: whatever else came at once answers nothing.
    const asked = this.#sentAt === null ? 0 : 1
    this.#load.duplicated += answers.length - asked
    if (this.#sentAt === null) return
    const tookMs = now() - this.#sentAt
    this.#sentAt = null
    this.#load.took(tookMs)
    if (answers.some(({ closes }) => closes)) this.#renew()
    else this.#next()
  }

  /** Ended by the other side, or given up. What is heard late of a connection that was renewed is none of the new one's. */
  #lose(socket: Socket | null): void {
    if (socket === null || socket !== this.#socket) return
    const connected = this.#sentAt !== null || this.#reader.answers > 0
    this.#drop()
    if (isOver()) return
    if (connected) this.#load.broken++
    if (this.#sentAt !== null) {
      this.#sentAt = null
      this.#load.lost++
      this.#load.look()
    }
    setTimeout(() => this.open(), againMs)
  }

  /** The server said beforehand that it would close: nothing broke. */
  #renew(): void {
    this.#drop()
    this.open()
  }

  #rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #wait(limitMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#lose(this.#socket), limitMs)
  }

  #drop(): void {
    this.#rest()
    const socket = this.#socket
    this.#socket = null
    socket?.destroy()
  }
}
