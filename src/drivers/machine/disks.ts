import { execFile } from 'node:child_process'
import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DiskSpec } from '../../model/definition.ts'
import { Fault } from '../../model/fault.ts'
import type { GuestId } from '../../model/ids.ts'
import { type FileUse, fileFault, systemCode } from './file-faults.ts'

/** `qemu-img` writes a few hundred KiB; whatever takes longer hangs. */
const makeTimeoutMs = 60_000

/** A disk is the guest's alone until libvirt gives it to the guest's own user. */
const diskMode = 0o600

/** Makes disks that are missing. D1: a path that exists is never written to. D2: a path exists only once its disk is whole. */
export class Disks {
  /** By path: two guests that name one disk do not make it twice. */
  private readonly underWay = new Map<string, Promise<void>>()
  private readonly qemuImg: string

  constructor(qemuImg = 'qemu-img') {
    this.qemuImg = qemuImg
  }

  /** Faults: `disk-missing`, `disk-full`, `not-allowed`, `not-supported`. */
  async ensure(disk: DiskSpec, guest: GuestId): Promise<void> {
    const making = this.underWay.get(disk.path) ?? this.check(disk, { kind: 'disk', path: disk.path, guest })
    this.underWay.set(disk.path, making)
    try {
      await making
    } finally {
      this.underWay.delete(disk.path)
    }
  }

  private async check(disk: DiskSpec, use: FileUse & { readonly kind: 'disk' }): Promise<void> {
    try {
      if (await exists(disk.path)) return
      const device = disk.path.startsWith('/dev/')
      if (disk.createMib === null || device) {
        throw new Fault('disk-missing', 'not-done', { path: disk.path, guest: use.guest })
      }
      await this.make(disk.path, disk.format, disk.createMib)
    } catch (error) {
      throw fileFault(error, use)
    }
  }

  private async make(path: string, format: DiskSpec['format'], sizeMib: number): Promise<void> {
    // Always the same name: what a crash left behind goes away with the next try.
    const unfinished = `${path}.vigia-unfinished`
    await rm(unfinished, { force: true })
    try {
      const file = await open(unfinished, 'wx', diskMode)
      try {
        if (format === 'raw') await file.truncate(sizeMib * 1024 * 1024)
        else await this.makeQcow2(unfinished, sizeMib)
        await file.sync()
      } finally {
        await file.close()
      }
      await publish(unfinished, path)
    } finally {
      await rm(unfinished, { force: true })
    }
    await syncFolder(dirname(path))
  }

  private makeQcow2(path: string, sizeMib: number): Promise<void> {
    const args = ['create', '-q', '-f', 'qcow2', path, `${sizeMib}M`]
    const options = { timeout: makeTimeoutMs, killSignal: 'SIGKILL', env: { PATH: systemPath, LANG: 'C' } } as const
    return new Promise((resolve, reject) => {
      execFile(this.qemuImg, args, options, (error, _stdout, stderr) => {
        if (error) reject(qemuImgError(error, stderr, path))
        else resolve()
      })
    })
  }
}

const systemPath = '/usr/local/bin:/usr/bin:/bin'

/** The program says in words what the system says in codes. */
function qemuImgError(error: Error, stderr: string, path: string): Error {
  const text = stderr.trim() || error.message
  if (systemCode(error) === 'ENOENT') {
    return new Fault('not-supported', 'not-done', { action: 'make a qcow2 disk', text: 'qemu-img is not installed' })
  }
  if (/no space left|disk quota/i.test(text)) return new Fault('disk-full', 'not-done', { path, text })
  if (/permission denied|read-only/i.test(text)) return new Fault('not-allowed', 'not-done', { path, text })
  return new Error(text)
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

/** A hard link never replaces what is there, a rename would (D1). File systems without links get the rename, after a last look. */
async function publish(unfinished: string, path: string): Promise<void> {
  try {
    await link(unfinished, path)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EEXIST') return
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error
    if (!(await exists(path))) await rename(unfinished, path)
  }
}

/** So that the name survives a power cut as well as the disk. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | null = null
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } catch {
    // Some file systems cannot sync a folder; the disk is there all the same.
  } finally {
    await handle?.close()
  }
}
