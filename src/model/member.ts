import type { AgentLife, GuestId, HostId, Instant, WallTime } from './ids.ts'

/** A host with guests, or a small machine that only votes. Stored under `member/<id>`; N is how many there are (S5). */
export interface MemberRecord {
  readonly id: HostId
  readonly kind: 'host' | 'witness'
  /** Ways to reach its daemon directly, `HOST:PORT`; several = several paths. */
  readonly addresses: readonly string[]
  /** How libvirt of other hosts reaches that of this one: `qemu+tls://192.0.2.1/system`. Absent: no guest can be moved to it. */
  readonly libvirtUri?: string
  /** Where memory is sent to it, if another network is meant for that: `tcp://10.1.0.2`. */
  readonly dataUri?: string
}

/** S14: what a member committed before it started guests: its watchdog is open and takes its power so. */
export interface ArmedWatchdog {
  /** F: after the sending of a renewal it is fed for at most so long. */
  readonly feedMs: number
  /** W, as read back from the device. */
  readonly timeoutMs: number
  /** D */
  readonly marginMs: number
  /**
   * By whose words it goes on feeding while it cannot renew, sorted (S5). Both quorums of S5 are counted by this list, so that a member that
   * has not learnt yet who joined or left is judged by those whom it asks. Absent: written by a daemon that counts by those it knows.
   */
  readonly members?: readonly HostId[]
}

/**
 * A member's own record, stored under `alive/<id>`; written only by the member, each time as one renewal. That its revision
 * advances is what counts; nothing else in it is compared between hosts.
 */
export interface AliveRecord {
  readonly member: HostId
  readonly life: AgentLife
  readonly bootId: string
  readonly serial: number
  readonly armed: ArmedWatchdog | null
  /** Gone on purpose: it looked after its last deed, and nothing of ours ran on it (S2 e). */
  readonly left: boolean
  /** The newest schema of the store that its program understands. Absent: 1. */
  readonly speaks?: number
}

/** What one process knows of a member, on its own monotonic clock. */
export interface MemberSight {
  readonly member: HostId
  readonly kind: MemberRecord['kind']
  readonly alive: AliveRecord | null
  /** Of the record; 0 = there is none. */
  readonly revision: number
  /** Since when it has been as it is. */
  readonly unchangedSince: Instant
  /** This process saw it change: what was there when it began may be old (S15). */
  readonly renewed: boolean
  /** Since when it has been asked directly, again and again; null: it is not. What is not asked for is nobody's silence. */
  readonly askedSince: Instant | null
  /** Last direct word of it; null: none yet. */
  readonly heardAt: Instant | null
  /** When its host last answered that no daemon listens there: it has power. Absent: never. */
  readonly refusedAt?: Instant
}

/** Why a host counts as dead (S2). New boots (f) and the owner's own word (e) need no record. */
export type Proof =
  /** (a) Its power reads off. */
  | { readonly kind: 'fence-device'; readonly device: string; readonly commanded: boolean }
  /** (b) Its watchdog must have fired; these members renewed all the time (S5). */
  | { readonly kind: 'watchdog'; readonly renewing: readonly HostId[] }
  /** (d) */
  | { readonly kind: 'sworn'; readonly by: string }

/** Part of the host's record, written by the leader; void as soon as the member's own record changes. */
export interface LossRecord {
  readonly bootId: string | null
  readonly aliveRevision: number
  readonly proof: Proof
  readonly at: WallTime
}

/** Who decides; stored under `leader`. Every write of a leader compares this key's revision. */
export interface LeaderRecord {
  readonly host: HostId
  readonly life: AgentLife
  readonly term: number
}

/** S6: whose power was taken by command since the count was reset; stored under `record/fencing`. */
export interface FencingRecord {
  readonly hosts: readonly HostId[]
  /** By host: the newest `fenceSerial` of its wish that was acted upon. */
  readonly asked?: Readonly<Record<string, number>>
  /** The newest reset by a person that was acted upon. */
  readonly resetSerial?: number
}

/**
 * The store was restored, and knows less than what has happened: which host has which guest must be looked at anew. Stored under
 * `record/restored`; written when it is restored, removed by the leader once all these hosts have been looked at.
 */
export interface RestoredRecord {
  readonly at: WallTime
  readonly hosts: readonly HostId[]
}

/** Why a guest shall be elsewhere. */
export type MoveCause =
  | 'operator'
  | 'maintenance'
  | 'host-shutdown'
  | 'rule'
  | 'failback'
  | 'home'
  | 'with-group'
  | 'start-failed'
  | 'no-room'
  | 'host-lost'
  | 'first'

/** A move under way: both hosts are named (S8) until it has ended. */
export interface GuestMove {
  readonly to: HostId
  /** Live: it runs on; cold: stopped here, then started there. */
  readonly how: 'live' | 'cold'
  readonly cause: MoveCause
  /** Grows with each move of the guest: an agent tries each once. */
  readonly serial: number
  /** Somebody took it back: it shall end with the guest where it was, if that can still be. Of live ones only. */
  readonly cancelled?: true
  /** Neither host showed it: both shall look once more, and say so in `HostObservation.looks`. */
  readonly lookAgain?: true
  /** It broke after the guest had begun to run on over there: both hosts shall take what they have of it away, then look. */
  readonly broken?: true
}

/** What several hosts add to a guest's record. */
export interface SeatRecord {
  /** S2 (e): its owner looked and it was down, and no start is under way: it may be started elsewhere. */
  readonly released: boolean
  /** S7: a start was tried whose end nobody knows; it may still come about, until the agent has seen to it that it does not. */
  readonly unsettled?: boolean
  readonly move: GuestMove | null
  /** The newest move of the guest that was begun. */
  readonly moves: number
  /** The newest `moveSerial` of the wish that was acted upon. */
  readonly moveSerial: number
  /** Where its present start failed for good, in order. */
  readonly triedHosts: readonly HostId[]
  /** How often it was tried again where it was, because no other host could take it. Absent: never. */
  readonly triedAgain?: number
  /** Where it goes back to when that host is there again. */
  readonly home: HostId | null
  /** When a move by the leader last failed, on the present leader's clock. */
  readonly moveFailedAt: Instant | null
  /** The most memory it was seen to have: what a host must have for it when nobody sees it any more. Absent: never seen. */
  readonly memoryMib?: number
  /** The dead host that it was taken from. */
  readonly lostFrom?: HostId | null
}

export const firstSeat: SeatRecord = {
  released: false,
  move: null,
  moves: 0,
  moveSerial: 0,
  triedHosts: [],
  home: null,
  moveFailedAt: null,
}

/**
 * How a member stands, as far as one process knows:
 * `unseen` not heard of since this process began, and still waited for (S15); `online` renews; `silent` long enough to be suspected;
 * `expired` its record has not changed for T; `left` gone on purpose; `lost` proven dead (S2).
 */
export type Standing = 'unseen' | 'online' | 'silent' | 'expired' | 'left' | 'lost'

/** Why a host cannot take a guest, said for each. */
export type HostRefusal =
  | { readonly code: 'not-there' | 'going-down' | 'maintenance' | 'not-seen-yet' }
  | { readonly code: 'rule-hosts' }
  | { readonly code: 'rule-apart'; readonly guests: readonly GuestId[] }
  | { readonly code: 'tried' }
  | { readonly code: 'memory'; readonly neededMib: number; readonly freeMib: number }
  | { readonly code: 'runs-there-already' }
