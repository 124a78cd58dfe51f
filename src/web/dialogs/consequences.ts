import type { GuestSummary } from '../../contract/status.ts'

export interface Consequence {
  readonly guest: string
  /** The need through which it is hit. */
  readonly need: string
  readonly does: 'pause' | 'keep' | 'restart' | 'stop'
}

/** What running guests suffer when these go down: at first hand by their own needs, and on through whoever is paused or stopped. */
export function consequencesOf(all: readonly GuestSummary[], down: readonly string[]): readonly Consequence[] {
  const gone = new Set(down)
  const found: Consequence[] = []
  // In launch order each guest comes after what it needs: one pass is enough.
  for (const guest of all) {
    if (gone.has(guest.id) || guest.run !== 'running') continue
    const need = guest.needs
      .filter((one) => one.guest !== null && gone.has(one.guest))
      .sort((a, b) => weight(b.onLoss) - weight(a.onLoss))[0]
    if (need === undefined) continue
    const does = need.onLoss as Consequence['does']
    found.push({ guest: guest.id, need: need.text, does })
    if (does !== 'keep') gone.add(guest.id)
  }
  return found
}

function weight(onLoss: string): number {
  return ['keep', 'pause', 'restart', 'stop'].indexOf(onLoss)
}
