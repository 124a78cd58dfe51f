import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { localClock } from '../../../src/drivers/local/clock.ts'
import { createLocalWatchdog } from '../../../src/drivers/watchdog/watchdog.ts'
import type { Log } from '../../../src/ports/log.ts'
import type { Watchdog } from '../../../src/ports/watchdog.ts'

const root = resolve(import.meta.dirname, '../../..')

/** A FIFO with a process behind it that stands for a watchdog, and real feeders in front of it. */
export class StandIn {
  readonly folder = mkdtempSync(join(tmpdir(), 'vigia-watchdog-'))
  readonly device = join(this.folder, 'watchdog')
  readonly socket = join(this.folder, 'run', 'feeder.sock')
  readonly lines: string[] = []
  readonly clock = localClock()
  readonly #process: ChildProcess
  readonly #watchdogs: Watchdog[] = []
  /** Daemons in front of it: ended first, as they would start another feeder. */
  readonly daemons: ChildProcess[] = []

  constructor() {
    this.#process = spawn('/usr/bin/perl', [join(root, 'lab/watchdog-device.pl'), this.device, this.#told], {
      stdio: 'ignore',
    })
  }

  static async start(): Promise<StandIn> {
    const standIn = new StandIn()
    await until(() => standIn.told('ready') !== null)
    return standIn
  }

  /** As a daemon would. */
  connect(change: { readonly device?: string } = {}): Watchdog {
    const note = (message: string): void => void this.lines.push(message)
    const log: Log = { info: note, warn: note, error: note }
    const { device, socket, clock } = this
    const watchdog = createLocalWatchdog({ device, socket, clock, log, unit: null, ...change })
    this.#watchdogs.push(watchdog)
    return watchdog
  }

  /** CLOCK_MONOTONIC of the last line with this word; null: never said. */
  told(word: string): number | null {
    if (!existsSync(this.#told)) return null
    const lines = readFileSync(this.#told, 'utf8').split('\n')
    const last = lines.findLast((line) => line.startsWith(`${word} `))
    return last === undefined ? null : Number(last.split(' ')[1])
  }

  /** Feeders that belong to this device. */
  feederPids(): number[] {
    const listed = new Set<number>()
    for (const pid of pids()) {
      const words = commandOf(pid)
      if (words.includes(this.socket) && words.some((word) => word.endsWith('feeder.pl'))) listed.add(pid)
    }
    return [...listed]
  }

  async stop(): Promise<void> {
    for (const daemon of this.daemons) daemon.kill('SIGKILL')
    await Promise.all(this.#watchdogs.map((watchdog) => watchdog.close().catch(() => {})))
    await until(() => this.daemons.every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null))
    for (const pid of this.feederPids()) killed(pid)
    this.#process.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  get #told(): string {
    return join(this.folder, 'told')
  }
}

export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export async function until(holds: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms`)
    await pass(10)
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    // It has just ended.
    return []
  }
}
