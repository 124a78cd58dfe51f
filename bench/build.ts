import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { must } from '../lab/run.ts'
import { root } from './machine.ts'

/** The daemon as it is published: types stripped beforehand, no compiler in its memory. */
export const daemonProgram = join(root, 'dist', 'bin', 'vigiad.js')
export const commandProgram = join(root, 'dist', 'bin', 'vigia.js')

const COMPILE_LIMIT_MS = 300_000

/** Compiles `src` into `dist` unless that is newer than every source. Types are checked elsewhere. */
export async function compiled(): Promise<void> {
  const newest = Math.max(...files(join(root, 'src')).map((file) => statSync(file).mtimeMs))
  if (existsSync(daemonProgram) && statSync(daemonProgram).mtimeMs > newest) return
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  await must(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--noCheck'], {
    timeoutMs: COMPILE_LIMIT_MS,
    cwd: root,
  })
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
