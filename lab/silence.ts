import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Silence } from './silence-inside.ts'

/** For the program to be there, and for its last answers: both come from a guest that may be busy. */
const LIMIT_MS = 120_000

/**
 * Listens to a guest from a namespace of the lab: an echo every 10 ms and one TCP connection held open, from `start`
 * until `stop`. The guest serves `22/tcp` and `69/udp`.
 */
export class SilenceMeter {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  #complaint = ''

  private constructor(namespace: string, address: string) {
    const program = [process.execPath, `${import.meta.dirname}/silence-inside.ts`, address]
    this.#child = spawn('nsenter', [`--net=/run/netns/${namespace}`, '--', ...program])
    this.#child.stdin.on('error', () => undefined)
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(-2_000)
    })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** Resolves when the guest has answered both ways. */
  static async start(namespace: string, address: string): Promise<SilenceMeter> {
    const meter = new SilenceMeter(namespace, address)
    await meter.#line()
    return meter
  }

  async stop(): Promise<Silence> {
    this.#child.stdin.end()
    return JSON.parse(await this.#line()) as Silence
  }

  /** What it has measured is of no interest any more; harmless where it has been stopped. A child that lives keeps this process from ending. */
  leave(): void {
    this.#child.kill('SIGKILL')
  }

  async #line(): Promise<string> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), LIMIT_MS)
    const { value, done } = await this.#lines.next()
    clearTimeout(timer)
    if (done) throw new Error(`the listener to a guest ended: ${this.#complaint.trim()}`)
    return value
  }
}
