/**
 * Looks all the time for a disk that two QEMU processes of this machine have open (see `DiskWatch`). Arguments: the disks. A line for each
 * pair that is new; one with the figures when its input ends.
 */
import { setPriority } from 'node:os'
import { emulators, openFiles } from './qemu.ts'

export interface Looked {
  readonly looks: number
  /** Longest time between two looks, ms. */
  readonly longestMs: number
}

/** Well below the time that a guest needs to do harm, well above what a look costs. */
const EACH_MS = 50

const disks = new Set(process.argv.slice(2))
const seen = new Set<string>()
let looks = 0
let longestMs = 0
let lastAt = performance.now()

function look(): void {
  const now = performance.now()
  longestMs = Math.max(longestMs, now - lastAt)
  lastAt = now
  looks += 1
  const byDisk = new Map<string, number[]>()
  for (const { pid } of emulators()) {
    for (const disk of openFiles(pid, disks)) byDisk.set(disk, [...(byDisk.get(disk) ?? []), pid])
  }
  for (const [disk, pids] of byDisk) {
    const line = `${disk}: open by ${pids.join(', ')}`
    if (pids.length < 2 || seen.has(line)) continue
    seen.add(line)
    process.stdout.write(`${JSON.stringify({ seen: line })}\n`)
  }
}

if (import.meta.main) {
  // A starved observer sees nothing.
  setPriority(-20)
  setInterval(look, EACH_MS)
  process.stdin.on('data', () => {
    process.stdout.write(`${JSON.stringify({ looks, longestMs })}\n`)
    longestMs = 0
  })
  process.stdin.on('end', () => process.exit(0))
}
