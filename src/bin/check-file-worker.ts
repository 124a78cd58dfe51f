import { parentPort } from 'node:worker_threads'
import type { CheckedFile, ClusterFileSource } from '../api/powers.ts'
import { parseClusterFile } from '../model/file/parse-cluster-file.ts'

parentPort?.on('message', (source: ClusterFileSource) => parentPort?.postMessage(checked(source)))

/** Reads a file with what was sent along: the daemon opens no path that a client names. */
function checked({ path, text, files }: ClusterFileSource): CheckedFile {
  const readFile = (wanted: string) => files[wanted] ?? { reason: 'ENOENT' }
  const result = parseClusterFile({ path, text, readFile })
  return {
    spec: result.ok ? result.spec : null,
    format: result.format,
    problems: result.ok ? result.warnings : [...result.problems, ...result.warnings],
  }
}
