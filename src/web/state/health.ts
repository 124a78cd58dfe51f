import type { StatusView } from '../../contract/status.ts'
import { hostLookOf, type Look, lookOf, troubled } from '../parts/look.ts'

export interface Health {
  readonly level: 'good' | 'busy' | 'warning' | 'danger'
  /** How many guests look so; only those that are there. */
  readonly looks: ReadonlyMap<Look, number>
  readonly hosts: number
  /** Hosts that are not as they should be. */
  readonly away: readonly string[]
  readonly leader: string | null
  /** Null: there is one host, and nothing to arm. */
  readonly armed: boolean | null
  readonly fenced: readonly string[]
  /** Null: not asked for or not known. */
  readonly survives: boolean | null
}

/** What a person has to know in five seconds. */
export function healthOf(status: StatusView): Health {
  const counts = new Map<Look, number>()
  for (const guest of status.guests) {
    const look = lookOf(guest)
    counts.set(look, (counts.get(look) ?? 0) + 1)
  }
  const away = status.hosts
    .filter((host) => !['online', 'maintenance', 'left'].includes(hostLookOf(host)))
    .map(({ id }) => id)
  const { members } = status
  const leader = members?.leader ?? null
  const count = (look: Look): number => counts.get(look) ?? 0
  const lost = status.hosts.some((host) => ['lost', 'silent'].includes(hostLookOf(host)))
  const level =
    count('failed') + count('silent') + count('unknown') > 0 || lost || (members !== undefined && leader === null)
      ? 'danger'
      : count('paused') > 0 || away.length > 0 || members?.armed === false || members?.survival?.survives === false
        ? 'warning'
        : troubled.some((look) => count(look) > 0) || count('starting') + count('moving') + count('stopping') > 0
          ? 'busy'
          : 'good'
  return {
    level,
    looks: counts,
    hosts: status.hosts.length,
    away,
    leader,
    armed: members?.armed ?? null,
    fenced: members?.fenced ?? [],
    survives: members?.survival?.survives ?? null,
  }
}
