import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileFault } from '../machine/file-faults.ts'

export interface DiskLatency {
  readonly medianMs: number
  /** The slowest of a hundred. */
  readonly p99Ms: number
  readonly writes: number
}

/** As etcd writes its log: 2 KiB at a time into a file that has its size already, each made durable. */
const writeBytes = 2_048
const fileBytes = 1024 * 1024
const maxWrites = 300

/** On a disk that takes this long for a few writes, a few are enough to know. */
const limitMs = 3_000

/** How long a durable write takes in this folder. Takes 3 s at most, and leaves nothing behind. Faults: `disk-full`, `not-allowed`, `file-unreadable`. */
export async function measureDisk(folder: string): Promise<DiskLatency> {
  const path = join(folder, 'latency.vigia-unfinished')
  try {
    const file = await open(path, 'w', 0o600)
    try {
      await file.write(Buffer.alloc(fileBytes))
      await file.sync()
      const bytes = Buffer.alloc(writeBytes, 1)
      const tookMs: number[] = []
      const began = performance.now()
      while (tookMs.length < maxWrites && (tookMs.length === 0 || performance.now() - began < limitMs)) {
        const before = performance.now()
        await file.write(bytes, 0, writeBytes, (tookMs.length * writeBytes) % fileBytes)
        await file.datasync()
        tookMs.push(performance.now() - before)
      }
      return summary(tookMs)
    } finally {
      await file.close()
      await rm(path, { force: true })
    }
  } catch (error) {
    throw fileFault(error, { kind: 'file', path })
  }
}

function summary(tookMs: readonly number[]): DiskLatency {
  const sorted = [...tookMs].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { medianMs: at(0.5), p99Ms: at(0.99), writes: sorted.length }
}
