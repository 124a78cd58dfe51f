import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Answer, Ask } from './inside.ts'
import { type Ran, type RunOptions, run } from './run.ts'

const TIMEOUT_MS = 1_000

/** Where the people are: asks guests from a namespace of the lab, as a client of their services would. */
export class LabClient {
  readonly namespace: string
  readonly #waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>()
  #child: ChildProcessWithoutNullStreams | undefined
  #lastId = 0

  constructor(namespace: string) {
    this.namespace = namespace
  }

  /** Connects and hangs up. */
  tcp(address: string, port: number, timeoutMs = TIMEOUT_MS): Promise<Answer> {
    return this.#ask({ kind: 'tcp', address, port, timeoutMs })
  }

  /** Connects, sends `text`, reads what comes. */
  talk(address: string, port: number, text = '', timeoutMs = TIMEOUT_MS): Promise<Answer> {
    return this.#ask({ kind: 'talk', address, port, payload: base64(text), timeoutMs })
  }

  /** Sends a line, reads a line; empty when none came. */
  async line(
    address: string,
    port: number,
    text: string,
    timeoutMs = TIMEOUT_MS,
  ): Promise<{ verdict: Answer['verdict']; line: string }> {
    const answer = await this.#ask({
      kind: 'talk',
      address,
      port,
      payload: base64(`${text}\n`),
      oneLine: true,
      timeoutMs,
    })
    return { verdict: answer.verdict, line: textOf(answer).trim() }
  }

  udp(address: string, port: number, payload: string | Buffer = 'ping', timeoutMs = TIMEOUT_MS): Promise<Answer> {
    return this.#ask({ kind: 'udp', address, port, payload: base64(payload), timeoutMs })
  }

  /** GET of a path; `status` is 0 where no HTTP answer came. */
  async http(
    address: string,
    port = 80,
    path = '/',
    timeoutMs = TIMEOUT_MS,
  ): Promise<Answer & { status: number; body: string }> {
    const answer = await this.talk(address, port, `GET ${path} HTTP/1.1\r\nHost: ${address}\r\n\r\n`, timeoutMs)
    const text = textOf(answer)
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
    return { ...answer, status, body: text.slice(text.indexOf('\r\n\r\n') + 4) }
  }

  /** The addresses a name server gives for a name; `code` is the reply's RCODE, 3 = no such name. */
  async dns(
    address: string,
    name: string,
    port = 53,
    timeoutMs = TIMEOUT_MS,
  ): Promise<Answer & { code: number; addresses: string[] }> {
    const answer = await this.udp(address, port, dnsQuery(name), timeoutMs)
    return { ...answer, ...dnsReply(Buffer.from(answer.data, 'base64')) }
  }

  /** Waits for a port to be connectable; the answer's `atMs` is when it first was. */
  wait(address: string, port: number, timeoutMs: number): Promise<Answer> {
    return this.#ask({ kind: 'wait', address, port, timeoutMs })
  }

  /** Runs any command in the namespace. */
  run(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Ran> {
    return run('nsenter', [...this.#enter(), command, ...args], options)
  }

  close(): void {
    this.#child?.stdin.end()
    this.#child = undefined
  }

  #ask(request: Ask): Promise<Answer> {
    this.#child ??= this.#open()
    const child = this.#child
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      child.stdin.write(`${JSON.stringify({ id, ...request })}\n`)
    })
  }

  #open(): ChildProcessWithoutNullStreams {
    const program = join(import.meta.dirname, 'inside.ts')
    const child = spawn('nsenter', [...this.#enter(), process.execPath, program])
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(-2000)
    })
    child.stdin.on('error', () => undefined)
    createInterface({ input: child.stdout }).on('line', (line) => this.#settle(line))
    child.on('close', () => {
      if (this.#child === child) this.#child = undefined
      for (const { reject } of this.#waiting.values())
        reject(new Error(`the asker in ${this.namespace} ended: ${complaint.trim()}`))
      this.#waiting.clear()
    })
    return child
  }

  #settle(line: string): void {
    const { id, answer, error } = JSON.parse(line) as { id: number; answer?: Answer; error?: string }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (answer) waiting?.resolve(answer)
    else waiting?.reject(new Error(error))
  }

  #enter(): string[] {
    return [`--net=/run/netns/${this.namespace}`, '--']
  }
}

export function textOf(answer: Answer): string {
  return Buffer.from(answer.data, 'base64').toString('utf8')
}

function base64(payload: string | Buffer): string {
  return Buffer.from(payload as string).toString('base64')
}

/** RFC 1035: one question of type A, class IN. */
function dnsQuery(name: string): Buffer {
  const labels = name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)])
  const header = Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, 1, 0, 1])])
}

/** Reads only what the lab's own name server sends: one answer, its name a pointer. */
function dnsReply(reply: Buffer): { code: number; addresses: string[] } {
  if (reply.length < 12) return { code: -1, addresses: [] }
  const answers = reply.readUInt16BE(6)
  const addresses = answers > 0 ? [[...reply.subarray(reply.length - 4)].join('.')] : []
  return { code: (reply[3] ?? 0) & 15, addresses }
}
