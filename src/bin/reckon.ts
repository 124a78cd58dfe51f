import type { ForesightQuestion, Reckoned, ReckonQuestion } from '../api/reckoner.ts'
import { runAsking } from '../cli/plan/run-asking.ts'
import { schemaVersion } from '../contract/protocol.ts'
import { pictured } from '../core/availability/availability-view.ts'
import { budgetsOf } from '../core/availability/budget.ts'
import { observe } from '../core/availability/observe.ts'
import { reportAvailability } from '../core/availability/report.ts'
import { availabilityRows } from '../core/availability/rows.ts'
import { estimate } from '../core/foresight/confidence.ts'
import { foresight } from '../core/foresight/foresight-data.ts'
import { measure } from '../core/foresight/measured.ts'
import { consolidationData, planned } from '../core/plan/consolidation-data.ts'
import { compare } from '../core/tco/comparison.ts'
import { comparisonData, proposalsData } from '../core/tco/cost-data.ts'
import { weigh } from '../core/tco/proposals.ts'
import type { StoredEvent } from '../model/event.ts'
import type { Problem } from '../model/file/problem.ts'
import { parsePlanFile } from '../model/plan/read-plan-file.ts'
import { csv } from '../text/csv.ts'

type Question<Kind extends ReckonQuestion['kind']> = Extract<ReckonQuestion, { kind: Kind }>

/** Answers a question: on a thread of the daemon, or right here for tests. `events`: all that the history says of availability. */
export async function reckon(question: ReckonQuestion, events: readonly StoredEvent[]): Promise<Reckoned> {
  switch (question.kind) {
    case 'availability':
      return { kind: 'text', text: availability(question, events) }
    case 'foresight':
      return { kind: 'text', text: JSON.stringify(await foreseen(question, events)) }
    case 'plan':
      return ofFile(question)
    case 'plan-live': {
      const plan = consolidationData(await solved(planned('', question.file, question)))
      return answered(plan, [])
    }
  }
}

function availability(question: Question<'availability'>, events: readonly StoredEvent[]): string {
  const { cluster, wish, nowMs, format } = question
  const observed = observe(events, wish.untilMs)
  const report = reportAvailability(cluster, events, wish, observed)
  const untilNow = wish.untilMs === nowMs ? observed : observe(events, nowMs)
  const budgets = cluster.slas === undefined ? [] : budgetsOf(cluster, untilNow, nowMs)
  if (format === 'csv') return csv(availabilityRows(report, budgets))
  return JSON.stringify({ schemaVersion, ...pictured(cluster, report, budgets, question) })
}

async function foreseen(
  { cluster, given, nowMs, plays }: ForesightQuestion,
  events: readonly StoredEvent[],
): Promise<object> {
  const span = { fromMs: events[0]?.at ?? nowMs, untilMs: nowMs }
  const found = foresight(cluster, measure(events, observe(events, nowMs), span), given)
  if (plays === null) return { schemaVersion, ...found }
  // The pretend world is larger than all the rest here.
  const { playDesign } = await import('../sim/failures.ts')
  const values: number[] = []
  for (let seed = 1; seed <= plays; seed++) values.push(await playDesign(cluster, found.design, seed))
  return { schemaVersion, ...found, played: estimate(values) }
}

async function ofFile(question: Question<'plan'>): Promise<Reckoned> {
  const { path, text, files } = question
  const readFile = (name: string) => (Object.hasOwn(files, name) ? files[name]! : { reason: 'ENOENT' })
  const read = parsePlanFile(path, text, readFile)
  if (!read.ok) return { kind: 'problems', problems: [...read.problems, ...read.warnings] }
  const { plan, warnings } = read
  switch (plan.kind) {
    case 'comparison':
      return answered(comparisonData(path, compare(plan)), warnings)
    case 'proposals':
      return answered(proposalsData(path, weigh(plan)), warnings)
    case 'consolidation':
      return answered(consolidationData(await solved(planned(path, plan, question))), warnings)
  }
}

function answered(plan: object, problems: readonly Problem[]): Reckoned {
  return { kind: 'text', text: JSON.stringify({ schemaVersion, problems, plan }) }
}

function solved<Result>(asking: Parameters<typeof runAsking<Result>>[0]): Promise<Result> {
  return runAsking(asking, { solver: async () => (await import('../drivers/highs/solver.ts')).highsSolver() })
}
