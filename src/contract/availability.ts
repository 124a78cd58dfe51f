import Type from 'typebox'
import { causes, changeKinds, classNames, conditions, figureSources } from '../model/availability.ts'
import type { SlaWindow } from '../model/sla.ts'
import { modelData, Names, NumberOrNull, orNull, StringOrNull, Versioned, WallMs, type Wire, words } from './schema.ts'

const WallText = Type.String({ pattern: '^[0-9]{1,15}$' })
const Name = Type.String({ minLength: 1, maxLength: 63 })

export const reportFormats = ['json', 'csv'] as const

/** Failures of one answer: usually, and at most. */
export const usualIncidents = 500
export const mostIncidents = 10_000

/** All as text: a query string has no numbers. `from` and `to` are milliseconds since 1970; without them the last 30 days. */
export const AvailabilityQuery = Type.Object(
  {
    from: Type.Optional(WallText),
    to: Type.Optional(WallText),
    /** Only guests with this tag, or this guest. */
    group: Type.Optional(Name),
    guest: Type.Optional(Name),
    /** A calendar of the cluster file: only its hours count. */
    promised: Type.Optional(Name),
    /** Whose months are meant, as the IANA tables call it: UTC. With `promised`, those of the calendar. */
    zone: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    /** How many failures are listed. */
    incidents: Type.Optional(Type.String({ pattern: '^[0-9]{1,5}$' })),
    /** Goes before the header `accept`. */
    format: Type.Optional(words(reportFormats)),
  },
  { additionalProperties: false },
)
export type AvailabilityQuery = Wire<typeof AvailabilityQuery>

const Cause = words(causes)

const totals = {
  promisedMs: Type.Number(),
  upMs: Type.Number(),
  downMs: Type.Number(),
  plannedMs: Type.Number(),
  notObservedMs: Type.Number(),
}

/** As `vigia report availability` tells them; in milliseconds, shares from 0 to 1. Null: nothing to say. */
export const AvailabilityFiguresView = Type.Object({
  ...totals,
  /** up / (up + down). */
  availability: NumberOrNull,
  withPlanned: NumberOrNull,
  nines: NumberOrNull,
  failures: Type.Integer(),
  mtbfMs: NumberOrNull,
  mttfMs: NumberOrNull,
  mttrMs: NumberOrNull,
  byTickets: NumberOrNull,
  class2009: orNull(words(classNames)),
  class2016: orNull(words(classNames)),
  causes: Type.Array(Type.Object({ cause: Cause, downMs: Type.Number(), incidents: Type.Integer() })),
  plannedWork: Type.Array(Type.Object({ cause: Cause, plannedMs: Type.Number(), times: Type.Integer() })),
})
export type AvailabilityFiguresView = Wire<typeof AvailabilityFiguresView>

/** What it would have been without failures of one cause, of its needs, of one member; or with repairs in half the time. */
export const BetterView = Type.Union([
  Type.Object({ code: Type.Literal('cause'), cause: Cause, downMs: Type.Number(), availability: Type.Number() }),
  Type.Object({
    code: Type.Literal('needs'),
    guest: Type.String(),
    downMs: Type.Number(),
    availability: Type.Number(),
  }),
  Type.Object({
    code: Type.Literal('member'),
    guest: Type.String(),
    downMs: Type.Number(),
    availability: Type.Number(),
  }),
  Type.Object({ code: Type.Literal('repair-half'), mttrMs: Type.Number(), availability: Type.Number() }),
])
export type BetterView = Wire<typeof BetterView>

export const subjectKindsOfReport = ['cluster', 'group', 'host', 'guest', 'service'] as const

export const AvailabilitySubjectView = Type.Object({
  kind: words(subjectKindsOfReport),
  name: Type.String(),
  /** Null: the history says nothing of it in this time. */
  own: orNull(AvailabilityFiguresView),
  /** Of what needs something: down for its users when a need is. */
  perceived: orNull(AvailabilityFiguresView),
  /** Of several guests: up / (up + down) over the hours of all; `own` is all of them at once. */
  mean: NumberOrNull,
  needs: Names,
  /** A picture of the time, 1000 columns: conditions and how many columns each takes. A column shows the worst of its time. */
  strip: Type.Array(Type.Object({ condition: words(conditions), columns: Type.Integer() })),
  /** Of each month that the time touches; empty where it is a single one. */
  months: Type.Array(Type.Object({ fromMs: WallMs, untilMs: WallMs, ...totals })),
  /** The largest gain first. */
  better: Type.Array(BetterView),
})
export type AvailabilitySubjectView = Wire<typeof AvailabilitySubjectView>

/** A promise of the cluster file and its error budget, now: whatever time the report is of. */
export const PromiseView = Type.Object({
  /** `web`, `@shop`, `cluster`. */
  name: Type.String(),
  targetMillionths: Type.Integer(),
  together: words(['all', 'any']),
  seenBy: words(['users', 'itself']),
  planned: words(['left-out', 'counted']),
  warnAtMillionths: Type.Integer(),
  /** Whose hours count. Null: all. */
  calendar: StringOrNull,
  span: modelData<SlaWindow>({ type: 'object', required: ['kind'] }),
  fromMs: WallMs,
  untilMs: WallMs,
  promisedMs: Type.Number(),
  elapsedMs: Type.Number(),
  allowedMs: Type.Number(),
  spentMs: Type.Number(),
  notObservedMs: Type.Number(),
  leftMs: Type.Number(),
  spentMillionths: NumberOrNull,
  /** 1 spends the budget exactly; over the last hour and the last six. */
  burnHour: NumberOrNull,
  burnSixHours: NumberOrNull,
  exhaustedAt: orNull(WallMs),
  state: words(['kept', 'warning', 'broken']),
})
export type PromiseView = Wire<typeof PromiseView>

export const IncidentView = Type.Object({
  kind: words(['host', 'guest', 'service']),
  name: Type.String(),
  openedAt: WallMs,
  /** Null: it goes on. */
  closedAt: orNull(WallMs),
  downMs: Type.Number(),
  cause: Cause,
  carriedOver: Type.Boolean(),
})
export type IncidentView = Wire<typeof IncidentView>

export const AvailabilityView = Type.Object({
  ...Versioned,
  cluster: Type.String(),
  fromMs: WallMs,
  untilMs: WallMs,
  promised: orNull(Type.Object({ name: Type.String(), timeZone: Type.String() })),
  calendars: Names,
  groups: Names,
  subjects: Type.Array(AvailabilitySubjectView),
  promises: Type.Array(PromiseView),
  /** Newest first. */
  incidents: Type.Array(IncidentView),
  incidentsLeftOut: Type.Integer(),
})
export type AvailabilityView = Wire<typeof AvailabilityView>

const DurationText = Type.String({ pattern: '^[0-9]{1,13}$' })
const CountText = Type.String({ pattern: '^[0-9]{1,4}$' })

/** A change of the present design; what is absent is as it is. Durations in milliseconds, all as text. */
export const ForesightQuery = Type.Object(
  {
    /** `3`, or `+1`: so many more than now. */
    hosts: Type.Optional(Type.String({ pattern: '^\\+?[0-9]{1,4}$' })),
    /** So many of them hold all guests. */
    needed: Type.Optional(CountText),
    hostMtbfMs: Type.Optional(DurationText),
    hostMttrMs: Type.Optional(DurationText),
    guestMtbfMs: Type.Optional(DurationText),
    bootMs: Type.Optional(DurationText),
    /** From the loss of a host until its guests are started elsewhere. */
    failoverMs: Type.Optional(DurationText),
    standby: Type.Optional(Type.Unsafe<'1'>({ type: 'string', enum: ['1'] })),
  },
  { additionalProperties: false },
)
export type ForesightQuery = Wire<typeof ForesightQuery>

/** How often the present design is played with the real core, to see between which bounds the figure lies. */
export const ForesightPlayRequest = Type.Object(
  { plays: Type.Integer({ minimum: 2, maximum: 20 }), change: Type.Optional(ForesightQuery) },
  { additionalProperties: false },
)
export type ForesightPlayRequest = Wire<typeof ForesightPlayRequest>

/** Shares of the time. The downtime's add up to 1 - availability. */
const Outlook = Type.Object({
  availability: Type.Number(),
  shares: Type.Object({
    restarting: Type.Number(),
    givenUp: Type.Number(),
    failingOver: Type.Number(),
    waitingForHost: Type.Number(),
  }),
})

const foresight = {
  cluster: Type.String(),
  /** The design that is reckoned with: hosts, and mean times in milliseconds. */
  design: Type.Object({
    hosts: Type.Integer(),
    hostsNeeded: Type.Integer(),
    hostMtbfMs: Type.Number(),
    hostMttrMs: Type.Number(),
    quorum: Type.Integer(),
    crews: Type.Integer(),
    failoverMs: NumberOrNull,
    bootMs: Type.Number(),
    guestMtbfMs: NumberOrNull,
    noticeMs: Type.Number(),
    incurable: Type.Number(),
    triesMs: Type.Number(),
    personMs: Type.Number(),
    standby: Type.Boolean(),
  }),
  /** Where each figure is from; `count`: from so many. */
  assumptions: Type.Array(Type.Object({ what: Type.String(), source: words(figureSources), count: NumberOrNull })),
  usualFailoverMs: Type.Number(),
  outlook: orNull(Outlook),
  /** Each change by itself, the largest gain first. */
  improvements: Type.Array(Type.Object({ change: words(changeKinds), outlook: Outlook, gain: Type.Number() })),
}

export const ForesightView = Type.Object({ ...Versioned, ...foresight })
export type ForesightView = Wire<typeof ForesightView>

/** `played`: a mean, and the bounds between which 95 of 100 such intervals hold the true one. */
export const ForesightPlayView = Type.Object({
  ...Versioned,
  ...foresight,
  played: Type.Object({
    mean: Type.Number(),
    from: Type.Number(),
    until: Type.Number(),
    plays: Type.Integer(),
  }),
})
export type ForesightPlayView = Wire<typeof ForesightPlayView>
