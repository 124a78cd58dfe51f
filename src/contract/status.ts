import Type from 'typebox'
import type { MoveCause, Proof } from '../model/member.ts'
import type { Verdict } from '../model/observation.ts'
import type { Phase } from '../model/phase.ts'
import type { ProofLack, Reason, UnmetNeed } from '../model/reason.ts'
import { modelData, Names, NumberOrNull, orNull, StringOrNull, Versioned, WallMs, type Wire, words } from './schema.ts'

export const ReasonView = modelData<Reason>({
  type: 'object',
  required: ['code'],
  properties: { code: { type: 'string' } },
})

export const PhaseView = modelData<Phase>({
  type: 'object',
  required: ['kind'],
  properties: { kind: { type: 'string' } },
})

export const StateView = words(['running', 'stopped', 'failed', 'waiting', 'paused'])

export const NeedView = Type.Object({
  /** As the cluster file writes it: `dns:53/udp`. */
  text: Type.String(),
  guest: StringOrNull,
  onLoss: Type.String(),
  state: modelData<'answers' | UnmetNeed['state']>({ type: 'string' }),
})

export const MoveView = Type.Object({
  to: Type.String(),
  how: words(['live', 'cold']),
  cause: modelData<MoveCause>({ type: 'string' }),
})

export const GuestSummary = Type.Object({
  id: Type.String(),
  state: StateView,
  phase: PhaseView,
  run: words(['running', 'paused', 'stopped', 'absent', 'unknown']),
  host: StringOrNull,
  because: ReasonView,
  needs: Type.Array(NeedView),
  services: Type.Array(Type.Object({ key: Type.String(), verdict: modelData<Verdict>({ type: 'string' }) })),
  memory: Type.Object({
    givenMib: NumberOrNull,
    usedMib: NumberOrNull,
    maxMib: NumberOrNull,
    wishedMib: NumberOrNull,
    /** Its memory goes by its need, never below this. Absent: it does not. */
    leastMib: Type.Optional(Type.Number()),
    /** What it is told to have, and why. */
    targetMib: Type.Optional(Type.Number()),
    because: Type.Optional(ReasonView),
  }),
  address: StringOrNull,
  /** When it entered its phase. */
  since: orNull(WallMs),
  retryInMs: NumberOrNull,
  /** Launch level, from 1. */
  wave: Type.Integer(),
  tags: Names,
  wish: words(['running', 'stopped', 'disabled', 'ignored']),
  watch: Type.Boolean(),
  pausedByHand: Type.Boolean(),
  startAtBoot: Type.Boolean(),
  priority: Type.Number(),
  /** True while a command was given and not acted upon yet. */
  commanded: Type.Boolean(),
  tries: Type.Integer(),
  /** From start to ready, as earlier launches took. */
  expectedMs: NumberOrNull,
  /** The standby that has its place. Absent: it has it itself. */
  replacedBy: Type.Optional(Type.String()),
  /** It is the standby of this guest. Absent: it is none. */
  standbyOf: Type.Optional(Type.String()),
  /** Under way. Absent: there is one host. */
  move: Type.Optional(orNull(MoveView)),
  /** True while a move was asked for and not acted upon yet. */
  moveAsked: Type.Optional(Type.Boolean()),
})
export type GuestSummary = Wire<typeof GuestSummary>

export const HostSummary = Type.Object({
  id: Type.String(),
  seen: Type.Boolean(),
  complete: Type.Boolean(),
  hypervisor: words(['up', 'down', 'unknown']),
  cpus: NumberOrNull,
  memory: Type.Object({
    totalMib: NumberOrNull,
    reservedMib: Type.Number(),
    guestsMib: Type.Number(),
    othersMib: Type.Number(),
  }),
  /** Guests that are its own. */
  guests: Type.Optional(Type.Integer()),
  /** Absent: there is one host. */
  member: Type.Optional(
    Type.Object({
      standing: words(['unseen', 'online', 'silent', 'expired', 'left', 'lost']),
      /** Its daemon decides. */
      leads: Type.Boolean(),
      maintenance: Type.Boolean(),
      goingDown: Type.Boolean(),
      /** Its own watchdog takes its power in time (S3): `too-slow` = it would not. */
      watchdog: words(['armed', 'too-slow', 'none']),
      /** Ids of the fence devices that reach it. */
      fence: Names,
      /** Of one that is silent: what keeps it from counting as dead. */
      lacks: orNull(modelData<ProofLack>({ type: 'string' })),
      /** Of one that is lost. */
      proof: orNull(modelData<Proof['kind']>({ type: 'string' })),
    }),
  ),
})
export type HostSummary = Wire<typeof HostSummary>

/** What holds for several hosts as a whole. */
export const MembersView = Type.Object({
  leader: StringOrNull,
  /** False: nothing is taken from any host. */
  armed: Type.Boolean(),
  disarmedForMs: NumberOrNull,
  /** Fenced by command since the count began (S6), and how many may be. */
  fenced: Names,
  fencedAtMost: Type.Integer(),
  /** N+1, as things stand. Null: the cluster file does not ask for it. */
  survival: orNull(
    Type.Object({
      /** Hosts lost at once. */
      hosts: Type.Integer(),
      /** Null: there are more losses than are looked at. */
      survives: orNull(Type.Boolean()),
      /** Those that would leave somebody waiting; the first few. */
      losses: Type.Array(
        Type.Object({
          hosts: Names,
          waiting: Type.Array(Type.Object({ guest: Type.String(), because: ReasonView })),
        }),
      ),
    }),
  ),
})
export type MembersView = Wire<typeof MembersView>

export const StatusView = Type.Object({
  ...Versioned,
  /** Of the daemon that answers. */
  version: Type.String(),
  at: WallMs,
  /** Null until a cluster file was applied. */
  cluster: StringOrNull,
  hosts: Type.Array(HostSummary),
  /** Absent: there is one host. */
  members: Type.Optional(MembersView),
  /** In launch order. */
  guests: Type.Array(GuestSummary),
})
export type StatusView = Wire<typeof StatusView>

/** On the live stream after the first whole status: what changed since the message before. */
export const StatusChange = Type.Object({
  ...Versioned,
  at: WallMs,
  hosts: Type.Array(HostSummary),
  members: Type.Optional(MembersView),
  guests: Type.Array(GuestSummary),
})
export type StatusChange = Wire<typeof StatusChange>

/** All that the leader knows, as `snapshotText` writes it: for programs of the same version. */
export const SnapshotView = modelData<object>({ type: 'object' })
export type SnapshotView = Wire<typeof SnapshotView>
