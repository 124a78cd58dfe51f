import Type from 'typebox'
import { type MetricUnit, subjectMaxLength } from '../model/metric.ts'
import { Names, NumberOrNull, orNull, Versioned, WallMs, type Wire, words } from './schema.ts'

/**
 * How far back, and with it how fine: the last hour by 10 s (360 values), day by minutes (1440), month of 30 days by hours (720), year of
 * 365 days by half days (730).
 */
export const metricRanges = ['hour', 'day', 'month', 'year'] as const
export type MetricRange = (typeof metricRanges)[number]

const Unit = words<readonly MetricUnit[]>(['percent', 'percent-of-one', 'MiB', 'bytes/s', 'ms'])

export const MetricsHistoryQuery = Type.Object(
  {
    /** `guest:NAME`, `host:NAME`, `service:GUEST/PORT` (`service:web/80`, `service:dns/53/udp`, `service:web/backup-agent`). */
    subject: Type.String({ minLength: 6, maxLength: subjectMaxLength }),
    range: words(metricRanges),
  },
  { additionalProperties: false },
)
export type MetricsHistoryQuery = Wire<typeof MetricsHistoryQuery>

/** Means over steps of `step` milliseconds; value 0 covers `from` to `from + step`. Null: nothing is known of that step. */
export const MetricsHistoryView = Type.Object({
  ...Versioned,
  subject: Type.String(),
  range: words(metricRanges),
  step: Type.Number(),
  from: WallMs,
  series: Type.Array(Type.Object({ name: Type.String(), unit: Unit, values: Type.Array(NumberOrNull) })),
  /** Hosts that did not answer: what they had measured is missing above. */
  absent: Names,
})
export type MetricsHistoryView = Wire<typeof MetricsHistoryView>

/** By the names of the series, as in the history. */
const Figures = Type.Record(Type.String(), NumberOrNull)

/** The newest figures of each host and guest, at most some 10 s old. */
export const MetricsNowView = Type.Object({
  ...Versioned,
  at: WallMs,
  hosts: Type.Array(Type.Object({ host: Type.String(), measuredAt: orNull(WallMs), figures: orNull(Figures) })),
  guests: Type.Array(Type.Object({ guest: Type.String(), host: Type.String(), figures: Figures })),
  /** Hosts that did not answer. */
  absent: Names,
})
export type MetricsNowView = Wire<typeof MetricsNowView>

export const consoleKinds = ['vnc', 'serial'] as const
export type ConsoleKind = (typeof consoleKinds)[number]

export const ConsoleTicketRequest = Type.Object(
  {
    kind: words(consoleKinds),
    /** A serial console that somebody else has open is taken from them. */
    force: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type ConsoleTicketRequest = Wire<typeof ConsoleTicketRequest>

/** `path`: of the WebSocket, to be opened at this same daemon as `PATH?ticket=TICKET` within 60 s, once, in the session that asked. */
export const ConsoleTicket = Type.Object({ ...Versioned, ticket: Type.String(), path: Type.String() })
export type ConsoleTicket = Wire<typeof ConsoleTicket>
