import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { cacheFolder, kernelFolder } from './cache.ts'
import { type CpioFile, cpio } from './cpio.ts'
import { decompress, unpackKernel } from './kernel.ts'
import { must } from './run.ts'

/** What a guest boots: paths any process of this machine can read, also from inside a lab host. */
export interface GuestImage {
  readonly kernel: string
  readonly initrd: string
  /** Goes before the guest's own `vigia.*` words. */
  readonly commandLine: string
}

/** In this order, dependencies before them: the guest loads them one by one. */
const MODULES = ['virtio_pci', 'virtio_net', 'virtio_balloon', 'virtio_blk', 'button', 'evdev', 'pvpanic-mmio']

/**
 * Boot speed, each tried: no self-tests and no code patching under emulation, no second start of what a guest of the lab never uses.
 * `panic=-1` restarts at once after a crash, unless the domain has a panic device: then libvirt hears of it first.
 */
const COMMAND_LINE = [
  'console=ttyS0 quiet panic=-1 nokaslr mitigations=off noreplace-smp cryptomgr.notests init_on_alloc=0 ipv6.disable=1 lsm=',
  'initcall_blacklist=load_system_certificate_list,init_kprobe_trace',
].join(' ')

const PERL = '/usr/bin/perl'
const INIT = join(import.meta.dirname, 'guest', 'init.pl')

/** Loaded by the guests that serve a journal. */
const JOURNAL = join(import.meta.dirname, 'guest', 'journal.pl')
const FORMAT = 'image 1'

/** Builds the guests' kernel and initramfs in the cache unless this very image is there. Needs `scripts/setup lab` to have been run. */
export async function guestImage(): Promise<GuestImage> {
  const kernel = newestKernel()
  const folder = join(cacheFolder(), `guest-${fingerprint(kernel)}`)
  const image = { kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd'), commandLine: COMMAND_LINE }
  if (existsSync(image.initrd)) return image
  for (const program of [INIT, JOURNAL]) await must(PERL, ['-c', program])
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  const packed = readFileSync(kernel.file)
  writeFileSync(join(fresh, 'kernel'), unpackKernel(packed) ?? packed)
  writeFileSync(join(fresh, 'initrd'), await perlInitrd(kernel, INIT, MODULES, { 'lib/journal.pl': JOURNAL }))
  try {
    renameSync(fresh, folder)
  } catch (error) {
    // Another lab was building it as well, and was there first.
    rmSync(fresh, { recursive: true })
    if (!existsSync(image.initrd)) throw error
  }
  return image
}

export interface Kernel {
  readonly file: string
  readonly release: string
  readonly modules: string
}

export function newestKernel(): Kernel {
  const folder = kernelFolder()
  const boot = join(folder, 'boot')
  const found = existsSync(boot) ? readdirSync(boot).filter((name) => name.startsWith('vmlinuz-')) : []
  const collator = new Intl.Collator('en', { numeric: true })
  const name = found.sort(collator.compare).at(-1)
  if (name === undefined) throw new Error(`no kernel for the lab's guests in ${boot}: run 'scripts/setup lab'`)
  const release = name.slice('vmlinuz-'.length)
  const modules = [join(folder, 'usr/lib/modules', release), join(folder, 'lib/modules', release)].find(existsSync)
  if (modules === undefined)
    throw new Error(`no modules of kernel ${release} in ${folder}: remove the folder and run 'scripts/setup lab'`)
  return { file: join(boot, name), release, modules }
}

function fingerprint(kernel: Kernel): string {
  const hash = createHash('sha256').update(`${FORMAT} ${kernel.release} ${MODULES.join()}`)
  for (const file of [INIT, JOURNAL, PERL]) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}

/**
 * An initramfs whose first process is this Perl program; it finds the modules in `/lib/modules`, in the order to load them.
 * `more`: further programs, by where it finds them.
 */
export async function perlInitrd(
  kernel: Kernel,
  program: string,
  modules: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const others = Object.entries(more).map(([path, file]) => ({ path, content: initProgram(file) }))
  return cpio([...(await initrdFiles(kernel, program, modules)), ...others], ['dev', 'proc', 'sys'])
}

async function initrdFiles(kernel: Kernel, program: string, modules: readonly string[]): Promise<CpioFile[]> {
  const libraries = await librariesOf(PERL)
  return [
    { path: 'init', content: initProgram(program), executable: true },
    { path: 'bin/perl', content: readFileSync(PERL), executable: true },
    ...libraries.map((path) => ({ path: path.slice(1), content: readFileSync(realpathSync(path)), executable: true })),
    ...modulesInOrder(kernel, modules).map(({ content, name }, index) => ({
      path: `lib/modules/${String(index).padStart(3, '0')}-${name}.ko`,
      content,
    })),
  ]
}

/** Perl's checks were made by `perl -c`; a guest has no module files to load. */
function initProgram(program: string): Buffer {
  return Buffer.from(readFileSync(program, 'utf8').replace(/^use strict; use warnings;.*$/m, ''))
}

async function librariesOf(program: string): Promise<string[]> {
  const listed = await must('ldd', [program])
  return [...listed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1] ?? '')
}

function modulesInOrder(kernel: Kernel, wanted: readonly string[]): { name: string; content: Buffer }[] {
  const files = new Map<string, string>()
  for (const entry of readdirSync(kernel.modules, { recursive: true, encoding: 'utf8' })) {
    const match = /^([\w-]+)\.ko(\.xz|\.zst|\.gz)?$/.exec(basename(entry))
    if (match?.[1]) files.set(sameSpelling(match[1]), join(kernel.modules, entry))
  }
  const ordered = new Map<string, Buffer>()
  const add = (name: string): void => {
    const file = files.get(sameSpelling(name))
    // Built into this kernel, or not made for this architecture.
    if (file === undefined || ordered.has(sameSpelling(name))) return
    const raw = readFileSync(file)
    const content = file.endsWith('.ko') ? raw : decompress(raw)
    if (content === undefined) throw new Error(`cannot unpack kernel module ${file}`)
    for (const needed of dependenciesOf(content)) add(needed)
    ordered.set(sameSpelling(name), content)
  }
  for (const name of wanted) add(name)
  return [...ordered].map(([name, content]) => ({ name, content }))
}

/** The kernel's build writes `depends=a,b` into each module's .modinfo section. */
function dependenciesOf(module: Buffer): string[] {
  const at = module.indexOf('\0depends=', 0, 'latin1')
  if (at < 0) return []
  const start = at + '\0depends='.length
  const list = module.toString('latin1', start, module.indexOf(0, start))
  return list.split(',').filter((name) => name !== '')
}

function sameSpelling(name: string): string {
  return name.replaceAll('-', '_')
}
