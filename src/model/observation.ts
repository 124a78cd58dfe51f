import type { FaultData } from './fault.ts'
import type { AgentLife, GuestId, HostId } from './ids.ts'
import type { MemoryUse } from './memory-use.ts'

/** `absent`: the hypervisor knows no such domain. `unknown`: it could not be asked (S7: never folded into stopped). */
export type RunState = 'running' | 'paused' | 'stopped' | 'absent' | 'unknown'

/** Why a guest went down, as the hypervisor says. `shutdown`: orderly, from inside or on request. */
export type StopCause = 'shutdown' | 'destroyed' | 'crashed' | 'failed' | 'saved' | 'migrated' | 'unknown'

/**
 * `migration`: in its last part, or only a part of its memory is here. `post-copy-broken`: it had begun to run on the other host when the way
 * between them broke; neither half can ever run on.
 */
export type PauseCause = 'asked' | 'io-error' | 'watchdog' | 'crashed' | 'migration' | 'post-copy-broken' | 'other'

/** A service's settled verdict. Refused and silent are different: one is confirmed at once, the other takes the slow path. */
export type Verdict = 'unknown' | 'answering' | 'refused' | 'silent'

export interface GuestObservation {
  readonly run: RunState
  readonly stopCause: StopCause | null
  readonly pauseCause: PauseCause | null
  /** Given now (balloon) and at most; null = not known. */
  readonly memoryMib: number | null
  readonly memoryMaxMib: number | null
  /** What the guest really uses, where its balloon driver tells. */
  readonly memoryUsedMib: number | null
  /** Only of one whose memory goes by its need. Absent: its balloon tells nothing, or nothing new. */
  readonly memoryUse?: MemoryUse
  /**
   * Of the same: the most that this agent life asked the balloon for and that may still come about. Absent: nothing yet, and an
   * earlier life may have asked for whatever it was told.
   */
  readonly memoryAskedMib?: number
  readonly address: string | null
  /** The newest generation this agent life tried to start, and how it failed (null: it did not). */
  readonly tried: { readonly generation: number; readonly fault: FaultData | null } | null
  /** The newest move that was tried from here, and how it failed (null: it did not). */
  readonly moved?: { readonly serial: number; readonly fault: FaultData | null }
  /** The move that is under way from here, as the hypervisor counts it: bytes of memory and disk. Absent: none, or not counted yet. */
  readonly moving?: { readonly serial: number; readonly doneBytes: number; readonly totalBytes: number }
  /** Up to this generation no start can come about any more. */
  readonly settled?: number
  /** Set while the present assignment cannot be obeyed: a refused stop, a failed resume, a memory change refused. */
  readonly trouble: FaultData | null
  /** Keyed by service key; only services that are probed. */
  readonly services: Readonly<Record<string, Verdict>>
}

/** All that one agent sees of its host. Published as a whole; the newest replaces the older. */
export interface HostObservation {
  readonly host: HostId
  readonly life: AgentLife
  readonly bootId: string
  /** Revision of the cluster file that this was looked at with; a guest of a newer file may be here unseen. Absent: one host. */
  readonly fileRevision?: number
  /** By guest: the serial of the move for which this host looked again, having been told to. */
  readonly looks?: Readonly<Record<string, number>>
  /** False until every watched guest has been looked at once in this life. */
  readonly complete: boolean
  readonly hypervisor: 'up' | 'down'
  readonly memoryMib: number | null
  readonly cpus: number | null
  /** Memory held by running domains that the cluster file does not name. */
  readonly otherGuestsMib: number
  readonly guests: ReadonlyMap<GuestId, GuestObservation>
  /** Keyed by `needText` of external needs. */
  readonly externals: Readonly<Record<string, Verdict>>
}

export const unseenGuest: GuestObservation = {
  run: 'unknown',
  stopCause: null,
  pauseCause: null,
  memoryMib: null,
  memoryMaxMib: null,
  memoryUsedMib: null,
  address: null,
  tried: null,
  trouble: null,
  services: {},
}

/** Looked for and not there. */
export const absentGuest: GuestObservation = { ...unseenGuest, run: 'absent' }

/** As it travels through the store. */
export function observationText(observation: HostObservation): string {
  return JSON.stringify({ ...observation, guests: Object.fromEntries(observation.guests) })
}

export function observationFrom(text: string): HostObservation {
  const parsed = JSON.parse(text) as Omit<HostObservation, 'guests'> & { guests: Record<string, GuestObservation> }
  return { ...parsed, guests: new Map(Object.entries(parsed.guests) as [GuestId, GuestObservation][]) }
}
