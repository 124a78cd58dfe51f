import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { accelerator } from '../lab/accelerator.ts'
import { must, run } from '../lab/run.ts'

export const root = join(import.meta.dirname, '..')

/** What measured figures depend on besides the code. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryMib: number
  /** Over the last one, five and fifteen minutes, when the run began: other work on the machine shows here. */
  readonly load: readonly number[]
  readonly kernel: string
  readonly node: string
  readonly guests: 'kvm' | 'tcg'
  readonly libvirt: string
}

export async function machine(): Promise<Machine> {
  const processors = cpus()
  const version = await run('libvirtd', ['--version']).catch(() => null)
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryMib: Math.round(totalmem() / 2 ** 20),
    load: loadavg().map((value) => Math.round(value * 100) / 100),
    kernel: release(),
    node: process.version,
    guests: accelerator(),
    libvirt: /[\d.]+/.exec(version?.stdout ?? '')?.[0] ?? 'absent',
  }
}

/** What is measured here. A change anywhere else leaves figures valid. */
const measuredFolders = ['src', 'lab', 'bench', 'package-lock.json']

export interface Code {
  readonly commit: string
  /** True: something that is measured differs from the commit. */
  readonly changed: boolean
  /** The same for two commits with the same measured code. */
  readonly version: string
}

export async function code(): Promise<Code> {
  return (await codeByGit()) ?? { commit: 'unknown', changed: false, version: contentHash() }
}

/** Null: this machine has no git, or this is no checkout but an unpacked archive. */
async function codeByGit(): Promise<Code | null> {
  const git = async (...args: string[]): Promise<string> => (await must('git', args, { cwd: root })).trim()
  const commit = await git('rev-parse', 'HEAD').catch(() => null)
  if (commit === null) return null
  const trees = await git('rev-parse', ...measuredFolders.map((path) => `HEAD:${path}`))
  const changed = (await git('status', '--porcelain', '--', ...measuredFolders)) !== ''
  const short = trees
    .split('\n')
    .map((hash) => hash.slice(0, 10))
    .join('-')
  return { commit, changed, version: changed ? `${short}-changed` : short }
}

function contentHash(): string {
  const hash = createHash('sha256')
  const files = measuredFolders.flatMap((path) => filesUnder(join(root, path))).sort()
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(file))
  return hash.digest('hex').slice(0, 40)
}

function filesUnder(path: string): string[] {
  if (statSync(path).isFile()) return [path]
  const entries = readdirSync(path, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
