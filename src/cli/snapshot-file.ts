import type { ClusterSnapshot } from '../core/snapshot.ts'
import { snapshotFrom } from '../core/snapshot-text.ts'
import { Fault } from '../model/fault.ts'
import { readText } from './cluster-file.ts'

/** Reads what `vigia snapshot` wrote. Faults: `file-unreadable`, `bad-data`. */
export function readSnapshot(file: string): ClusterSnapshot {
  const text = readText(file)
  if (typeof text !== 'string') throw new Fault('file-unreadable', 'not-done', { file, text: text.reason })
  const snapshot = snapshotFrom(text)
  if (snapshot !== null) return snapshot
  throw new Fault('bad-data', 'not-done', {
    path: file,
    expected: 'a snapshot of this version',
    got: text.slice(0, 40),
  })
}
