import { byName, type HostId } from '../model/ids.ts'
import type { HostGuests } from '../ports/host-guests.ts'
import type { Serving } from './serving.ts'

/** Those that run guests, in order of name. */
export function hostsOf({ powers }: Serving): readonly HostId[] {
  const { members } = powers.snapshot()
  if (members == null) return [powers.host]
  const found = [...members.sights].flatMap(([id, { kind }]) => (kind === 'host' ? [id] : []))
  return found.sort(byName)
}

export interface Told<T> {
  readonly host: HostId
  readonly value: T
}

/** What those say that answer. One that counts as gone is not waited for. */
export async function askedOf<T>(
  serving: Serving,
  all: readonly HostId[],
  ask: (guests: HostGuests) => Promise<T>,
): Promise<{ readonly told: Told<T>[]; readonly absent: HostId[] }> {
  const answers = await Promise.all(
    all.map(async (host): Promise<Told<T> | null> => {
      if (serving.isGone(host)) return null
      return ask(serving.powers.guestsOf(host)).then(
        (value) => ({ host, value }),
        () => null,
      )
    }),
  )
  return {
    told: answers.filter((answer) => answer !== null),
    absent: all.filter((_, place) => answers[place] === null),
  }
}
