import { randomBytes } from 'node:crypto'
import type { StatusView } from '../contract/status.ts'
import type { Clock } from '../ports/clock.ts'
import { rememberText } from './written.ts'

/** A status of a hundred guests takes a millisecond to make: where many ask at once, one that is so old at most is shared. */
export const sharedMs = 20

/** Up to so many in that time have one of their own. */
const freshAtFirst = 4

/** After more than that it is shared for so long at least: a crowd does not leave with each moment. */
const crowdMs = 200

/** A status, and the tag of what it says beside its own time. */
export interface TaggedStatus {
  readonly view: StatusView
  readonly tag: string
}

/**
 * The status for whoever asks once. R1: after each change that is known here it is made anew, so nobody is answered with what was before. R2: it
 * is made and written down fifty times a second at most without a change, however many ask. R3: the tag is another one when anything but the time is.
 */
export class RecentStatus {
  readonly #status: () => StatusView
  readonly #clock: Clock
  /** Another life of the daemon, or another daemon, has other tags. */
  readonly #life = randomBytes(6).toString('base64url')
  #recent: (TaggedStatus & { readonly since: number }) | null = null
  #since = Number.NEGATIVE_INFINITY
  #asked = 0
  #crowdUntil = Number.NEGATIVE_INFINITY
  #said = ''
  #count = 0

  constructor(status: () => StatusView, clock: Clock) {
    this.#status = status
    this.#clock = clock
  }

  forget(): void {
    this.#recent = null
  }

  get(): TaggedStatus {
    const now = this.#clock.now()
    if (now - this.#since > sharedMs) {
      this.#since = now
      this.#asked = 0
    }
    this.#asked += 1
    if (this.#asked > freshAtFirst) this.#crowdUntil = now + crowdMs
    const shared = this.#recent !== null && now < this.#crowdUntil && now - this.#recent.since <= sharedMs
    if (!shared) this.#recent = { ...this.#make(), since: now }
    return this.#recent!
  }

  #make(): TaggedStatus {
    const view = this.#status()
    const { at, ...rest } = view
    const said = JSON.stringify(rest)
    if (said !== this.#said) {
      this.#said = said
      this.#count += 1
    }
    rememberText(view, Buffer.from(`{"at":${at},${said.slice(1)}`))
    return { view, tag: `W/"${this.#life}-${this.#count}"` }
  }
}

/** Whether a client says that it has this already (RFC 9110, 13.1.2). */
export function hasTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  const opaque = (text: string): string => text.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((one) => opaque(one) === opaque(tag))
}
