import type { Client } from '../client/client.ts'
import { exitCodes } from '../contract/exit-codes.ts'
import type { MovesResult } from '../contract/moves.ts'
import type { GuestSummary } from '../contract/status.ts'
import type { CliContext } from './context.ts'
import { say, tell } from './output.ts'
import { reasonLines } from './reason-lines.ts'
import { interruptedCode } from './wait.ts'

type Move = MovesResult['moves'][number]

/** A daemon's status may be older than its answer for so long. */
const staleMs = 3_000

/**
 * Follows the moves until all have ended one way or the other, or waiting ends; resolves to the exit code. `tried-again`: a move
 * that fails is not its end, since the leader tries again, and any other host is as good.
 */
export async function waitForMoves(
  context: CliContext,
  client: Client,
  moves: readonly Move[],
  options: { readonly timeoutMs: number | null; readonly triedAgain: boolean },
): Promise<number> {
  if (moves.length === 0) return exitCodes.ok
  const { text } = context
  const startedAt = context.now()
  const late = new AbortController()
  const timer = options.timeoutMs === null ? null : setTimeout(() => late.abort(), options.timeoutMs)
  const enough = new AbortController()
  const signal = AbortSignal.any([context.interrupted, late.signal, enough.signal])
  const following = new Following(context, moves, options.triedAgain)
  try {
    for await (const live of client.liveStatus(signal)) {
      if (live.kind === 'lost') continue
      following.see(live.value.guests, context.now() - startedAt)
      if (following.open.length === 0) break
    }
  } finally {
    if (timer !== null) clearTimeout(timer)
    enough.abort()
  }
  const { open, failed } = following
  if (open.length > 0 && late.signal.aborted) {
    const limit = text.duration(options.timeoutMs ?? 0)
    say(context, text.cli('wait-timeout', { limit, guests: text.list(open) }))
    return exitCodes.timeout
  }
  if (open.length > 0) {
    say(context, text.cli('wait-interrupted'))
    return interruptedCode
  }
  if (failed.length > 0) {
    say(context, text.cli('moves-failed', { count: failed.length, guests: text.list(failed) }))
    return exitCodes.failed
  }
  const elapsed = text.duration(Math.round((context.now() - startedAt) / 100) * 100)
  tell(context, text.cli('moves-done', { count: moves.length, elapsed }))
  return exitCodes.ok
}

class Following {
  readonly #context: CliContext
  readonly #moves: Map<string, Move>
  readonly #triedAgain: boolean
  /** Seen asked for or under way: what is shown from then on is news. */
  readonly #begun = new Set<string>()
  readonly failed: string[] = []

  constructor(context: CliContext, moves: readonly Move[], triedAgain: boolean) {
    this.#context = context
    this.#moves = new Map(moves.map((move) => [move.guest, move]))
    this.#triedAgain = triedAgain
  }

  get open(): string[] {
    return [...this.#moves.keys()]
  }

  see(guests: readonly GuestSummary[], elapsedMs: number): void {
    const { text } = this.#context
    for (const guest of guests) {
      const move = this.#moves.get(guest.id)
      if (move === undefined) continue
      const underWay = guest.moveAsked === true || guest.move != null
      if (underWay) this.#begun.add(guest.id)
      if (underWay || !this.#hasEnded(guest, move, elapsedMs)) continue
      this.#moves.delete(guest.id)
      if (this.#isThere(guest, move)) {
        tell(this.#context, text.cli('moves-arrived', { guest: guest.id, host: guest.host ?? '' }))
      } else {
        this.failed.push(guest.id)
        for (const line of reasonLines(text, { guest: guest.id, because: guest.because })) say(this.#context, line)
      }
    }
  }

  #hasEnded(guest: GuestSummary, move: Move, elapsedMs: number): boolean {
    if (this.#isThere(guest, move)) return true
    return !this.#triedAgain && (this.#begun.has(guest.id) || elapsedMs > staleMs)
  }

  #isThere({ host }: GuestSummary, move: Move): boolean {
    return this.#triedAgain ? host !== move.from : host === move.to
  }
}
