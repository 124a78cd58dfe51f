import type { Cause } from '../../model/availability.ts'
import type { GuestId } from '../../model/ids.ts'
import type { Figures } from './figures.ts'

/** What would make a figure better, each by itself; `availability` is what it would have been. Reckoned from what was measured, not foreseen. */
export type Better =
  /** No failures of this cause. */
  | { readonly code: 'cause'; readonly cause: Cause; readonly downMs: number; readonly availability: number }
  /** For users: nothing that it needs had failed; of those, `guest` was down longest. */
  | { readonly code: 'needs'; readonly guest: GuestId; readonly downMs: number; readonly availability: number }
  /** Of several guests: this one, which was down longest, had not failed. */
  | { readonly code: 'member'; readonly guest: GuestId; readonly downMs: number; readonly availability: number }
  /** Each failure were repaired in half the time. */
  | { readonly code: 'repair-half'; readonly mttrMs: number; readonly availability: number }

export interface BetterInput {
  readonly own: Figures | null
  readonly perceived: Figures | null
  /** What it needs, with its own downtime. */
  readonly needs: readonly { readonly guest: GuestId; readonly downMs: number }[]
  /** Of groups and the cluster: what would have been without the guest that was down longest. */
  readonly without: { readonly guest: GuestId; readonly downMs: number; readonly figures: Figures | null } | null
}

/** The largest gain first; nothing where it was never down. */
export function betterOf({ own, perceived, needs, without }: BetterInput): readonly Better[] {
  if (own === null) return []
  const found: Better[] = []
  const { upMs, downMs, mttrMs } = own
  const all = upMs + downMs
  for (const { cause, downMs: lost } of own.causes) {
    found.push({ code: 'cause', cause, downMs: lost, availability: (upMs + lost) / all })
  }
  if (downMs > 0 && mttrMs !== null) {
    found.push({ code: 'repair-half', mttrMs, availability: (upMs + downMs / 2) / all })
  }
  const alone = own.availability
  if (perceived !== null && alone !== null && perceived.downMs > downMs && needs.length > 0) {
    const worst = needs.reduce((a, b) => (b.downMs > a.downMs ? b : a))
    found.push({ code: 'needs', guest: worst.guest, downMs: perceived.downMs - downMs, availability: alone })
  }
  const rest = without?.figures?.availability ?? null
  if (without !== null && rest !== null && without.downMs > 0) {
    found.push({ code: 'member', guest: without.guest, downMs: without.downMs, availability: rest })
  }
  return found.sort((a, b) => b.availability - a.availability)
}
