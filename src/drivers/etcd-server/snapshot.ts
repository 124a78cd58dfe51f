import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../model/fault.ts'
import { syncFolder, unfinishedEnding } from '../ca/durable-file.ts'
import { linesOf } from '../etcd/watch-answers.ts'
import { decodeBytes, record } from '../etcd/wire.ts'
import { fileFault } from '../machine/file-faults.ts'
import type { EtcdAdmin } from './admin.ts'

/** A copy of a store at its quota over a slow line. */
const snapshotMs = 600_000

/** etcd ends a snapshot with its SHA-256. Pages of its file are multiples of 512. */
const hashBytes = 32
const pageBytes = 512

const fileEnding = '.snapshot'

/** Saves the whole store as of now, as etcd's own tools read it (`etcdctl snapshot restore`). Returns the path. Faults: the store's, the file system's. */
export async function saveSnapshot(from: EtcdAdmin, path: string): Promise<string> {
  const unfinished = `${path}${unfinishedEnding}`
  try {
    const file = await open(unfinished, 'w', 0o600)
    try {
      for await (const line of linesOf(await from.stream('/v3/maintenance/snapshot', snapshotMs), () => {})) {
        const answer = record(JSON.parse(line), 'an answer')
        await file.write(decodeBytes(record(answer.result, 'a result').blob, 'a part of a snapshot'))
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await checkSnapshot(unfinished)
    await rename(unfinished, path)
    await syncFolder(join(path, '..'))
    return path
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error instanceof Fault ? error : fileFault(error, { kind: 'file', path })
  }
}

/** Saves one into a folder under the time's name, and drops the oldest beyond `keep`. */
export async function saveDatedSnapshot(
  from: EtcdAdmin,
  folder: string,
  wallMs: number,
  keep: number,
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = new Date(wallMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const path = await saveSnapshot(from, join(folder, `${name}${fileEnding}`))
  const saved = (await readdir(folder)).filter((each) => each.endsWith(fileEnding)).sort()
  for (const old of saved.slice(0, Math.max(0, saved.length - keep))) await rm(join(folder, old), { force: true })
  return path
}

/** Whether a snapshot is whole. Returns the size without its hash. Faults: `store-corrupt`, `file-unreadable`. */
export async function checkSnapshot(path: string): Promise<number> {
  try {
    const bytes = (await stat(path)).size - hashBytes
    if (bytes < pageBytes || bytes % pageBytes !== 0) throw corrupt(path)
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(path, { end: bytes - 1 })) hash.update(chunk as Buffer)
    const stored: Buffer[] = []
    for await (const chunk of createReadStream(path, { start: bytes })) stored.push(chunk as Buffer)
    if (!hash.digest().equals(Buffer.concat(stored))) throw corrupt(path)
    return bytes
  } catch (error) {
    throw fileFault(error, { kind: 'file', path })
  }
}

function corrupt(path: string): Fault {
  return new Fault('store-corrupt', 'not-done', { path, text: 'the snapshot is not whole' })
}
