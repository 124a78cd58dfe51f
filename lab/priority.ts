import { getPriority, setPriority } from 'node:os'

/** As `Nice=-10` in the units of vigiad and its etcd. */
const SOONER = 10

/** What this process was given when it began: guests have it. */
const usual = getPriority()

/**
 * Whoever looks at hosts, kills on them and starts again goes before what runs there, as a service manager is never late because guests
 * compute. Where that is not allowed, this process stays as it is.
 */
export function goFirst(): void {
  try {
    setPriority(0, usual - SOONER)
  } catch {
    // Nothing is promised on such a machine.
  }
}

/** A command line with the priority that guests have, whatever that of this process is. */
export function amongGuests(words: readonly string[]): readonly string[] {
  return withNice(usual, words)
}

/** One that goes before the guests. Where that is not allowed, `nice` says so in its log and starts it all the same. */
export function beforeGuests(words: readonly string[]): readonly string[] {
  return withNice(usual - SOONER, words)
}

function withNice(wanted: number, words: readonly string[]): readonly string[] {
  const more = wanted - getPriority()
  return more === 0 ? words : ['nice', '-n', String(more), ...words]
}
