import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { deleteNamespace } from './network.ts'
import { isAlive, signal, waitGone } from './process-mark.ts'
import { labFolder, namespacePrefix, readState, StateFile } from './state.ts'

/** How long all processes of a lab may take to end after SIGKILL. */
const END_LIMIT_MS = 60_000

/**
 * Takes a lab down from what its state file records, whoever started it and however that ended.
 * Only recorded processes whose start time still fits are ended, only recorded namespaces of this lab are deleted.
 * Returns what was done, a line each; nothing when there was no such lab.
 */
export async function labDown(id: string, options: { keepFolder?: boolean } = {}): Promise<string[]> {
  const folder = labFolder(id)
  const found = readState(folder)
  if (found === undefined) return []
  if (found.id !== id) throw new Error(`${folder} belongs to lab '${found.id}'`)
  const state = new StateFile(found)
  const done: string[] = []
  const alive = found.processes.filter(isAlive)
  // SIGKILL reaches a stopped process too, but its stopped parent would never collect it.
  for (const mark of alive) if (signal(mark, 'SIGKILL')) done.push(`ended ${mark.what} (process ${mark.pid})`)
  for (const mark of alive) {
    await waitGone(mark, END_LIMIT_MS)
    state.removeProcess(mark)
  }
  for (const name of found.namespaces) {
    if (!name.startsWith(namespacePrefix(id))) continue
    await deleteNamespace(state, name)
    done.push(`removed namespace ${name}`)
  }
  if (!options.keepFolder && existsSync(join(folder, 'state.json'))) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    done.push(`removed ${folder}`)
  }
  return done
}
