import Type from 'typebox'
import type { Verdict } from '../model/observation.ts'
import type { Phase } from '../model/phase.ts'
import type { Reason, UnmetNeed } from '../model/reason.ts'
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
})
export type HostSummary = Wire<typeof HostSummary>

export const StatusView = Type.Object({
  ...Versioned,
  /** Of the daemon that answers. */
  version: Type.String(),
  at: WallMs,
  /** Null until a cluster file was applied. */
  cluster: StringOrNull,
  hosts: Type.Array(HostSummary),
  /** In launch order. */
  guests: Type.Array(GuestSummary),
})
export type StatusView = Wire<typeof StatusView>

/** On the live stream after the first whole status: what changed since the message before. */
export const StatusChange = Type.Object({
  ...Versioned,
  at: WallMs,
  hosts: Type.Array(HostSummary),
  guests: Type.Array(GuestSummary),
})
export type StatusChange = Wire<typeof StatusChange>
