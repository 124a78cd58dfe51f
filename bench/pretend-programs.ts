import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { must, until } from '../lab/run.ts'
import { root } from './machine.ts'

/** In `scripts/`, because hosts and their leader live in rooms that the bench may not enter. */
const program = join(root, 'scripts', 'pretend-hosts.ts')

const SEED_LIMIT_MS = 60_000
const BEGIN_LIMIT_MS = 120_000
const REPORT_LIMIT_MS = 90_000

/** As `scripts/pretend/config.ts` has it. */
export interface PretendConfig {
  readonly role: 'hosts' | 'leader'
  readonly endpoints: readonly string[]
  readonly hosts: number
  readonly from: number
  readonly to: number
  readonly watching: 'all' | 'none'
  readonly places: readonly { readonly port: number; readonly from: number; readonly to: number }[]
}

/** What such a program says. */
interface Line {
  readonly kind: string
  readonly port?: number
  readonly guests?: number
  readonly atMs?: number
}

export interface PretendReport {
  readonly tookMs: readonly number[]
  readonly done: number
  readonly late: number
  readonly failed: number
  readonly cpuMs: number
  /** The 99th percentile of its event loop's lateness. */
  readonly loopMs: number
  readonly rssMib: number
}

/** The cluster file and the members. */
export async function seedStore(config: Pick<PretendConfig, 'endpoints' | 'hosts' | 'watching'>): Promise<void> {
  const seed = { ...config, role: 'seed', from: 0, to: 0, places: [] }
  await must(process.execPath, [program, JSON.stringify(seed)], { timeoutMs: SEED_LIMIT_MS })
}

/** A process that plays hosts, or their leader; it ends with this one. */
export class PretendProgram {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: Line[] = []
  #complaint = ''
  #ended = false

  constructor(config: PretendConfig) {
    this.#child = spawn(process.execPath, [program, JSON.stringify(config)])
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(0, 2_000)
    })
    // Its end is noticed by who waits for its answer.
    this.#child.stdin.on('error', () => undefined)
    this.#child.on('close', () => {
      this.#ended = true
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#lines.push(JSON.parse(line) as Line))
  }

  /** How many guests the leader counts as ready now. */
  get ready(): number {
    return this.lines('ready').at(-1)?.guests ?? 0
  }

  lines(kind: string): readonly Line[] {
    return this.#lines.filter((line) => line.kind === kind)
  }

  say(words: string): void {
    this.#child.stdin.write(`${words}\n`)
  }

  async listening(): Promise<number> {
    await this.#said('listening', BEGIN_LIMIT_MS, 1)
    return this.lines('listening')[0]?.port ?? 0
  }

  async report(): Promise<PretendReport> {
    const before = this.lines('report').length
    this.say('report')
    await this.#said('report', REPORT_LIMIT_MS, before + 1)
    return this.lines('report').at(-1) as unknown as PretendReport
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }

  async #said(kind: string, limitMs: number, count: number): Promise<void> {
    await until(`'${kind}' of a program of pretend hosts`, limitMs, () => {
      if (this.#ended) throw new Error(`a program of pretend hosts ended: ${this.#complaint.trim()}`)
      return this.lines(kind).length >= count
    })
  }
}
