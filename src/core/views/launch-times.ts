import type { EventWord, StoredEvent } from '../../model/event.ts'

/** Launches remembered of a guest: enough for a steady middle, few enough to follow a change. */
const remembered = 5

/** A launch that took longer says more of a mishap than of the guest. */
const longestCountedMs = 3_600_000

/** Events that begin or end a launch. */
export const launchWords: readonly EventWord[] = [
  'start',
  'ready',
  'pause',
  'stop',
  'stopped',
  'failed',
  'crashed',
  'restart',
]

/** How long a guest takes from start to ready, learnt from the history. */
export interface LaunchTimes {
  readonly startedAt: ReadonlyMap<string, number>
  /** The newest last. */
  readonly tookMs: ReadonlyMap<string, readonly number[]>
}

export const noLaunchTimes: LaunchTimes = { startedAt: new Map(), tookMs: new Map() }

/** Learns from events in the order they happened. Only a first start counts: a resume is quicker and a restart may be slower. */
export function learnLaunchTimes(known: LaunchTimes, events: readonly StoredEvent[]): LaunchTimes {
  const relevant = events.filter((event) => event.guest !== null && launchWords.includes(event.word))
  if (relevant.length === 0) return known
  const startedAt = new Map(known.startedAt)
  const tookMs = new Map(known.tookMs)
  for (const { guest, word, at } of relevant) {
    if (guest === null) continue
    const from = startedAt.get(guest)
    startedAt.delete(guest)
    if (word === 'start') startedAt.set(guest, at)
    if (word !== 'ready' || from === undefined) continue
    const took = at - from
    if (took >= 0 && took <= longestCountedMs) {
      tookMs.set(guest, [...(tookMs.get(guest) ?? []).slice(1 - remembered), took])
    }
  }
  return { startedAt, tookMs }
}

/** The middle one of the remembered launches; null = none was seen. */
export function expectedLaunchMs(times: LaunchTimes, guest: string): number | null {
  const took = [...(times.tookMs.get(guest) ?? [])].sort((a, b) => a - b)
  return took[Math.floor((took.length - 1) / 2)] ?? null
}
