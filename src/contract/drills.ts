import Type from 'typebox'
import {
  type Disturbance,
  type DrillMeasure,
  type DrillPlan,
  type DrillRefusal,
  type DrillRestore,
  type DrillRun,
  type DrillStop,
  disturbances,
  drillLimits,
  drillMeasures,
} from '../model/drill.ts'
import { modelData, NumberOrNull, orNull, StringOrNull, Versioned, WallMs, type Wire, words } from './schema.ts'

const Name = Type.String({ minLength: 1, maxLength: 100 })
const Path = Type.String({ minLength: 1, maxLength: 2_000, pattern: '^/[^\\s]*$' })
const { runs, connections, requests, pingIntervalMs, baselineMs, failureMs } = drillLimits

/** Absent = the usual one. */
export const DrillRequest = Type.Object(
  {
    guest: Name,
    measures: Type.Array(words(drillMeasures), { minItems: 1, maxItems: drillMeasures.length, uniqueItems: true }),
    during: Type.Array(words(disturbances), { minItems: 1, maxItems: disturbances.length, uniqueItems: true }),
    runs: Type.Optional(Type.Integer({ minimum: 1, maximum: runs })),
    to: Type.Optional(Name),
    pingIntervalMs: Type.Optional(Type.Integer({ minimum: pingIntervalMs.least, maximum: pingIntervalMs.most })),
    baselineMs: Type.Optional(Type.Integer({ minimum: baselineMs.least, maximum: baselineMs.most })),
    edgeMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
    transferPath: Type.Optional(Path),
    loadPath: Type.Optional(Path),
    connections: Type.Optional(Type.Integer({ minimum: 1, maximum: connections })),
    requests: Type.Optional(Type.Integer({ minimum: 1, maximum: requests })),
    service: Type.Optional(Name),
    failureMs: Type.Optional(Type.Integer({ minimum: failureMs.least, maximum: failureMs.most })),
    /** Somebody said yes, of a cluster that people use. */
    confirmed: Type.Optional(Type.Boolean()),
    /** Only whether it might begin. */
    dryRun: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type DrillRequest = Wire<typeof DrillRequest>

const Data = { type: 'object' } as const
const Coded = { type: 'object', required: ['code'], properties: { code: { type: 'string' } } } as const

const common = {
  id: Type.String(),
  plan: modelData<DrillPlan>(Data),
  by: Type.String(),
  at: WallMs,
  /** That measures. */
  host: Type.String(),
}

export const DrillProgress = Type.Object({
  ...common,
  doing: words(['resting', 'measuring', 'restoring']),
  done: Type.Integer(),
  of: Type.Integer(),
  /** What is done now, or next. Null: all is done. */
  step: orNull(
    Type.Object({
      measure: modelData<DrillMeasure>({ type: 'string' }),
      during: modelData<Disturbance>({ type: 'string' }),
      number: Type.Integer(),
    }),
  ),
  /** The newest run that is over. Null: none is. */
  latest: orNull(modelData<DrillRun>(Data)),
})
export type DrillProgress = Wire<typeof DrillProgress>

const ended = {
  ...common,
  endedAt: WallMs,
  stopped: orNull(modelData<DrillStop>(Coded)),
  restore: modelData<DrillRestore>({ type: 'object', required: ['kind'] }),
}

/** Without its runs. */
export const DrillSummary = Type.Object({ ...ended, runs: Type.Integer() })
export type DrillSummary = Wire<typeof DrillSummary>

/** What the advice of a report is judged by, of the cluster file in force. */
const Settings = Type.Object({ leaseMs: Type.Number(), migrationBandwidthMib: NumberOrNull })

export const DrillsView = Type.Object({
  ...Versioned,
  running: orNull(DrillProgress),
  /** Newest first. */
  results: Type.Array(DrillSummary),
  /** Of the cluster file: by name, with when the window opens next. */
  schedules: Type.Array(
    Type.Object({ name: Type.String(), guest: Type.String(), when: Type.String(), opensAt: NumberOrNull }),
  ),
  production: Type.Boolean(),
  /** Host that measures. Null: the one that is asked. */
  client: StringOrNull,
})
export type DrillsView = Wire<typeof DrillsView>

export const DrillView = Type.Object({
  ...Versioned,
  drill: Type.Object({ ...ended, runs: Type.Array(modelData<DrillRun>(Data)) }),
  settings: Settings,
})
export type DrillView = Wire<typeof DrillView>

/** "No" is an answer: `begun` null, and every reason. */
export const DrillBegun = Type.Object({
  ...Versioned,
  begun: StringOrNull,
  refusals: Type.Array(modelData<DrillRefusal>(Coded)),
})
export type DrillBegun = Wire<typeof DrillBegun>

export const DrillParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) })
