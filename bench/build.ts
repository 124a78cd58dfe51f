import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { must } from '../lab/run.ts'
import { root } from './machine.ts'

/** The daemon as it is published: types stripped beforehand, no compiler in its memory. */
const daemonProgram = join(root, 'dist', 'bin', 'vigiad.js')

/** Node, its options and the program, as the installed command starts it. */
export function daemonCommand(): readonly [string, ...string[]] {
  const launcher = readFileSync(join(root, 'bin', 'start.sh'), 'utf8')
  const options = /options=(-\S+)/.exec(launcher)?.[1]
  return [process.execPath, ...(options === undefined ? [] : [options]), daemonProgram]
}

/** The same in the environment that the installed command gives it. */
export function daemonInItsEnvironment(): readonly [string, ...string[]] {
  const launcher = readFileSync(join(root, 'bin', 'start.sh'), 'utf8')
  const variables = [...launcher.matchAll(/export (MALLOC_\w+)="\$\{\1:-(\w+)\}"/g)].map(
    ([, name, value]) => `${name}=${value}`,
  )
  return ['/usr/bin/env', ...variables, ...daemonCommand()]
}

const COMPILE_LIMIT_MS = 300_000

/** Written last: what is there before is not whole. */
const compiledMark = join(root, '.cache', 'compiling.done')

/** Held by the one who compiles: tests beside each other want the same. */
const compileLock = join(root, '.cache', 'compiling.lock')

/** Compiles `src` into `dist` unless that is newer than every source. Types are checked elsewhere. */
export async function compiled(): Promise<void> {
  if (isCompiled()) return
  mkdirSync(dirname(compileLock), { recursive: true })
  await must('flock', [compileLock, process.execPath, import.meta.filename], { timeoutMs: 2 * COMPILE_LIMIT_MS })
}

function isCompiled(): boolean {
  const newest = Math.max(...files(join(root, 'src')).map((file) => statSync(file).mtimeMs))
  return existsSync(daemonProgram) && existsSync(compiledMark) && statSync(compiledMark).mtimeMs > newest
}

async function compile(): Promise<void> {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  await must(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--noCheck'], {
    timeoutMs: COMPILE_LIMIT_MS,
    cwd: root,
  })
  // Not TypeScript: the process that feeds the watchdog.
  cpSync(join(root, 'src', 'drivers', 'watchdog', 'feeder.pl'), join(root, 'dist', 'drivers', 'watchdog', 'feeder.pl'))
  writeFileSync(compiledMark, '')
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** `vigia check FILE`, compiled. */
export function checkCommand(file: string): readonly [string, ...string[]] {
  return [process.execPath, join(root, 'dist', 'bin', 'vigia.js'), 'check', file]
}

/** `vigia plan FILE -o json`, compiled. */
export function planCommand(file: string): readonly [string, ...string[]] {
  return [process.execPath, join(root, 'dist', 'bin', 'vigia.js'), 'plan', file, '-o', 'json']
}

// Another may have compiled it while the lock was waited for.
if (import.meta.main && !isCompiled()) await compile()
