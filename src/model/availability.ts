/**
 * What may be said of a subject at one moment. `planned`: down on purpose (maintenance, a cold move, a wished shutdown).
 * `not-observed`: nobody looked, so it is neither up nor down.
 */
export const conditions = ['up', 'down', 'planned', 'not-observed'] as const

export type Condition = (typeof conditions)[number]

/** Why a stretch is not `up`, in one word; the sentence is made in `src/text`. First those of failures, then of planned work, then of not looking. */
export const causes = [
  ...(['service-lost', 'crashed', 'powered-off', 'need-lost', 'host-lost', 'power-lost', 'hypervisor-lost'] as const),
  ...(['start-failed', 'no-place', 'paused-outside', 'stopped-outside'] as const),
  ...([
    'launch',
    'shutdown',
    'host-shutdown',
    'move',
    'paused-by-hand',
    'standby',
    'watch-off',
    'need-planned',
  ] as const),
  ...(['no-history', 'daemon-down', 'host-silent', 'ignored'] as const),
] as const

export type Cause = (typeof causes)[number]

/** Names that two earlier works give to levels of availability. */
export const classNames = [
  ...(['conventional', 'available', 'high-availability', 'fault-resistant', 'fault-tolerant'] as const),
  ...(['personal-computers', 'access-systems', 'internet-providers', 'business-systems'] as const),
  ...(['telephony-and-banking', 'defence'] as const),
] as const

export type ClassName = (typeof classNames)[number]

/** One change of a design that foresight reckons with. */
export const changeKinds = [
  ...(['host-more', 'failover', 'failover-half', 'boot-half', 'notice-half', 'standby', 'repair-half'] as const),
] as const

export type ChangeKind = (typeof changeKinds)[number]

/** Where a figure of a design came from. */
export const figureSources = ['measured', 'given', 'assumed', 'file'] as const

export type FigureSource = (typeof figureSources)[number]
