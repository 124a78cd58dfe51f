import { Fault } from '../../model/fault.ts'
import type { Instant } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Watchdog, WatchdogState } from '../../ports/watchdog.ts'
import { type FeederAnswer, FeederConnection } from './feeder-connection.ts'
import { kindOf, lookAtDevice } from './look-device.ts'
import { type FeederPlace, startFeeder } from './start-feeder.ts'

export interface LocalWatchdogOptions extends FeederPlace {
  /** `/dev/watchdog`, or a FIFO or file that stands for one, with `DEVICE.timeout` beside it. */
  readonly device: string
  readonly clock: Clock
  readonly log: Log
}

/** A folder of its own: systemd removes that of vigiad while it is stopped. */
export const defaultFeederSocket = '/run/vigia-watchdog/feeder.sock'

/** From start to listening: Perl needs some 20 ms, on a machine that swaps far more. */
const startLimitMs = 5_000

/** The time until a lost feeder is back is taken from what the host has left to live. */
const lookAgainMs = 20

/** Between tries to bring a feeder back that cannot be started. */
const restoreGapMs = 200

/** The watchdog of this host, fed by a process of its own (`feeder.pl`) that outlives this one. */
export function createLocalWatchdog(options: LocalWatchdogOptions): Watchdog {
  return new LocalWatchdog(options)
}

class LocalWatchdog implements Watchdog {
  readonly #options: LocalWatchdogOptions
  #connection: FeederConnection | null = null
  /** Asked for and in force; null: not armed by this daemon. */
  #armedMs: number | null = null
  /** By CLOCK_MONOTONIC; told again to a feeder that is new. */
  #allowedUntilMs = 0
  #closed = false
  /** One thing at a time with the feeder. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: LocalWatchdogOptions) {
    this.#options = options
  }

  arm(timeoutMs: number): Promise<WatchdogState> {
    return this.#inTurn(() => this.#arm(timeoutMs))
  }

  inherit(): Promise<WatchdogState> {
    return this.#inTurn(async () => {
      const answer = await (await this.#connect(false))?.ask('inherit')
      if (answer?.kind !== 'armed') return await lookAtDevice(this.#options.device)
      this.#armedMs = answer.timeoutMs
      return stateOf(answer)
    })
  }

  allow(until: Instant): void {
    if (this.#closed || this.#armedMs === null) return
    this.#allowedUntilMs = this.#monotonicMs(until)
    this.#connection?.allow(this.#allowedUntilMs)
  }

  disarm(): Promise<void> {
    return this.#inTurn(async () => {
      const connection = await this.#connect(this.#armedMs !== null)
      this.#armedMs = null
      if (connection === null) return
      const answer = await connection.ask('disarm')
      if (answer.kind !== 'unarmed') throw this.#unexpected(answer)
    })
  }

  state(): Promise<WatchdogState> {
    return this.#inTurn(async () => {
      const answer = await (await this.#connect(false))?.ask('state')
      return answer?.kind === 'armed' ? stateOf(answer) : await lookAtDevice(this.#options.device)
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#turn.catch(() => {})
    await this.#connection?.close()
    this.#connection = null
  }

  /** `again`: only as long as no other daemon of this host has armed it meanwhile. */
  async #arm(timeoutMs: number, command: 'arm' | 'again' = 'arm'): Promise<WatchdogState> {
    const { device: path } = this.#options
    const connection = await this.#connect(true)
    const answer = await connection?.ask(`${command} ${Math.max(1, Math.round(timeoutMs))} ${path}`)
    if (answer?.kind === 'armed') {
      this.#armedMs = answer.timeoutMs
      return stateOf(answer)
    }
    if (answer?.kind === 'absent') throw new Fault('watchdog-absent', 'not-done', { path, text: answer.reason })
    if (answer?.kind === 'refused') {
      const { gotMs } = answer
      if (gotMs === null) throw new Fault('watchdog-refused', 'not-done', { path, wishedMs: timeoutMs })
      throw new Fault('watchdog-refused', 'not-done', { path, wishedMs: timeoutMs, gotMs })
    }
    throw this.#unexpected(answer)
  }

  /** Null: no feeder listens, and none was to be started. Faults: `watchdog-absent` when it cannot be started. */
  async #connect(start: boolean): Promise<FeederConnection | null> {
    if (this.#connection !== null) return this.#connection
    const { clock, log, device } = this.#options
    const startedAt = clock.now()
    for (let started = false; !this.#closed; ) {
      const connection = await this.#open()
      if (connection !== null || !start) return connection
      if (!started) await startFeeder(this.#options, log)
      started = true
      if (clock.now() - startedAt > startLimitMs) break
      await this.#sleep(lookAgainMs)
    }
    throw new Fault('watchdog-absent', 'not-done', { path: device, text: 'its feeder does not start' })
  }

  async #open(): Promise<FeederConnection | null> {
    try {
      const connection: FeederConnection = await FeederConnection.open(this.#options.socket, {
        notice: (text) => this.#options.log.error('watchdog', { text }),
        ended: (superseded) => this.#ended(connection, superseded),
      })
      this.#connection = connection
      return connection
    } catch {
      // Nobody listens: no feeder, or one that has just ended.
      return null
    }
  }

  #ended(connection: FeederConnection, superseded: boolean): void {
    if (this.#connection !== connection) return
    this.#connection = null
    if (this.#closed || this.#armedMs === null) return
    if (superseded) {
      this.#armedMs = null
      this.#options.log.warn('another daemon of this host feeds the watchdog now')
      return
    }
    this.#options.log.error('the watchdog feeder has ended; another one is started')
    void this.#restore()
  }

  /**
   * An armed device whose feeder died still counts down. Nothing new is allowed: the old word is said again. Opening it feeds it, so
   * that is not done either when the allowed time is over.
   */
  async #restore(): Promise<void> {
    while (!this.#closed && this.#armedMs !== null) {
      const timeoutMs = this.#armedMs
      if (nowMs() >= this.#allowedUntilMs) {
        await this.#sleep(lookAgainMs)
        continue
      }
      try {
        await this.#inTurn(() => this.#arm(timeoutMs, 'again'))
        this.#connection?.allow(this.#allowedUntilMs)
        this.#options.log.warn('the watchdog is fed again')
        return
      } catch (error) {
        if (this.#armedMs === null) return
        this.#options.log.error('the watchdog is not fed', { text: (error as Error).message })
        await this.#sleep(restoreGapMs)
      }
    }
  }

  /** Read in this order the difference can only shrink what is allowed. */
  #monotonicMs(until: Instant): number {
    const monotonicMs = nowMs()
    return monotonicMs + (until - this.#options.clock.now())
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work)
    this.#turn = done.catch(() => {})
    return done
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(ms, resolve))
  }

  #unexpected(answer: FeederAnswer | undefined): Fault {
    return new Fault('internal', 'unknown', { text: `the watchdog feeder answered ${JSON.stringify(answer)}` })
  }
}

/** By CLOCK_MONOTONIC. */
function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

function stateOf({ timeoutMs, type, identity }: Extract<FeederAnswer, { kind: 'armed' }>): WatchdogState {
  return { kind: kindOf(type, identity), identity, timeoutMs }
}
