import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Fault } from '../../model/fault.ts'
import type { ProgramAnswer, ProgramQuestion } from '../../model/plan/program.ts'
import type { Solver } from '../../ports/solver.ts'

/** A solver looks at its clock now and then; one that does not is ended. */
const patienceMs = 10_000

/** HiGHS on a thread of its own, loaded with the first question: it computes without a pause, and nothing else may wait for it. */
export function highsSolver(): Solver {
  let worker: Worker | null = null
  let closed = false
  const ended = async (): Promise<void> => {
    const last = worker
    worker = null
    await last?.terminate()
  }
  return {
    async solve(question) {
      if (closed) throw broken('the solver is closed')
      worker ??= new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), { name: 'vigia-solver' })
      try {
        const answer = await asked(worker, question)
        // It did not keep to its time: what it still computes must not be taken for the next answer.
        if (answer.tookMs >= question.limitMs + patienceMs) await ended()
        return answer
      } catch (error) {
        await ended()
        throw error
      }
    },
    async close() {
      closed = true
      await ended()
    },
  }
}

async function asked(worker: Worker, question: ProgramQuestion): Promise<ProgramAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ProgramAnswer>()
  const limitMs = question.limitMs + patienceMs
  const timer = setTimeout(() => resolve({ kind: 'unknown', bound: null, tookMs: limitMs }), limitMs)
  const failed = (error: unknown): void => reject(broken(error instanceof Error ? error.message : String(error), error))
  const gone = (code: number): void => reject(broken(`the solver's thread ended with ${code}`))
  worker.once('message', resolve).once('error', failed).once('exit', gone)
  try {
    worker.postMessage(question)
    return await promise
  } finally {
    clearTimeout(timer)
    worker.off('message', resolve).off('error', failed).off('exit', gone)
  }
}

function broken(text: string, cause: unknown = null): Fault {
  return new Fault('internal', 'not-done', { text }, { cause })
}
