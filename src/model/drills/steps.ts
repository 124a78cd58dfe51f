import type { Disturbance, DrillMeasure, DrillPlan, DrillRun } from '../drill.ts'

/** One run that is to be done. */
export interface DrillStep {
  readonly measure: DrillMeasure
  readonly during: Disturbance
  readonly number: number
}

/**
 * All runs in their order: each disturbance once for each measure, then all of them again. So what changes in the course of a long drill (other
 * work on the hosts, a warm cache) falls on the baseline and on the disturbed runs alike.
 */
export function stepsOf({ measures, during, runs }: DrillPlan): readonly DrillStep[] {
  return Array.from({ length: runs }, (_, index) =>
    measures.flatMap((measure) => during.map((one) => ({ measure, during: one, number: index + 1 }))),
  ).flat()
}

/** The first that has not been done. */
export function nextStep(plan: DrillPlan, done: readonly DrillRun[]): DrillStep | null {
  return stepsOf(plan)[done.length] ?? null
}
