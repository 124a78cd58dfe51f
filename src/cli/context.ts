import type { Client } from '../client/client.ts'
import type { DoctorCheck } from '../contract/doctor.ts'
import type { Design } from '../core/foresight/design.ts'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import type { AuthorityStage } from '../model/authority-change.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import type { Actor, EventWord } from '../model/event.ts'
import type { FoundPort, HostFacts } from '../model/host-facts.ts'
import type { GuestId, HostId, ServiceKey } from '../model/ids.ts'
import type { MemberRecord } from '../model/member.ts'
import type { GuestState } from '../model/phase.ts'
import type { ProgramAnswer, ProgramQuestion } from '../model/plan/program.ts'
import type { Reason } from '../model/reason.ts'
import type { Text } from '../text/text.ts'
import type { Paint } from './paint.ts'

export type OutputFormat = 'table' | 'json' | 'yaml' | 'csv'

/** Where text goes. `terminal`: a person watches, lines can be drawn over. */
export interface Sink {
  write(text: string): void
  readonly terminal: boolean
  /** Size now: a window changes. */
  columns(): number
  rows(): number
}

/** What a scenario came to; times are milliseconds of pretend time. `final` and `fenced` only travel on. */
export interface Simulated {
  readonly claim: string
  readonly seed: number
  readonly held: boolean
  readonly broken: readonly { readonly rule: string; readonly at: number; readonly text: string }[]
  readonly events: readonly {
    readonly at: number
    readonly actor: Actor | 'world'
    readonly word: EventWord
    readonly guest?: GuestId
    readonly host?: HostId
    readonly service?: ServiceKey
    readonly because: Reason | null
  }[]
  readonly final: object
  readonly fenced: readonly string[]
}

/** What the loss of some hosts comes to; times are milliseconds since then. */
export interface SimulatedLoss {
  readonly lost: readonly HostId[]
  readonly seed: number
  /** False: no majority of the members is left. */
  readonly quorum: boolean
  readonly guests: readonly {
    readonly guest: GuestId
    readonly from: HostId | null
    readonly to: HostId | null
    readonly state: GuestState
    /** Null: it does not answer in the end. */
    readonly readyMs: number | null
    readonly because: Reason
  }[]
  readonly untouched: readonly GuestId[]
  readonly events: Simulated['events']
}

export interface SurveyWish {
  /** Null: where libvirt usually is. */
  readonly libvirtSocket: string | null
  readonly libvirtUri: string | null
  /** Null: the usual ones; empty: none is asked. */
  readonly ports: readonly FoundPort[] | null
  readonly perSecond: number
  /** Ends the asking early. */
  readonly signal: AbortSignal
  /** Before the asking begins: guests, and questions in all. */
  readonly onScan: (guests: number, questions: number) => void
}

/** What this host is to be in a cluster, as it was typed; null: not said. */
export interface MemberOptions {
  readonly address: readonly string[]
  readonly libvirtUri: string | null
  readonly endpoints: readonly string[]
}

/** One member, as `vigia cluster members` shows it. */
export interface MemberLine {
  readonly id: HostId
  readonly kind: MemberRecord['kind']
  readonly addresses: readonly string[]
  /** Its record advanced while it was looked at. */
  readonly renews: boolean
  readonly leads: boolean
  /** Its watchdog takes its power after so long without food; null: none is armed. */
  readonly watchdogMs: number | null
  readonly self: boolean
}

/** Membership of this host, by its own files and the store: works with or without its daemon. Faults: `not-allowed` without its files' rights. */
export interface ClusterPowers {
  /** Makes it the first member. Faults: `refused` (`member-already`, `cluster-exists`), the store's. */
  found(
    cluster: string,
    options: MemberOptions,
    tls: { readonly authority: string; readonly certificate: string; readonly key: string } | null,
  ): Promise<HostId>
  /** A token for one more member. Faults: `refused` (`no-member`, `signs-nobody`), the store's. */
  token(kind: MemberRecord['kind'], replaces: string | null): Promise<string>
  /** Faults: `token-refused`, `peer-lost`, `no-quorum`, `refused`. */
  join(token: string, options: MemberOptions): Promise<{ readonly member: HostId; readonly cluster: string }>
  /** Null: this host. Another one: that does not renew any more. Faults: `refused` (`guests-here`, `member-there`, `not-a-member`), `no-quorum`. */
  leave(member: string | null, replaced: boolean): Promise<HostId>
  /** Saves the whole store into a file. Returns its path. Faults: `refused` (`not-own-store`), the store's, the file system's. */
  backup(path: string): Promise<string>
  /**
   * Makes the store anew on this host, from a saved one or (null) its own copy. `alone`: all other members are sworn to be off for good.
   * Faults: `refused` (`daemon-runs`, `not-own-store`, `another-cluster`), `store-corrupt`, the file system's.
   */
  restore(path: string | null, alone: boolean): Promise<void>
  /**
   * Of an etcd that Vigia does not look after, restored by its own means: makes it fit to be used again, before any daemon is started. `alone` as of
   * `restore`. Faults: `refused` (`daemon-runs`, `daemon-runs-there`, `own-store`, `another-cluster`), the store's.
   */
  restoredExternally(alone: boolean): Promise<void>
  /**
   * Begins to make the cluster's authority anew, or (`begun` false) finds that it is being made; the daemons do it. `next` names this change.
   * Faults: `refused` (`no-member`, `signs-nobody`), `daemon-busy`, the store's.
   */
  rotateAuthority(): Promise<{ readonly next: string; readonly begun: boolean }>
  /** How far each member has come with it; null: it is done. Faults: the store's. */
  authorityProgress(next: string): Promise<readonly AuthorityLine[] | null>
  /** This host gives up a store that is lost for good; its guests go on. Faults: `refused` (`store-answers`, `not-lost-for-all`). */
  standDown(): Promise<HostId>
  /** This host forgets a cluster whose store is another one now. Faults: `refused` (`still-member`, `still-armed`, `daemon-runs`). */
  forget(): Promise<HostId>
  members(): Promise<readonly MemberLine[]>
}

/** One member in a change of the authority; `stage` null: it has not begun. */
export interface AuthorityLine {
  readonly member: HostId
  readonly stage: AuthorityStage | null
}

/** What only `src/bin` can hand over: it knows the simulator and the daemon. Absent = this installation has it not. */
export interface CliPowers {
  /** Plays one scenario. Faults: `bad-data` with a line for each problem in `details.problems`. */
  simulate?(text: string, options: { readonly path: string; readonly seed: number }): Promise<Simulated>
  /** Plays the loss of hosts on the cluster of a snapshot. Faults: `needs-several-hosts`, `host-unknown`, `refused`. */
  simulateLoss?(
    snapshot: ClusterSnapshot,
    hosts: readonly string[],
    options: { readonly seed: number },
  ): Promise<SimulatedLoss>
  /** The availability of a design whose failures were played by chance with the real core, at the design's own rates. */
  playFailures?(spec: ClusterSpec, design: Design, seed: number): Promise<number>
  /** Looks at the guests of this host without a daemon. Faults as of libvirt: `hypervisor-absent`, `not-allowed`. */
  survey?(options: SurveyWish): Promise<HostFacts>
  /** The checks of `vigia doctor` that need no daemon. Never throws. */
  hostChecks?(wish: { readonly socketPath: string; readonly daemonAnswers: boolean }): Promise<readonly DoctorCheck[]>
  /** Loaded when first used. */
  cluster?(): Promise<ClusterPowers>
  /** A page as PDF. Faults: `not-supported` (no browser), `file-unreadable`. */
  printPdf?(html: string, file: string): Promise<void>
  /** A solver on a thread of its own; `close` ends it. Faults of `solve`: `internal`. */
  solver?(): Promise<{ solve(question: ProgramQuestion): Promise<ProgramAnswer>; close(): Promise<void> }>
  /** Runs the daemon for a file until `signal`; resolves when it answers on the socket given. */
  runDaemon?(file: string, signal: AbortSignal): Promise<{ readonly socket: string; stop(): Promise<void> }>
}

/** A person's keyboard without the terminal's help: every key at once, none with a meaning. */
export interface Keyboard {
  /** Ends with `close`. For one reader. */
  readonly keys: AsyncIterable<Uint8Array>
  /** The terminal is as it was before. Harmless if repeated. */
  close(): void
}

/** What somebody would not have seen. `typed`: on a terminal, by a person. */
export interface Secret {
  readonly text: string
  readonly typed: boolean
}

/** All that a command has of the world. */
export interface CliContext {
  readonly text: Text
  readonly format: OutputFormat
  readonly paint: Paint
  /** Data. */
  readonly out: Sink
  /** Messages. */
  readonly err: Sink
  readonly socketPath: string
  readonly version: string
  /** Every question is answered with yes. */
  readonly yes: boolean
  readonly powers: CliPowers
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
  /** Monotonic milliseconds. */
  now(): number
  wall(): number
  /** Connects when first used. */
  client(socketPath?: string): Promise<Client>
  /** Null: there is none. */
  keyboard(): Keyboard | null
  /** Null: nobody is there to ask. */
  ask(question: string): Promise<string | null>
  /** Not shown while it is typed; without a terminal a line of standard input. Null: there is none. */
  askSecret(question: string): Promise<Secret | null>
}
