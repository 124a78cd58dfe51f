import Type from 'typebox'
import type { Assumption } from '../model/plan/consolidation.ts'
import { type Blocked, type HeadroomLimit, type Move, resourceNames, type Shortage } from '../model/plan/outcome.ts'
import { ProblemView } from './error.ts'
import { modelData, Names, NumberOrNull, orNull, StringOrNull, Versioned, type Wire, words } from './schema.ts'

const Weight = Type.Number({ minimum: 0, maximum: 10_000 })

/** Longest search of a plan that a daemon makes for somebody. */
export const planLimitMaxMs = 60_000
export const planLimitUsualMs = 20_000

const asked = {
  /** So many hosts may be lost at once. Absent: as the file says. */
  survive: Type.Optional(Type.Integer({ minimum: 0, maximum: 4 })),
  weights: Type.Optional(
    Type.Object({ users: Weight, requests: Weight, volume: Weight }, { additionalProperties: false }),
  ),
  /** How long the best plan is looked for. */
  limitMs: Type.Optional(Type.Integer({ minimum: 100, maximum: planLimitMaxMs })),
}

/** Of a file of `vigia plan`, or of the cluster as it is now. The daemon opens no path: what the file names (`use`) is sent along. */
export const PlanRequest = Type.Union([
  Type.Object(
    {
      text: Type.String({ maxLength: 4_194_304 }),
      /** For messages. */
      path: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      files: Type.Optional(Type.Record(Type.String({ maxLength: 200 }), Type.String({ maxLength: 4_194_304 }))),
      ...asked,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      live: Type.Literal(true),
      /** `month`: what guests were measured to use in the last month takes the place of what they were given. */
      use: Type.Optional(words(['given', 'month'])),
      ...asked,
    },
    { additionalProperties: false },
  ),
])
export type PlanRequest = Wire<typeof PlanRequest>

const Amounts = Type.Record(Type.String(), NumberOrNull)
const Criteria = { users: NumberOrNull, requests: NumberOrNull, volume: NumberOrNull }
const Resource = words(resourceNames)

/** Which hosts are needed, who goes where, in which order. Sizes in MiB, processors in thousandths of a core, totals of a file in GB. */
const Consolidation = Type.Object({
  kind: Type.Literal('consolidation'),
  file: Type.String(),
  survive: Type.Integer(),
  outcome: words(['found', 'impossible', 'not-found']),
  guests: Type.Integer(),
  /** Hosts that are there today. */
  present: Type.Integer(),
  critical: Type.Object({
    weights: Type.Object({ users: Type.Number(), requests: Type.Number(), volume: Type.Number() }),
    ranking: Type.Array(
      Type.Object({
        rank: Type.Integer(),
        service: Type.String(),
        guests: Names,
        score: Type.Number(),
        figures: Type.Object(Criteria),
        words: Type.Record(Type.String(), Type.String()),
      }),
    ),
    totals: Type.Object({ cores: Type.Number(), memoryGb: Type.Number(), diskGb: Type.Number() }),
    differences: Type.Array(
      Type.Object({
        list: words(['printedTotals', 'checkedTotals']),
        what: words(['cores', 'memoryGb', 'diskGb']),
        stated: Type.Number(),
        derived: Type.Number(),
      }),
    ),
  }),
  assumptions: Type.Array(modelData<Assumption>({ type: 'object', required: ['code'] })),
  bareMetal: Names,
  /** Only where no plan exists: why. */
  because: Type.Optional(modelData<Shortage>({ type: 'object', required: ['code'] })),
  /** All that follows is there where a plan was found. */
  kept: Type.Optional(Names),
  freed: Type.Optional(Names),
  bought: Type.Optional(Names),
  price: Type.Optional(
    Type.Object({
      currency: StringOrNull,
      total: Type.Number(),
      bound: Type.Number(),
      gap: Type.Number(),
      proven: Type.Boolean(),
    }),
  ),
  whyNotLess: Type.Optional(
    orNull(Type.Object({ hosts: Names, because: modelData<Shortage>({ type: 'object', required: ['code'] }) })),
  ),
  placement: Type.Optional(Type.Record(Type.String(), Type.String())),
  hosts: Type.Optional(
    Type.Array(
      Type.Object({
        host: Type.String(),
        becomes: words(['kept', 'freed', 'bought']),
        guests: Names,
        held: Amounts,
        capacity: Amounts,
      }),
    ),
  ),
  survives: Type.Optional(Type.Literal(true)),
  /** Of each loss: where each guest of the lost hosts goes. */
  losses: Type.Optional(
    Type.Array(
      Type.Object({
        lost: Names,
        goes: Type.Array(Type.Object({ guest: Type.String(), to: Type.String() })),
      }),
    ),
  ),
  moves: Type.Optional(
    Type.Object({
      count: Type.Integer(),
      bound: Type.Integer(),
      proven: Type.Boolean(),
      kind: words(['order', 'none']),
      /** In their order. */
      moves: Type.Optional(
        Type.Array(modelData<Move>({ type: 'object', required: ['guests', 'from', 'to', 'aside'] })),
      ),
      /** Of `none`: what stands in the way. */
      blocked: Type.Optional(Type.Array(modelData<Blocked>({ type: 'object', required: ['guests', 'to', 'because'] }))),
    }),
  ),
  headroom: Type.Optional(
    Type.Object({
      left: Type.Array(Type.Object({ resource: Resource, amount: NumberOrNull })),
      grows: Type.Boolean(),
      days: NumberOrNull,
      limit: orNull(modelData<HeadroomLimit>({ type: 'object', required: ['code'] })),
      /** `2027-03-01`. */
      date: StringOrNull,
    }),
  ),
})
export type ConsolidationView = Wire<typeof Consolidation>

const CostLine = Type.Object({
  name: Type.String(),
  count: Type.Integer(),
  each: Type.Number(),
  total: Type.Number(),
})

/** Many servers against few hosts. Amounts are numbers with all digits of their currency. */
const Comparison = Type.Object({
  kind: Type.Literal('comparison'),
  file: Type.String(),
  currency: Type.String(),
  servers: Type.Integer(),
  hosts: Type.Integer(),
  costs: Type.Object({ physical: Type.Array(CostLine), virtual: Type.Array(CostLine) }),
  sums: Type.Array(
    Type.Object({
      path: Type.String(),
      unit: words(['money', 'watts', 'share']),
      value: Type.Number(),
      stated: NumberOrNull,
    }),
  ),
  /** Sums that the file states otherwise than its own figures give. */
  differences: Type.Array(Type.Object({ path: Type.String(), stated: Type.Number(), derived: Type.Number() })),
})
export type ComparisonView = Wire<typeof Comparison>

const Against = Type.Object({
  saving: Type.Number(),
  savingShare: NumberOrNull,
  netPresentValue: Type.Number(),
  returnOnInvestment: NumberOrNull,
  paybackYears: NumberOrNull,
  sensitivity: Type.Array(
    Type.Object({ input: Type.String(), less: Type.Number(), more: Type.Number(), swing: Type.Number() }),
  ),
})

/** What each proposal costs over years, cheapest first. */
const Proposals = Type.Object({
  kind: Type.Literal('proposals'),
  file: Type.String(),
  currency: Type.String(),
  years: Type.Integer(),
  baseline: Type.String(),
  sensitivity: Type.Number(),
  proposals: Type.Array(
    Type.Object({
      name: Type.String(),
      machines: Type.Array(Type.Integer()),
      items: Type.Array(Type.Object({ name: Type.String(), when: words(['bought', 'yearly']), total: Type.Number() })),
      byYear: Type.Array(Type.Number()),
      total: Type.Number(),
      presentValue: Type.Number(),
      energyKwh: Type.Number(),
      /** Null: the baseline itself. */
      against: orNull(Against),
    }),
  ),
})
export type ProposalsView = Wire<typeof Proposals>

/** `plan`: what `vigia plan FILE -o json` prints. `problems`: warnings of the file. */
export const PlanView = Type.Object({
  ...Versioned,
  problems: Type.Array(ProblemView),
  plan: Type.Union([Consolidation, Comparison, Proposals]),
})
export type PlanView = Wire<typeof PlanView>
