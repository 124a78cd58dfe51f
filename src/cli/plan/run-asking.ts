import type { Asking } from '../../core/plan/consolidate.ts'
import type { ProgramAnswer } from '../../model/plan/program.ts'
import type { CliPowers } from '../context.ts'

/** Runs what asks, with the solver of this installation; without one, every answer is that nothing is known. */
export async function runAsking<Result>(asking: Asking<Result>, powers: Pick<CliPowers, 'solver'>): Promise<Result> {
  let solver: Awaited<ReturnType<NonNullable<CliPowers['solver']>>> | null = null
  try {
    for (let step = asking.next(); ; ) {
      if (step.done) return step.value
      solver ??= (await powers.solver?.()) ?? null
      const nothing: ProgramAnswer = { kind: 'unknown', bound: null, tookMs: 0 }
      step = asking.next(solver === null ? nothing : await solver.solve(step.value))
    }
  } finally {
    await solver?.close()
  }
}
