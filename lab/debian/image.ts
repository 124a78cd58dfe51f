import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../cache.ts'
import { newestKernel, perlInitrd } from '../image.ts'
import { unpackKernel } from '../kernel.ts'
import { must, run } from '../run.ts'

/** What a whole emulated Debian boots: its disk is never written (QEMU keeps what changes aside). */
export interface DebianImage {
  readonly kernel: string
  readonly initrd: string
  readonly disk: string
}

const SUITE = 'bookworm'
const FORMAT = 'debian 1'
const MODULES = ['virtio_pci', 'virtio_blk']
const INIT = join(import.meta.dirname, 'init.pl')

/** Named one by one: debootstrap follows no recommendations and does not choose between alternatives. */
const PACKAGES = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'libpam-systemd',
  'libvirt-daemon-system',
  'libvirt-daemon-system-systemd',
  'libvirt-daemon-driver-qemu',
  'qemu-system-x86',
]

/** Of the disk; sparse, so that only what is in it takes room. */
const DISK_SIZE = '2G'

/** A mirror that has not delivered a small Debian by then is down. */
const DEBOOTSTRAP_LIMIT_MS = 1_200_000

/**
 * What makes the bare system one that runs a check and nothing else. The second disk is mounted at /usr/local by `init.pl`;
 * what lies there in `lab/run` is run once all is up, with the first serial port for its output.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  'etc/hostname': 'h1\n',
  'etc/hosts': '127.0.0.1 localhost h1\n',
  'etc/systemd/system/lab.service': `[Unit]
Description=Checks of the lab
After=network.target dbus.service libvirtd.socket
[Service]
Type=exec
ExecStart=/usr/local/lab/run
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
[Install]
WantedBy=multi-user.target
`,
}

/** Nothing the checks look at; each costs an emulated machine seconds. */
const MASKED = [
  'getty@tty1.service',
  'serial-getty@ttyS0.service',
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'logrotate.timer',
]

/** Why no Debian can be made here; undefined when it can. */
export function whyNoDebian(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root'
  const missing = ['/usr/sbin/debootstrap', '/usr/sbin/mke2fs'].filter((path) => !existsSync(path))
  return missing.length > 0 ? `${missing.join(', ')} not installed` : undefined
}

/** True when the next `debianImage` takes no download. */
export function hasDebianImage(): boolean {
  return existsSync(join(folder(), 'disk'))
}

/** Makes the image in the cache unless this very one is there: some minutes and a download of some 150 MB. */
export async function debianImage(): Promise<DebianImage> {
  const image = { kernel: join(folder(), 'kernel'), initrd: join(folder(), 'initrd'), disk: join(folder(), 'disk') }
  if (existsSync(image.disk)) return image
  const fresh = `${folder()}.${process.pid}`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(join(fresh, 'tree'), { recursive: true })
  await must('perl', ['-c', INIT])
  const kernel = newestKernel()
  const packed = readFileSync(kernel.file)
  writeFileSync(join(fresh, 'kernel'), unpackKernel(packed) ?? packed)
  writeFileSync(join(fresh, 'initrd'), await perlInitrd(kernel, INIT, MODULES))
  const tree = join(fresh, 'tree')
  await bareSystem(tree)
  await must('mke2fs', ['-q', '-t', 'ext4', '-d', tree, join(fresh, 'disk'), DISK_SIZE], { timeoutMs: 300_000 })
  rmSync(tree, { recursive: true })
  // Those of other kernels or settings.
  for (const name of readdirSync(cacheFolder())) {
    if (/^debian-[0-9a-f]{12}$/.test(name)) rmSync(join(cacheFolder(), name), { recursive: true })
  }
  renameSync(fresh, folder())
  return image
}

/** A disk holding a folder's content, for QEMU's second drive. */
export async function diskOf(content: string, file: string): Promise<void> {
  await must('mke2fs', ['-q', '-t', 'ext4', '-d', content, file, DISK_SIZE], { timeoutMs: 300_000 })
}

async function bareSystem(tree: string): Promise<void> {
  const include = `--include=${PACKAGES.join(',')}`
  await must('debootstrap', ['--variant=minbase', include, SUITE, tree, await mirror()], {
    timeoutMs: DEBOOTSTRAP_LIMIT_MS,
  })
  for (const [path, text] of Object.entries(SETTINGS)) {
    mkdirSync(join(tree, path, '..'), { recursive: true })
    writeFileSync(join(tree, path), text)
  }
  await must('systemctl', [`--root=${tree}`, 'enable', 'lab.service'])
  await must('systemctl', [`--root=${tree}`, 'mask', ...MASKED])
  rmSync(join(tree, 'var/cache/apt/archives'), { recursive: true, force: true })
  rmSync(join(tree, 'usr/share/doc'), { recursive: true, force: true })
}

/** The one this machine's own apt uses. */
async function mirror(): Promise<string> {
  const { stdout } = await run('apt-cache', ['policy'])
  const found = [...stdout.matchAll(/https?:\/\/\S+\/debian\b/g)].map(([url]) => url)
  const mirror = found.find((url) => !url.includes('security'))
  if (mirror === undefined) throw new Error('apt names no mirror: apt-get update')
  return mirror
}

function folder(): string {
  const hash = createHash('sha256').update(JSON.stringify([FORMAT, SUITE, PACKAGES, SETTINGS, MASKED]))
  hash.update(newestKernel().release).update(readFileSync(INIT))
  return join(cacheFolder(), `debian-${hash.digest('hex').slice(0, 12)}`)
}
