import type { ProgramAnswer, ProgramQuestion } from '../model/plan/program.ts'

/** Solves linear programs. Asked by whoever plans, never by the daemon's decisions. */
export interface Solver {
  /**
   * Answers within `limitMs` and a little: what was found until then. Repeating it is harmless. One question at a time.
   * Faults: `internal` when the solver itself broke down; nothing is known then.
   */
  solve(question: ProgramQuestion): Promise<ProgramAnswer>
  /** Ends whatever runs; harmless if repeated. */
  close(): Promise<void>
}
