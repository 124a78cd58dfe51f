import { type Instant, instant } from '../model/ids.ts'
import type { MemoryPress, MemoryStatistics, MemoryUse } from '../model/memory-use.ts'
import { same } from './same.ts'

/** What is remembered of one run of a guest, from one report of its balloon to the next. */
export interface WatchedMemory {
  readonly last: MemoryStatistics
  /** When `last` was heard, and since when it has been heard of without a silence. */
  readonly heardAt: Instant
  /** False of the first report, also after a silence: it may be an old one, of a driver that has hung since. */
  readonly isNew: boolean
  readonly since: Instant
  /** The most that was needed in each stretch of time. */
  readonly peaks: readonly { readonly from: number; readonly mib: number }[]
  readonly use: MemoryUse
}

/** Looked at so often; a guest must have what it needs within five seconds. */
export const lookAtMemoryEachMs = 1_000

/** A guest that has told nothing new for so long is not known any more: a driver that hangs, a guest that is frozen. */
export const staleAfterMs = 5_000

/** What a guest has not needed for so long is taken from it. */
export const idleAfterMs = 60_000

const stretchMs = 10_000

/** Smaller changes than this, or than a thirty-second part, are not told: each is a write to the store. */
const toldFromMib = 4

/** Next to nothing is left: less than this, or than a sixteenth of what it has. */
const scarceMib = 8

/** Pages read back a second, above which a guest that has little left is short of memory. */
const swapInMibPerS = 0.25
const faultsPerS = 100

/** The guest's memory with one more look at it; null: its balloon has never reported, nothing is known. Pure. */
export function watched(before: WatchedMemory | null, seen: MemoryStatistics, now: Instant): WatchedMemory | null {
  const known = before?.last.run === seen.run ? before : null
  const freeMib = seen.usableMib ?? seen.unusedMib
  if (seen.reportedAt === null || freeMib === null) return known
  // The same report as before says nothing new, except how far the balloon has come meanwhile.
  if (known !== null && known.last.reportedAt === seen.reportedAt) return known
  const goesOn = known !== null && now - known.heardAt <= staleAfterMs
  // What it needed in a silence nobody knows: how long it has not needed something is counted anew.
  const since = goesOn ? known.since : now
  const needMib = settledNeed(Math.max(0, seen.givenMib - freeMib), known)
  const peaks = withPeak(known?.peaks ?? [], needMib, now)
  const use: MemoryUse = {
    givenMib: Math.round(seen.givenMib),
    needMib,
    peakMib: now - since < idleAfterMs ? null : Math.max(...peaks.map(({ mib }) => mib)),
    press: pressOf(seen, freeMib, known, now),
  }
  return {
    last: seen,
    heardAt: now,
    isNew: goesOn,
    since,
    peaks,
    use: known !== null && same(known.use, use) ? known.use : use,
  }
}

/** What it needs, as far as that is known now; null: it told nothing new for too long. */
export function freshUse(memory: WatchedMemory | null, now: Instant): MemoryUse | null {
  return memory === null || !memory.isNew || now - memory.heardAt > staleAfterMs ? null : memory.use
}

/** The same figure as before where hardly anything changed. */
function settledNeed(mib: number, known: WatchedMemory | null): number {
  const before = known?.use.needMib
  if (before !== undefined && Math.abs(mib - before) < Math.max(toldFromMib, before / 32)) return before
  return Math.ceil(mib)
}

function withPeak(peaks: WatchedMemory['peaks'], mib: number, now: Instant): WatchedMemory['peaks'] {
  const from = instant(now - (now % stretchMs))
  const kept = peaks.filter((peak) => peak.from > now - idleAfterMs - stretchMs)
  const last = kept.at(-1)
  if (last?.from !== from) return [...kept, { from, mib }]
  return last.mib >= mib ? kept : [...kept.slice(0, -1), { from, mib }]
}

/** Swap and refaults count only where little is left: a guest that starts a program reads its file, and is not short of memory. */
function pressOf(
  seen: MemoryStatistics,
  freeMib: number,
  known: WatchedMemory | null,
  now: Instant,
): MemoryPress | null {
  if (freeMib < Math.max(scarceMib, seen.givenMib / 16)) return 'short'
  if (known === null || freeMib >= seen.givenMib / 4) return null
  const seconds = Math.max(0.001, (now - known.heardAt) / 1_000)
  if (grown(known.last.swapInMib, seen.swapInMib) / seconds > swapInMibPerS) return 'swap'
  return grown(known.last.majorFaults, seen.majorFaults) / seconds > faultsPerS ? 'refaults' : null
}

/** A counter that is not told has not grown. */
function grown(before: number | null, after: number | null): number {
  return before === null || after === null ? 0 : after - before
}
