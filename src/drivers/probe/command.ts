import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { ProbeTarget } from '../../ports/prober.ts'
import { type Attempt, errorCode, impossible, type Method, stillborn, type Verdict } from './method.ts'

/** What is kept of a program's output, to say why it failed. */
const keptChars = 200

/** How long its output is waited for when it has ended. */
const lastWordsMs = 50

/** Output read at most; then its pipe is closed, so a program that only writes cannot keep us busy. */
const outputMaxBytes = 1024 * 1024

/**
 * Runs a program, without a shell: exit code 0 is an answer, any other end is a no. It gets the target in
 * `VIGIA_ADDRESS`, `VIGIA_PORT`, `VIGIA_PROTOCOL` and `VIGIA_DOMAIN`, a plain `PATH`, no input, and `/` to work in;
 * nothing else of our environment. At its limit it is killed with its whole process group.
 */
export const commandMethod: Method = {
  lane: 'process',
  retryAt: [],
  wait: { everyMs: 250, overlap: 1, contactMs: 10_000, answerMs: 10_000 },
  start(target, _purpose, done) {
    const [program, ...args] = target.probe.kind === 'command' ? target.probe.command : []
    if (!program) return stillborn(impossible('no program'), done)
    return new CommandAttempt(program, args, target, done)
  },
}

class CommandAttempt implements Attempt {
  readonly inContact = true
  private readonly child: ChildProcess
  private done: ((verdict: Verdict) => void) | null
  private output = ''

  constructor(program: string, args: readonly string[], target: ProbeTarget, done: (verdict: Verdict) => void) {
    this.done = done
    this.child = spawn(program, args, {
      cwd: '/',
      env: environment(target),
      // A session of its own, so that killing the group reaches its children and not us.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.keep(this.child.stdout)
    this.keep(this.child.stderr)
    this.child.on('error', (error) => this.end(impossible(`${program}: ${errorCode(error)}`)))
    this.child.on('exit', (code, signal) => this.exited(code, signal))
  }

  abandon(): void {
    this.done = null
    this.child.stdout?.destroy()
    this.child.stderr?.destroy()
    const { pid, exitCode, signalCode } = this.child
    // Only while it is unreaped is the number surely still its own.
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
  }

  /** Output is read even when nothing of it is kept, or the program would stop at a full pipe. */
  private keep(stream: Readable | null): void {
    let bytes = 0
    stream?.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (this.output.length < keptChars) this.output += chunk.toString('utf8').slice(0, keptChars - this.output.length)
      if (bytes > outputMaxBytes) stream.destroy()
    })
    stream?.on('error', () => stream.destroy())
  }

  /** A no waits a moment for what the program said; children of it may hold its output open for ever. */
  private exited(code: number | null, signal: NodeJS.Signals | null): void {
    if (code === 0) {
      this.end({ kind: 'answered' })
      return
    }
    const end = () => this.end(this.verdict(code, signal))
    this.child.on('close', end)
    setTimeout(end, lastWordsMs)
  }

  private verdict(code: number | null, signal: NodeJS.Signals | null): Verdict {
    const said = this.output.trim()
    const ended = signal ? `killed by ${signal}` : `exit code ${code}`
    return { kind: 'refused', detail: said ? `${ended}: ${said}` : ended }
  }

  private end(verdict: Verdict): void {
    const done = this.done
    this.abandon()
    done?.(verdict)
  }
}

function environment(target: ProbeTarget): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    VIGIA_ADDRESS: target.address,
    VIGIA_PORT: target.port === null ? '' : String(target.port),
    VIGIA_PROTOCOL: target.protocol ?? '',
    VIGIA_DOMAIN: target.domain ?? '',
  }
}
