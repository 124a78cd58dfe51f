import type { ClusterSpec } from '../cluster.ts'
import { defaultSettings } from '../cluster.ts'
import { defaultClusterName } from './cluster-table.ts'
import type { ClusterDraft } from './draft.ts'
import { formatOf } from './format.ts'
import type { Problem } from './problem.ts'
import { ProblemList } from './problem-list.ts'
import { readClusterFiles } from './read-files.ts'
import type { ReadFile } from './reader.ts'
import { resolveCluster } from './resolve.ts'

export interface ClusterFileInput {
  /** Absolute, or as the person gave it: paths inside the file are relative to its folder, and problems name it. */
  readonly path: string
  readonly text: string
  readonly readFile: ReadFile
  /** `auto`: told apart as `formatOf` says. */
  readonly format?: 'auto' | 'vigia' | 'lauxen'
}

interface Outcome {
  readonly format: 'vigia' | 'lauxen'
  /** Paths of all files that were asked for, the first one first: what to send along, what to watch for changes. */
  readonly files: readonly string[]
  readonly warnings: readonly Problem[]
}

export type ClusterFileResult =
  | (Outcome & { readonly ok: true; readonly spec: ClusterSpec })
  | (Outcome & { readonly ok: false; readonly problems: readonly Problem[] })

/**
 * Reads a cluster file and all it names. Never throws, whatever the text; all errors at once, in the order of the files.
 */
export function parseClusterFile(input: ClusterFileInput): ClusterFileResult {
  const problems = new ProblemList()
  const format = input.format === undefined || input.format === 'auto' ? formatOf(input.text) : input.format
  const draft: ClusterDraft = {
    name: defaultClusterName,
    settings: defaultSettings,
    hosts: [],
    guests: [],
    declared: new Set(),
    rules: [],
    slas: [],
    calendars: [],
    drills: null,
  }
  const files = readClusterFiles(input, format, draft, problems)
  const spec = resolveCluster(draft, problems)
  const warnings = problems.warnings()
  if (problems.hasErrors) return { ok: false, format, files, warnings, problems: problems.problems() }
  return { ok: true, format, files, warnings, spec }
}
