import { parentPort } from 'node:worker_threads'
import highsPackage, { type Highs, type Model, type ModelData } from 'highs'
import type { ProgramAnswer, ProgramQuestion } from '../../model/plan/program.ts'

/** As good as the best: figures of a plan are whole. */
const gap = 1e-9

// Its types describe a CommonJS module; what is loaded is the ES module beside it.
const loadHighs = highsPackage as unknown as typeof highsPackage.default

const highs = await loadHighs()

parentPort!.on('message', (question: ProgramQuestion) => {
  const began = performance.now()
  const answer = question.program.cost.length === 0 ? withoutColumns(question) : answered(question)
  parentPort!.postMessage({ ...answer, tookMs: performance.now() - began } satisfies ProgramAnswer)
})

function answered(question: ProgramQuestion): Answer {
  const model = highs.createModel(modelData(highs, question))
  try {
    return solved(model, question)
  } finally {
    model.dispose()
  }
}

/** Nothing is to be chosen, and each sum is 0; HiGHS takes no start for such a program. */
function withoutColumns({ program: { rows } }: ProgramQuestion): Answer {
  if (rows.some(({ lower, upper }) => lower > 0 || upper < 0)) return { kind: 'impossible' }
  return { kind: 'solved', values: [], cost: 0, bound: 0, proven: true }
}

function modelData({ constants }: Highs, { program: { cost, upper, whole, rows } }: ProgramQuestion): ModelData {
  const starts = new Int32Array(rows.length + 1)
  for (const [index, row] of rows.entries()) starts[index + 1] = starts[index]! + row.columns.length
  const { integer, continuous } = constants.variableType
  return {
    numCols: cost.length,
    numRows: rows.length,
    sense: constants.objectiveSense.minimize,
    colCost: Float64Array.from(cost),
    colLower: new Float64Array(cost.length),
    colUpper: Float64Array.from(upper),
    rowLower: Float64Array.from(rows, ({ lower }) => lower),
    rowUpper: Float64Array.from(rows, (row) => row.upper),
    integrality: Int32Array.from(whole, (one) => (one ? integer : continuous)),
    matrix: {
      format: 'csr',
      numRows: rows.length,
      numCols: cost.length,
      starts,
      indices: Int32Array.from(rows.flatMap(({ columns }) => columns)),
      values: Float64Array.from(rows.flatMap(({ values }) => values)),
    },
  }
}

type Answer = ProgramAnswer extends infer One ? (One extends ProgramAnswer ? Omit<One, 'tookMs'> : never) : never

function solved(model: Model, { start, limitMs }: ProgramQuestion): Answer {
  model.options.set({ output_flag: false, time_limit: limitMs / 1_000, mip_rel_gap: gap, mip_abs_gap: gap })
  if (start !== null) model.setSolution({ colValue: Float64Array.from(start) })
  model.run()
  const { infeasible, optimal } = highs.constants.modelStatus
  const status = model.getModelStatus()
  if (status === infeasible) return { kind: 'impossible' }
  const bound = Number(model.info.get('mip_dual_bound'))
  // 2: a feasible point is there.
  if (status !== optimal && Number(model.info.get('primal_solution_status')) !== 2) {
    return { kind: 'unknown', bound: Number.isFinite(bound) ? bound : null }
  }
  const cost = model.getObjectiveValue()
  return {
    kind: 'solved',
    values: [...model.getSolution().colValue],
    cost,
    bound: status === optimal ? cost : bound,
    proven: status === optimal,
  }
}
