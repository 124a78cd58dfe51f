import type { GuestSummary } from '../contract/status.ts'
import { guestId } from '../model/ids.ts'
import type { ReasonCode } from '../model/reason.ts'
import type { Text } from '../text/text.ts'
import type { Paint } from './paint.ts'

export function paintedPhase(guest: Pick<GuestSummary, 'phase'>, text: Text, paint: Paint): string {
  const word = text.phase(guest.phase)
  switch (guest.phase.kind) {
    case 'ready':
      return paint.good(word)
    case 'failed':
    case 'held-down':
      return paint.bad(word)
    case 'stopped':
    case 'ignored':
      return paint.quiet(word)
    case 'waiting':
    case 'starting':
    case 'silent':
    case 'paused':
    case 'stopping':
      return paint.busy(word)
  }
}

/** Reasons that say no more than the phase beside them. */
const plain: readonly ReasonCode[] = [
  'services-answer',
  'runs',
  'wish-running',
  'wish-stopped',
  'wish-disabled',
  'wish-ignored',
  'needs-answer',
]

/** What is worth saying of a guest beside its phase; empty for one that simply is as it should be. */
export function noteOf(guest: GuestSummary, text: Text): string {
  const notes: string[] = []
  if (!guest.watch && guest.because.code !== 'watch-off') notes.push(text.cli('note-not-watched'))
  if (guest.pausedByHand && guest.because.code !== 'paused-by-hand') notes.push(text.cli('note-paused-by-hand'))
  if (!plain.includes(guest.because.code)) notes.push(text.reason(guest.because))
  const { standbyOf, wish } = guest
  if (standbyOf !== undefined && wish === 'running' && guest.because.code !== 'stands-in') {
    notes.push(text.reason({ code: 'stands-in', first: guestId(standbyOf) }))
  }
  return notes.join('; ')
}

export function memoryWords({ memory }: GuestSummary, text: Text): string {
  const { givenMib, usedMib } = memory
  if (givenMib === null) return ''
  const given = text.size(givenMib)
  return usedMib === null ? given : text.cli('status-used-of', { used: text.size(usedMib), given })
}
