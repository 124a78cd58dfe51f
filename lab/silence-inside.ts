/**
 * Runs inside a namespace of the lab and listens to one guest (see `SilenceMeter`). Writes a line when the guest has
 * answered both ways, and one with the figures when its input ends.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface Silence {
  /** Longest time without an echo, ms. As fine as the echoes are: 10 ms. */
  readonly longestMs: number
  /** The TCP connection opened at the beginning still answers at the end. */
  readonly kept: boolean
  readonly sent: number
  readonly answered: number
  /** Longest time between two echoes asked for: our own lateness, which is no silence of the guest. */
  readonly askedLateMs: number
}

const EVERY_MS = 10
const FIRST_LIMIT_MS = 60_000
const LAST_LIMIT_MS = 30_000

class Gaps {
  longestMs = 0
  count = 0
  #lastAt: number | undefined

  note(): void {
    const now = performance.now()
    this.count += 1
    if (this.#lastAt !== undefined) this.longestMs = Math.max(this.longestMs, now - this.#lastAt)
    this.#lastAt = now
  }
}

async function main(address: string): Promise<void> {
  const held = connect({ host: address, port: 22 })
  held.setNoDelay(true)
  let said = ''
  let broken = false
  held.on('data', (chunk) => {
    said = (said + chunk.toString('latin1')).slice(-10_000)
  })
  held.on('error', () => {
    broken = true
  })
  held.on('close', () => {
    broken = true
  })
  const [asked, answered] = [new Gaps(), new Gaps()]
  const echoes = createSocket('udp4')
  echoes.on('message', () => answered.note())
  // "No route" and "port unreachable" are silence like any other.
  echoes.on('error', () => undefined)
  echoes.connect(69, address)
  await once(echoes, 'connect')
  const timer = setInterval(() => {
    asked.note()
    echoes.send('echo', () => undefined)
  }, EVERY_MS)
  await within(FIRST_LIMIT_MS, () => answered.count > 0 && said.includes('ready'))
  process.stdout.write('ready\n')
  await ended()
  // Until the first echo after the end, or the silence at the end would not be counted.
  const counted = answered.count
  await within(LAST_LIMIT_MS, () => answered.count > counted)
  clearInterval(timer)
  held.write('still there\n')
  const kept = await within(LAST_LIMIT_MS, () => said.includes('still there') || broken)
  const silence: Silence = {
    longestMs: answered.longestMs,
    kept: kept && !broken,
    sent: asked.count,
    answered: answered.count,
    askedLateMs: asked.longestMs,
  }
  process.stdout.write(`${JSON.stringify(silence)}\n`, () => process.exit(0))
}

/** False: it did not come about. */
async function within(limitMs: number, holds: () => boolean): Promise<boolean> {
  const end = performance.now() + limitMs
  while (performance.now() < end) {
    if (holds()) return true
    await delay(5)
  }
  return false
}

async function ended(): Promise<void> {
  process.stdin.resume()
  await once(process.stdin, 'end')
}

if (import.meta.main) await main(process.argv[2] ?? '')
