import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Long enough for one lost packet: the kernel repeats a connect after a second. */
export const connectLimitMs = 1_500

/** Connects under way at once, whatever the rate: descriptors are few. */
const atOnceMax = 128

export interface PortScan {
  readonly address: string
  readonly port: number
}

/**
 * Connects once to each, never more than `perSecond`, evenly spread, and hangs up. Returns those that accepted. Ends early,
 * with what is known, when `signal` is aborted. Unlike a watch it never repeats a connect: what is asked of strangers is
 * bounded by what is written here.
 */
export async function scanPorts(
  targets: readonly PortScan[],
  perSecond: number,
  signal?: AbortSignal,
): Promise<readonly PortScan[]> {
  const open: PortScan[] = []
  const underWay = new Set<Promise<void>>()
  const pace = new Pace(perSecond)
  for (const target of targets) {
    await pace.turn()
    if (underWay.size >= atOnceMax) await Promise.race(underWay)
    if (signal?.aborted) break
    const asking = accepts(target).then((accepted) => {
      underWay.delete(asking)
      if (accepted) open.push(target)
    })
    underWay.add(asking)
  }
  await Promise.all(underWay)
  return open
}

/** Lets pass so many a second, one after the other. */
export class Pace {
  readonly #everyMs: number
  #nextAt = 0

  constructor(perSecond: number) {
    this.#everyMs = 1_000 / perSecond
  }

  async turn(): Promise<void> {
    const now = performance.now()
    const at = Math.max(now, this.#nextAt)
    this.#nextAt = at + this.#everyMs
    if (at > now) await delay(at - now)
  }
}

function accepts({ address, port }: PortScan): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, autoSelectFamily: false })
    const end = (accepted: boolean): void => {
      socket.destroy()
      resolve(accepted)
    }
    socket.setTimeout(connectLimitMs, () => end(false))
    socket.once('connect', () => end(true))
    // Stays registered: a late reset must not become an uncaught error.
    socket.on('error', () => end(false))
  })
}
