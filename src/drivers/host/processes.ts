import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Pids of the processes on this host that are this program, started by itself or by an interpreter. Those of other network namespaces (a container, a laboratory) are other hosts'. */
export function processesOf(program: string, proc = '/proc'): number[] {
  const here = networkOf(join(proc, 'self'))
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name) && isProgram(join(proc, name), program))
    .filter((name) => {
      const there = networkOf(join(proc, name))
      return there === null || here === null || there === here
    })
    .map(Number)
}

function isProgram(folder: string, program: string): boolean {
  try {
    const words = readFileSync(join(folder, 'cmdline'), 'latin1').split('\0').slice(0, 2)
    return words.some((word) => basename(word).replace(/\.[jt]s$/, '') === program)
  } catch {
    // It ended meanwhile.
    return false
  }
}

/** Null: it is not ours to see. */
function networkOf(folder: string): string | null {
  try {
    return readlinkSync(join(folder, 'ns', 'net'))
  } catch {
    return null
  }
}
