import type { FaultData } from './fault.ts'
import type { GuestId, HostId, ServiceKey, WallTime } from './ids.ts'
import type { Reason } from './reason.ts'

/** What happened, in one word. Decisions are the leader's; `answers`, `lost`, `fault` an agent's; `wish` a person's. */
export type EventWord =
  | 'start'
  | 'ready'
  | 'pause'
  | 'resume'
  | 'stop'
  | 'stopped'
  | 'restart'
  | 'failed'
  | 'replaced'
  | 'waiting'
  | 'silent'
  | 'crashed'
  | 'powered-off'
  | 'adopt'
  | 'ignored'
  | 'memory'
  | 'answers'
  | 'lost'
  | 'wish'
  | 'applied'
  | 'fault'
  | 'autostart-off'
  | 'daemon-started'
  | 'daemon-stopped'
  | 'daemon-killed'
  | 'power-lost'
  | 'host-shut-down'
  | 'looked'
  | 'sla-warning'
  | 'sla-broken'
  | 'hypervisor-lost'
  | 'hypervisor-back'
  | 'migrate'
  | 'recover'
  | 'fenced'
  | 'proven'
  | 'move-limit'
  | 'moved'
  | 'move-failed'
  | 'move-cancelled'
  | 'move-refused'
  | 'leading'

/**
 * Of these, the last sign of life of a host's daemon is the time, and not when it was found out:
 * `daemon-killed` ended without a word, the host went on; `power-lost` the host went down without a word; `host-shut-down` in order.
 * `looked`: the daemon looked at all guests of its host for the first time since it started.
 */
export const lastSignWords = ['daemon-killed', 'power-lost', 'host-shut-down'] as const satisfies readonly EventWord[]

export type Actor = 'leader' | 'agent' | 'person' | 'daemon'

export interface HistoryEvent {
  readonly at: WallTime
  readonly host: HostId
  readonly actor: Actor
  readonly word: EventWord
  readonly guest: GuestId | null
  readonly service: ServiceKey | null
  readonly because: Reason | null
  readonly fault: FaultData | null
  /** Free text for `wish` and `applied`: who said what. Never a secret. */
  readonly note: string | null
}

/** An event as stored: ids grow by one and are never reused. */
export interface StoredEvent extends HistoryEvent {
  readonly id: number
}
