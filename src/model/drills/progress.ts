import type { Disturbance, DrillId, DrillMeasure, DrillPlan, DrillRun, RunningDrill } from '../drill.ts'
import type { HostId, WallTime } from '../ids.ts'
import { nextStep, stepsOf } from './steps.ts'

/** How far a drill is, as it is told to whoever watches. */
export interface DrillProgress {
  readonly id: DrillId
  readonly plan: DrillPlan
  readonly by: string
  readonly at: WallTime
  readonly host: HostId
  readonly doing: RunningDrill['doing']
  /** Runs that are over, of all. */
  readonly done: number
  readonly of: number
  /** What is done now, or next. Null: all is done. */
  readonly step: { readonly measure: DrillMeasure; readonly during: Disturbance; readonly number: number } | null
  /** The newest run that is over. Null: none is. */
  readonly latest: DrillRun | null
}

export function drillProgress({ id, plan, by, at, host, doing, runs }: RunningDrill): DrillProgress {
  return {
    ...{ id, plan, by, at, host, doing, done: runs.length, of: stepsOf(plan).length },
    ...{ step: nextStep(plan, runs), latest: runs.at(-1) ?? null },
  }
}
