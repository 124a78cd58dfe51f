import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { ConsoleKind } from '../contract/metrics.ts'
import type { Caller } from '../model/access.ts'
import type { GuestId, Instant } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'

/** Time to open a connection with it. */
export const ticketMs = 60_000

/** Tickets not used yet: beyond it the oldest go. */
const maxTickets = 256

const ticketBytes = 32

export interface TicketWish {
  readonly guest: GuestId
  readonly kind: ConsoleKind
  readonly force: boolean
  /** Of the session that asked (`sessionMark`). */
  readonly mark: string
}

/**
 * A WebSocket's address may end up in logs and histories, and a page elsewhere can open one in the name of whoever is signed in: so each console has a ticket
 * that counts once, for a minute, and in the session that asked for it. They live in the memory of this daemon: the connection comes to where the ticket was given.
 */
export class ConsoleTickets {
  readonly #clock: Pick<Clock, 'now'>
  readonly #given = new Map<string, { readonly wish: TicketWish; readonly until: Instant }>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  issue(wish: TicketWish): string {
    this.#forgetOld()
    const ticket = randomBytes(ticketBytes).toString('base64url')
    const until = (this.#clock.now() + ticketMs) as Instant
    // Kept by its hash: what is looked for in here is compared with nothing that could be guessed letter by letter.
    this.#given.set(hashOf(ticket), { wish, until })
    return ticket
  }

  /** Uses it up, whoever comes with it. Null: it is none, is too old, or is another session's or guest's. */
  take(ticket: string, guest: string, mark: string): TicketWish | null {
    const key = hashOf(ticket)
    const found = this.#given.get(key)
    this.#given.delete(key)
    if (found === undefined || found.until <= this.#clock.now()) return null
    return found.wish.guest === guest && found.wish.mark === mark ? found.wish : null
  }

  #forgetOld(): void {
    const now = this.#clock.now()
    for (const [key, { until }] of this.#given) {
      if (until > now && this.#given.size < maxTickets) return
      this.#given.delete(key)
    }
  }
}

/** Differs from one session, token or person to the next, and says nothing of them. */
export function sessionMark(
  { by, name, id }: Caller,
  { cookie = '', authorization = '' }: IncomingHttpHeaders,
): string {
  const session = /(?:^|;\s*)__Host-vigia=([^;]*)/.exec(cookie)?.[1] ?? ''
  // At the socket of the host a name is only said, and whoever may be there may do all.
  return hashOf(JSON.stringify([by, by === 'local' ? null : name, id, session, authorization]))
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
