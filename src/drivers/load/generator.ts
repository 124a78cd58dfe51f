/**
 * Measures a guest as its users see it: a program of its own, so that what it measures is not the lateness of a daemon, and so that it can run on
 * another host. It is sent there as text: it imports nothing but Node's own modules, and needs Node 18 or newer.
 *
 * Standard input: the wish as one line of JSON; its end stops the measurement. Standard output, JSON lines: `{ "kind": "begun" }` at the first
 * answer, then once `{ "kind": "outcome", "outcome": … }` or `{ "kind": "fault", "code": …, "text": … }`.
 */
import { spawn } from 'node:child_process'
import { get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** A wish and an outcome as src/ports/load-source.ts and src/model/drill.ts have them: repeated here, because nothing is imported. */
interface Wish {
  readonly kind: 'downtime' | 'transfer' | 'load'
  readonly address: string
  readonly intervalMs: number
  readonly by: { readonly kind: 'ping' | 'connect'; readonly port: number }
  readonly port: number
  readonly path: string
  readonly connections: number
  readonly requests: number
}

interface Running {
  stop(): void
}

/** A download that stands still for so long will not go on. */
const stallLimitMs = 60_000

/** An answer that takes longer is not waited for. */
const answerLimitMs = 30_000

/** Between two tries to connect anew. */
const againMs = 100

/** One connect that is not answered: a host that is off says nothing at all. */
const connectLimitMs = 1_000

/** What comes before the body of an answer; more is no HTTP. */
const headLimit = 64 * 1024

const now = (): number => performance.now()
const say = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`)

let over = false
function end(message: object): void {
  if (over) return
  over = true
  process.stdout.write(`${JSON.stringify(message)}\n`, () => process.exit(0))
}
const outcome = (found: object): void => end({ kind: 'outcome', outcome: found })
const fault = (code: string, text: string): void => end({ kind: 'fault', code, text })

let hasBegun = false
function begun(): void {
  if (!hasBegun) say({ kind: 'begun' })
  hasBegun = true
}

/** The longest time between two signs of life; the time until the end counts, too. */
class Silence {
  longestMs = 0
  #last: number | null = null

  heard(at = now()): void {
    if (this.#last !== null) this.longestMs = Math.max(this.longestMs, at - this.#last)
    this.#last = at
  }
}

// --- downtime ---------------------------------------------------------------------------------------------------------

/** Its words are read. */
const plainEnvironment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }

/** `ping` counts by itself: what it sent, and what came back; each answer tells when. */
function byPing({ address, intervalMs }: Wish): Running {
  const args = ['-n', '-D', '-O', '-i', String(intervalMs / 1_000), address]
  const program = spawn('ping', args, { env: plainEnvironment, stdio: ['ignore', 'pipe', 'pipe'] })
  const silence = new Silence()
  let [first, newest, received, duplicated, complaint] = [0, 0, 0, 0, '']
  let sent: number | null = null
  program.on('error', (error) => fault('not-supported', `ping: ${error.message}`))
  program.stderr.on('data', (chunk) => {
    complaint = (complaint + String(chunk)).slice(-500)
  })
  createInterface({ input: program.stdout }).on('line', (line) => {
    const answer = /^\[(\d+\.\d+)\] \d+ bytes from .*icmp_seq=(\d+)/.exec(line)
    if (answer !== null) {
      if (line.includes('DUP!')) {
        duplicated++
        return
      }
      received++
      newest = Number(answer[2])
      if (first === 0) first = newest
      silence.heard(Number(answer[1]) * 1_000)
      begun()
    }
    const total = /^(\d+) packets transmitted/.exec(line)
    if (total !== null) sent = Number(total[1])
  })
  program.on('close', () => {
    if (sent === null) return fault('not-supported', `ping: ${complaint.trim() || 'it ended without a word'}`)
    silence.heard(Date.now())
    // The last one may still be on its way: it says nothing.
    const counted = (newest < sent ? sent - 1 : sent) - first + 1
    const lost = Math.max(0, counted - received)
    const common = { kind: 'downtime', intervalMs, sent: received + lost, received, lost, duplicated }
    outcome({ ...common, longestSilenceMs: silence.longestMs })
  })
  return { stop: () => void program.kill('SIGINT') }
}

/** The same by connects to a service, each given up when the next but one is due. */
function byConnect({ address, intervalMs, by }: Wish): Running {
  const silence = new Silence()
  let [sent, received, open] = [0, 0, 0]
  const limitMs = Math.max(connectLimitMs, intervalMs)
  const ask = (): void => {
    open++
    const counted = hasBegun
    if (counted) sent++
    const socket = connect({ host: address, port: by.port })
    let done = false
    const close = (answered: boolean): void => {
      if (done) return
      done = true
      open--
      clearTimeout(timer)
      socket.destroy()
      if (!answered) return
      silence.heard()
      if (counted) received++
      begun()
    }
    const timer = setTimeout(() => close(false), limitMs)
    socket.on('connect', () => close(true))
    socket.on('error', () => close(false))
  }
  ask()
  const timer = setInterval(ask, intervalMs)
  return {
    stop: () => {
      clearInterval(timer)
      silence.heard()
      // Those on their way say nothing.
      sent -= Math.min(open, sent - received)
      const common = { kind: 'downtime', intervalMs, sent, received, lost: sent - received, duplicated: 0 }
      outcome({ ...common, longestSilenceMs: silence.longestMs })
    },
  }
}

// --- transfer ---------------------------------------------------------------------------------------------------------

function transfer({ address, port, path }: Wish): Running {
  const silence = new Silence()
  const from = now()
  let [bytes, expected, broken] = [0, null as number | null, true]
  const done = (): void => {
    silence.heard()
    const tookMs = Math.max(now() - from, 0.001)
    const bytesPerSecond = (bytes / tookMs) * 1_000
    const common = { kind: 'transfer', bytes, expectedBytes: expected, tookMs, bytesPerSecond }
    outcome({ ...common, broken, longestSilenceMs: silence.longestMs })
  }
  const request = get({ host: address, port, path, agent: false }, (answer) => {
    if (answer.statusCode !== 200) return fault('refused', `HTTP ${answer.statusCode} ${path}`)
    const length = Number(answer.headers['content-length'] ?? Number.NaN)
    expected = Number.isFinite(length) ? length : null
    silence.heard()
    begun()
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      silence.heard()
    })
    answer.on('end', () => {
      broken = !answer.complete || (expected !== null && bytes !== expected)
      done()
    })
    answer.on('error', done)
    answer.on('close', done)
  })
  request.setTimeout(stallLimitMs, () => request.destroy())
  request.on('error', (error) => (hasBegun ? done() : fault('refused', error.message)))
  return {
    stop: () => {
      request.destroy()
      done()
    },
  }
}

// --- load -------------------------------------------------------------------------------------------------------------

/** All requests of a load, over all its connections. */
class Load {
  readonly wish: Wish
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

  constructor(wish: Wish) {
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
    if (over) return
    const { address, port } = this.#load.wish
    const socket = connect({ host: address, port, noDelay: true })
    this.#socket = socket
    this.#reader = new AnswerReader()
    this.#wait(connectLimitMs)
    socket.on('connect', () => this.#next())
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', () => this.#lose())
    socket.on('close', () => this.#lose())
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

  /** Ended by the other side, or given up. */
  #lose(): void {
    const socket = this.#socket
    if (socket === null) return
    const connected = this.#sentAt !== null || this.#reader.answers > 0
    this.#drop()
    if (over) return
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
    this.#timer = setTimeout(() => this.#lose(), limitMs)
  }

  #drop(): void {
    this.#rest()
    const socket = this.#socket
    this.#socket = null
    socket?.destroy()
  }
}

interface Answer {
  readonly status: number
  readonly closes: boolean
}

/** Finds where one answer ends and the next begins, by Content-Length or chunks. */
class AnswerReader {
  answers = 0
  #rest: Buffer = Buffer.alloc(0)
  #skip = 0
  #head: Answer | null = null
  #chunked = false

  take(chunk: Buffer): Answer[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const found: Answer[] = []
    for (;;) {
      if (this.#head === null && !this.#readHead()) break
      if (!this.#readBody()) break
      found.push(this.#head!)
      this.answers++
      this.#head = null
    }
    return found
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) {
      if (this.#rest.length > headLimit) fault('refused', 'no HTTP')
      return false
    }
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

// --- main -------------------------------------------------------------------------------------------------------------

function start(wish: Wish): Running {
  if (wish.kind === 'transfer') return transfer(wish)
  if (wish.kind === 'downtime') return wish.by.kind === 'ping' ? byPing(wish) : byConnect(wish)
  const load = new Load(wish)
  return { stop: () => load.finish() }
}

const input = createInterface({ input: process.stdin })
let running: Running | null = null
input.on('line', (line) => {
  running ??= start(JSON.parse(line) as Wish)
})
input.on('close', () => (running === null ? process.exit(0) : running.stop()))
process.on('SIGINT', () => undefined)
