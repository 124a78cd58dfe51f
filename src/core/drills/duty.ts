import type { RunningDrill } from '../../model/drill.ts'
import type { HostId } from '../../model/ids.ts'

/** What a daemon has to do about the drill that it finds under way. */
export type DrillDuty =
  | { readonly kind: 'none'; readonly because: 'it-is-mine' | 'its-host-is-there' | 'not-mine-to-say' }
  | { readonly kind: 'clear-up'; readonly because: 'my-earlier-life' | 'its-host-is-gone' }

export interface DutyFacts {
  readonly self: HostId
  /** Of this daemon: another one means that whoever began it has ended. */
  readonly life: string
  readonly leads: boolean
  /** That host's daemon renews. */
  readonly isThere: (host: HostId) => boolean
}

/** Exactly one clears up: the host itself when its daemon is back, else the leader when the host is gone; the store keeps two from doing so. */
export function drillDuty(drill: Pick<RunningDrill, 'host' | 'life'>, facts: DutyFacts): DrillDuty {
  if (drill.host === facts.self) {
    return drill.life === facts.life
      ? { kind: 'none', because: 'it-is-mine' }
      : { kind: 'clear-up', because: 'my-earlier-life' }
  }
  if (!facts.leads) return { kind: 'none', because: 'not-mine-to-say' }
  return facts.isThere(drill.host)
    ? { kind: 'none', because: 'its-host-is-there' }
    : { kind: 'clear-up', because: 'its-host-is-gone' }
}
