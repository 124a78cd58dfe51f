import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

/** How a program ended. */
export type AgentRun =
  | { readonly kind: 'ended'; readonly code: number | null; readonly said: string; readonly complained: string }
  /** Killed at its deadline. */
  | { readonly kind: 'hung' }
  /** It could not be started; `reason` is the system's word (`ENOENT`). */
  | { readonly kind: 'absent'; readonly reason: string }

/** Kept of each output. The longest metadata have 40 kB; a program that writes without end fills no memory. */
const keptBytes = 256 * 1024

/** Read at most; then the pipe is closed, so that a program that only writes cannot keep us busy. */
const readBytesMax = 4 * 1024 * 1024

/** How long its output is waited for when it has ended: children of it may hold it open for ever. */
const lastWordsMs = 200

/**
 * Runs a program of the fence-agents kind to its end: what it is to do comes by standard input, so that no argument shows it.
 * It gets a plain `PATH` and nothing else of our environment. At its deadline it is killed with its whole process group.
 * Never throws.
 */
export function runAgent(
  program: string,
  input: string,
  timeoutMs: number,
  more: MoreForProgram = {},
): Promise<AgentRun> {
  return new Promise((resolve) => new Run(program, input, timeoutMs, more, resolve))
}

export interface MoreForProgram {
  readonly args?: readonly string[]
  /** Beside the plain environment. */
  readonly env?: Readonly<Record<string, string>>
}

class Run {
  private readonly child: ChildProcess
  private readonly said: Kept
  private readonly complained: Kept
  private readonly deadline: NodeJS.Timeout
  private readonly done: (run: AgentRun) => void
  private over = false

  constructor(
    program: string,
    input: string,
    timeoutMs: number,
    { args = [], env = {} }: MoreForProgram,
    done: (run: AgentRun) => void,
  ) {
    this.done = done
    this.child = spawn(program, args, {
      cwd: '/',
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...env },
      // A session of its own, so that killing the group reaches its children and not us.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.said = new Kept(this.child.stdout)
    this.complained = new Kept(this.child.stderr)
    this.deadline = setTimeout(() => this.end({ kind: 'hung' }), timeoutMs)
    this.child.on('error', (error: NodeJS.ErrnoException) =>
      this.end({ kind: 'absent', reason: error.code ?? error.message }),
    )
    this.child.on('exit', (code) => this.exited(code))
    // A program that ends without reading its input is judged by how it ended.
    this.child.stdin?.on('error', () => {})
    this.child.stdin?.end(input)
  }

  private exited(code: number | null): void {
    const end = () => this.end({ kind: 'ended', code, said: this.said.text(), complained: this.complained.text() })
    this.child.on('close', end)
    setTimeout(end, lastWordsMs)
  }

  private end(run: AgentRun): void {
    if (this.over) return
    this.over = true
    clearTimeout(this.deadline)
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream?.destroy()
    this.killGroup()
    this.done(run)
  }

  private killGroup(): void {
    const { pid, exitCode, signalCode } = this.child
    // Only while it is unreaped is the number surely still its own.
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
  }
}

/** The beginning of an output; all of it is read, or the program would stop at a full pipe. */
class Kept {
  private readonly chunks: Buffer[] = []
  private kept = 0
  private read = 0

  constructor(stream: Readable | null) {
    stream?.on('data', (chunk: Buffer) => {
      this.read += chunk.length
      if (this.kept < keptBytes) this.chunks.push(chunk.subarray(0, keptBytes - this.kept))
      this.kept = Math.min(keptBytes, this.kept + chunk.length)
      if (this.read > readBytesMax) stream.destroy()
    })
    stream?.on('error', () => stream.destroy())
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8')
  }
}
