import { open, readdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileSight } from '../../model/host-report.ts'

/** What is put beside a disk for a moment, so that another host can say whether it sees the same folder. */
const markPrefix = '.vigia-shared-'

/** A mark that is older was left by a daemon that died meanwhile. */
const staleMs = 600_000

/** Of a disk as this host sees it. `mark`: a name that another host has put beside its own; null: it could not. Never throws. */
export async function lookAtFile(path: string, mark: string | null, sysfs = '/sys'): Promise<FileSight> {
  const missing = { path, kind: 'missing', sizeBytes: 0, identity: null, marked: null } as const
  try {
    const real = await realpath(path)
    const found = await stat(real, { bigint: true })
    if (found.isBlockDevice()) {
      const device = `${major(found.rdev)}:${minor(found.rdev)}`
      const folder = join(sysfs, 'dev', 'block', device)
      const sectors = Number(await textOf(join(folder, 'size')))
      return { path, kind: 'block', sizeBytes: sectors * 512, identity: await blockIdentity(folder), marked: null }
    }
    if (!found.isFile()) return { ...missing, kind: 'other' }
    const marked = mark === null ? null : await isThere(join(dirname(real), markName(mark)))
    return { path, kind: 'file', sizeBytes: Number(found.size), identity: String(found.ino), marked }
  } catch {
    // Not there, or not to be seen: a guest could not be started with it either.
    return missing
  }
}

/**
 * Puts an empty file beside each disk that is a file. Returns the paths of the disks where it could, and how to take them away again.
 * `mark`: a word that nobody else uses. Never throws.
 */
export async function markFolders(
  paths: readonly string[],
  mark: string,
): Promise<{ readonly marked: readonly string[]; remove(): Promise<void> }> {
  const made = new Set<string>()
  const marked: string[] = []
  for (const path of paths) {
    try {
      const real = await realpath(path)
      if (!(await stat(real)).isFile()) continue
      const folder = dirname(real)
      const place = join(folder, markName(mark))
      if (!made.has(place)) {
        await removeStale(folder)
        await (await open(place, 'wx', 0o644)).close()
        made.add(place)
      }
      marked.push(path)
    } catch {
      // It cannot be written there: what the files show has to do.
    }
  }
  return { marked, remove: async () => void (await Promise.all([...made].map((place) => rm(place, { force: true })))) }
}

/** Letters, digits and dashes only: it becomes part of a path. */
export function isMark(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9-]{8,64}$/.test(text)
}

function markName(mark: string): string {
  return `${markPrefix}${mark}`
}

async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(markPrefix)) continue
    const { mtimeMs } = await stat(join(folder, name))
    if (Date.now() - mtimeMs > staleMs) await rm(join(folder, name), { force: true })
  }
}

/** Of a SCSI or NVMe disk its world-wide name, of a device mapper or RAID its UUID. Null: nothing that holds on other hosts. */
async function blockIdentity(folder: string): Promise<string | null> {
  for (const name of ['wwid', 'device/wwid', 'dm/uuid', 'md/uuid']) {
    const text = (await textOf(join(folder, name))).trim()
    if (text !== '') return `${name.split('/').at(-1)} ${text}`
  }
  return null
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}

/** As Linux packs them. */
function major(device: bigint): bigint {
  return ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)
}

function minor(device: bigint): bigint {
  return (device & 0xffn) | ((device >> 12n) & ~0xffn)
}
