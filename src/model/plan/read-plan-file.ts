import { isNothing, type MapNode } from '../file/node.ts'
import type { Problem } from '../file/problem.ts'
import { ProblemList } from '../file/problem-list.ts'
import { isSoundText } from '../file/read-files.ts'
import { Reader, type ReadFile } from '../file/reader.ts'
import { wrongType } from '../file/shape.ts'
import { SourceText } from '../file/source.ts'
import { readYamlTree } from '../file/yaml-tree.ts'
import { readComparison } from './comparison-file.ts'
import type { ConsolidationFile } from './consolidation.ts'
import { readConsolidation } from './consolidation-file.ts'
import type { Comparison, Proposals } from './cost.ts'
import { currency } from './cost-shapes.ts'
import { readProposals } from './proposals-file.ts'

/** What `vigia plan` can be asked. */
export type PlanFile = Comparison | Proposals | ConsolidationFile

export type PlanFileResult =
  | { readonly ok: true; readonly plan: PlanFile; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }

/** Reads a file of `vigia plan`; what it asks is told by its keys. Never throws, whatever the text; all errors at once. */
export function parsePlanFile(path: string, text: string, readFile: ReadFile = nothingThere): PlanFileResult {
  const problems = new ProblemList()
  const source = new SourceText(path, text.startsWith('\uFEFF') ? text.slice(1) : text)
  const reader = new Reader(source, problems, readFile)
  const plan = isSoundText(reader, text.length) ? readPlan(reader) : undefined
  const warnings = problems.warnings()
  if (problems.hasErrors || plan === undefined) return { ok: false, problems: problems.problems(), warnings }
  return { ok: true, plan, warnings }
}

const nothingThere: ReadFile = () => ({ reason: 'ENOENT' })

function readPlan(reader: Reader): PlanFile | undefined {
  const tree = readYamlTree(reader)
  if (tree === undefined) return undefined
  if (isNothing(tree)) return reader.error({ at: 0 }, { code: 'empty-file' })
  if (tree.kind !== 'map') return wrongType(tree, reader, 'map')
  const keys = new Set(tree.entries.map(({ key }) => key))
  if (keys.has('proposals')) return withCurrency(tree, reader, readProposals)
  if (keys.has('guests')) return readConsolidation(tree, reader)
  if (keys.has('perServer')) return withCurrency(tree, reader, readComparison)
  return reader.error(tree, { code: 'missing-key', expected: 'guests / proposals / perServer' })
}

/** Amounts are read by their currency: it comes first, wherever it stands. */
function withCurrency<T>(
  tree: MapNode,
  reader: Reader,
  read: (tree: MapNode, code: string, reader: Reader) => T | undefined,
): T | undefined {
  const written = tree.entries.find(({ key }) => key === 'currency')?.value
  if (written === undefined) return reader.error(tree, { code: 'missing-key', expected: 'currency' })
  const code = reader.under('currency', () => currency.read(written, reader))
  return code === undefined ? undefined : read(tree, code, reader)
}
