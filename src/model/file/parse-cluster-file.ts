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

export type ClusterFileResult =
  | {
      readonly ok: true
      readonly format: 'vigia' | 'lauxen'
      readonly spec: ClusterSpec
      readonly files: readonly string[]
      readonly warnings: readonly Problem[]
    }
  | {
      readonly ok: false
      readonly format: 'vigia' | 'lauxen'
      readonly problems: readonly Problem[]
      readonly warnings: readonly Problem[]
    }

/**
 * Reads a cluster file and all it names. Never throws, whatever the text; all errors at once, in the order of the files.
 * `files` are the paths of every file read, the first one first: what to watch for changes.
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
  }
  const files = readClusterFiles(input, format, draft, problems)
  const spec = resolveCluster(draft, problems)
  const warnings = problems.warnings()
  if (problems.hasErrors) return { ok: false, format, problems: problems.problems(), warnings }
  return { ok: true, format, spec, files, warnings }
}
