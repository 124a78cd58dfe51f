import type { GuestSummary } from '../contract/status.ts'

/** How much longer a launch takes, by earlier ones: the longest way through what is left. Null: too little is known. */
export function remainingMs(guests: readonly GuestSummary[], at: number): number | null {
  const finish = new Map<string, number>()
  let longest = 0
  // In launch order: what a guest needs has its figure before it.
  for (const guest of guests) {
    const own = ownMs(guest, at)
    if (own === null) return null
    const before = guest.needs.map((need) => (need.guest === null ? 0 : (finish.get(need.guest) ?? 0)))
    const end = Math.max(0, ...before) + own
    finish.set(guest.id, end)
    longest = Math.max(longest, end)
  }
  return longest
}

function ownMs(guest: GuestSummary, at: number): number | null {
  const { kind } = guest.phase
  if (kind === 'ready' || guest.wish !== 'running') return 0
  if (guest.expectedMs === null) return null
  const passed = kind === 'starting' && guest.since !== null ? at - guest.since : 0
  return Math.max(0, guest.expectedMs - passed)
}
