import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Fault } from '../model/fault.ts'
import { maxCharacters } from '../model/file/limits.ts'
import type { ClusterFileResult } from '../model/file/parse-cluster-file.ts'
import { parseClusterFile } from '../model/file/parse-cluster-file.ts'
import type { ReadFile } from '../model/file/reader.ts'

/** No file that belongs to a cluster file is as large as this in bytes; a disk image named by mistake is. */
const maxBytes = maxCharacters * 4

export interface ReadCluster {
  readonly result: ClusterFileResult
  readonly text: string
  /** Every further file that was read, by its absolute path. */
  readonly files: Readonly<Record<string, string>>
}

/** Reads and checks a cluster file with all it includes. Throws `file-unreadable` for the first file only: the rest are problems of it. */
export function readClusterFile(path: string): ReadCluster {
  const text = readText(path)
  if (typeof text !== 'string') throw new Fault('file-unreadable', 'not-done', { file: path, text: text.reason })
  const files: Record<string, string> = {}
  const readFile: ReadFile = (wanted) => {
    const found = readText(wanted)
    if (typeof found === 'string') files[resolve(wanted)] = found
    return found
  }
  return { result: parseClusterFile({ path, text, readFile }), text, files }
}

export function readText(path: string): string | { readonly reason: string } {
  try {
    const about = statSync(path)
    // A pipe (`<(…)`, /dev/stdin) has no size, and is as good as a file.
    if (about.isDirectory()) return { reason: 'EISDIR' }
    if (about.size > maxBytes) return { reason: 'too-large' }
    return readFileSync(path, 'utf8')
  } catch (error) {
    return { reason: (error as NodeJS.ErrnoException).code ?? String(error) }
  }
}
