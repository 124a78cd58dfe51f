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
  const git = async (...args: string[]): Promise<string> => (await must('git', args, { cwd: root })).trim()
  const commit = await git('rev-parse', 'HEAD')
  const trees = await git('rev-parse', ...measuredFolders.map((path) => `HEAD:${path}`))
  const changed = (await git('status', '--porcelain', '--', ...measuredFolders)) !== ''
  const short = trees
    .split('\n')
    .map((hash) => hash.slice(0, 10))
    .join('-')
  return { commit, changed, version: changed ? `${short}-changed` : short }
}
