import { connect, type Socket } from 'node:net'
import type { ProbeTarget } from '../../ports/prober.ts'
import { type Attempt, impossible, type Method, socketVerdict, stillborn, type Verdict } from './method.ts'

/**
 * Connects and hangs up. The kernel repeats a lost SYN only after a second, and one sent while the neighbour's
 * address was unresolved just as late: so a try that brought nothing is joined by a new socket.
 */
export const tcpMethod: Method = {
  lane: 'network',
  retryAt: [0.25, 0.5],
  wait: { everyMs: 25, overlap: 12, contactMs: 250, answerMs: 250 },
  start(target, _purpose, done) {
    return target.port === null ? stillborn(impossible('no port'), done) : new TcpAttempt(target, target.port, done)
  },
}

/** A class, not closures: this is the hot path of a thousand probes a second. */
class TcpAttempt implements Attempt {
  readonly inContact = false
  private readonly socket: Socket
  private done: ((verdict: Verdict) => void) | null

  constructor(target: ProbeTarget, port: number, done: (verdict: Verdict) => void) {
    this.done = done
    this.socket = connect({ host: target.address, port, autoSelectFamily: false })
    this.socket.on('connect', () => this.end({ kind: 'answered' }))
    // Stays registered after the end: a late reset must not become an uncaught error.
    this.socket.on('error', (error) => this.end(socketVerdict(error)))
  }

  abandon(): void {
    this.done = null
    this.socket.destroy()
  }

  /** Closes with a FIN, so that servers log a hang-up and not a reset. */
  private end(verdict: Verdict): void {
    const done = this.done
    this.abandon()
    done?.(verdict)
  }
}
