import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from './host.ts'
import { isAlive, type ProcessMark, signal, waitGone } from './process-mark.ts'
import { startRecorded } from './recorded.ts'
import { until } from './run.ts'
import type { StateFile } from './state.ts'

/** Of processes to be there or gone; what is promised of a watchdog is told by its lines. */
const LIMIT_MS = 60_000

/** What became of a watchdog; times by CLOCK_MONOTONIC, comparable between processes of one machine. */
export interface WatchdogLine {
  readonly word: 'ready' | 'armed' | 'disarmed' | 'fired'
  readonly atMs: number
}

/**
 * The watchdog of a lab host: a process outside it that reads the FIFO at `device` and cuts the host's power when nothing comes in
 * time. To be switched on anew after each power-on of its host, whose first process is then another.
 */
export class LabWatchdog {
  readonly host: LabHost
  readonly #state: StateFile
  #process: ProcessMark | undefined

  constructor(state: StateFile, host: LabHost) {
    this.#state = state
    this.host = host
  }

  /** The same path inside the host and outside. */
  get device(): string {
    return join(this.host.folder, 'watchdog')
  }

  async switchOn(): Promise<void> {
    await this.switchOff()
    const { firstProcess } = this.host
    if (firstProcess === undefined) throw new Error(`host ${this.host.name} is off: it has no power to cut`)
    rmSync(this.#told, { force: true })
    const program = join(import.meta.dirname, 'watchdog-device.pl')
    const args = [program, this.device, this.#told, String(firstProcess.pid), firstProcess.startTicks]
    this.#process = startRecorded(this.#state, 'perl', args, {
      log: join(this.host.folder, 'log', 'watchdog.out'),
      what: `watchdog outside ${this.host.name}`,
    })
    await until(`watchdog of ${this.host.name}`, LIMIT_MS, () => this.lines().length > 0)
  }

  async switchOff(): Promise<void> {
    if (this.#process === undefined) return
    signal(this.#process, 'SIGKILL')
    await waitGone(this.#process, LIMIT_MS)
    this.#state.removeProcess(this.#process)
    this.#process = undefined
  }

  get isOn(): boolean {
    return this.#process !== undefined && isAlive(this.#process)
  }

  /** All that it did since it was switched on. */
  lines(): WatchdogLine[] {
    if (!existsSync(this.#told)) return []
    const lines = readFileSync(this.#told, 'utf8').split('\n').filter(Boolean)
    return lines.map((line) => {
      const [word, at] = line.split(' ')
      return { word: word as WatchdogLine['word'], atMs: Number(at) }
    })
  }

  get fired(): boolean {
    return this.lines().some(({ word }) => word === 'fired')
  }

  /** Waits until it has taken the power and nothing of the host runs any more. */
  async tookPower(limitMs: number): Promise<void> {
    await until(`watchdog of ${this.host.name} fired`, limitMs, () => this.fired)
    this.host.collectDead()
    await until(`power of ${this.host.name} gone`, LIMIT_MS, () => !this.host.isOn)
  }

  get #told(): string {
    return `${this.device}.told`
  }
}
