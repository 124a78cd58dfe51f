import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { must, until } from '../lab/run.ts'

const ANSWER_LIMIT_MS = 60_000

/** One port's change, nanoseconds of CLOCK_MONOTONIC. */
export interface Seen {
  readonly kind: 'up' | 'down'
  readonly address: string
  readonly port: number
  readonly atNs: bigint
  /** Of a `down`: its last answer before. It closed between the two. */
  readonly lastUpNs?: bigint
}

/** Watches a host's wire from outside Vigia: when did which port answer first. The clock is that of the deeds file. */
export class Observer {
  readonly #child: ChildProcessWithoutNullStreams
  #seen: Seen[] = []
  #cleared = 0
  #lost: number | null = null
  #complaint = ''
  #ended = false

  private constructor(networkNamespace: string) {
    const program = join(import.meta.dirname, 'observer.pl')
    this.#child = spawn('nsenter', [`--net=${networkNamespace}`, '--', 'perl', program])
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(-1000)
    })
    // Its end is noticed by who waits for its answer.
    this.#child.stdin.on('error', () => undefined)
    this.#child.on('close', () => {
      this.#ended = true
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#take(line))
  }

  /** `namespace`: a file such as /run/netns/NAME or /proc/PID/ns/net. */
  static async start(namespace: string): Promise<Observer> {
    await must('perl', ['-c', join(import.meta.dirname, 'observer.pl')])
    const observer = new Observer(namespace)
    await observer.#answered('the observer', () => observer.#cleared > 0)
    return observer
  }

  /** From now on every port counts as down and nothing has been seen. */
  async clear(): Promise<void> {
    const before = this.#cleared
    this.#child.stdin.write('clear\n')
    await this.#answered('clear', () => this.#cleared > before)
  }

  get seen(): readonly Seen[] {
    return this.#seen
  }

  /** When the port answered first since `clear`; undefined: it did not. */
  firstUp(address: string, port: number): bigint | undefined {
    return this.#seen.find((one) => one.kind === 'up' && one.address === address && one.port === port)?.atNs
  }

  /** When the port was last seen answering before it first refused. */
  lastUpBeforeDown(address: string, port: number): bigint | undefined {
    return this.#seen.find((one) => one.kind === 'down' && one.address === address && one.port === port)?.lastUpNs
  }

  /** Packets the kernel had to drop: any would make the figures worthless. */
  async lost(): Promise<number> {
    this.#lost = null
    this.#child.stdin.write('lost\n')
    await this.#answered('lost', () => this.#lost !== null)
    return this.#lost ?? Number.NaN
  }

  /** Waits until what is on the wire by now has been told: others may hear of an answer sooner. */
  async caughtUp(): Promise<void> {
    await this.lost()
  }

  stop(): void {
    this.#child.stdin.end()
  }

  #take(line: string): void {
    const [word, address = '', port = '', at = '', lastUp] = line.split(' ')
    if (word === 'up' || word === 'down') {
      const one = { kind: word, address, port: Number(port), atNs: BigInt(at) } as const
      this.#seen.push(lastUp === undefined ? one : { ...one, lastUpNs: BigInt(lastUp) })
    } else if (word === 'cleared') {
      this.#seen = []
      this.#cleared++
    } else if (word === 'lost') this.#lost = Number(address)
  }

  async #answered(what: string, condition: () => boolean): Promise<void> {
    await until(
      `answer of the observer to '${what}'`,
      ANSWER_LIMIT_MS,
      () => {
        if (this.#ended) throw new Error(`the observer ended: ${this.#complaint.trim()}`)
        return condition()
      },
      2,
    )
  }
}
