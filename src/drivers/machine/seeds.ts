import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CloudInitSpec } from '../../model/definition.ts'
import type { GuestId } from '../../model/ids.ts'
import { domainUuid } from '../libvirt/domain-mark.ts'
import { fileFault } from './file-faults.ts'
import { type SeedFile, seedImage } from './seed-image.ts'

/** Seeds hold passwords and keys. libvirt hands the file to the guest's own user when it starts. */
const seedMode = 0o600

/** That user must get through the folder to its file, and see nothing else of it. */
const folderMode = 0o711

/** Writes a guest's cloud-init seed unless the very same is there already, and returns its path. Faults: `disk-full`, `not-allowed`, `file-unreadable`, `limit-reached`. */
export async function ensureSeed(folder: string, guest: GuestId, cloudInit: CloudInitSpec): Promise<string> {
  const path = join(folder, `${guest}.iso`)
  const image = seedImage(seedFiles(guest, cloudInit))
  try {
    await mkdir(folder, { recursive: true, mode: folderMode })
    if (!(await holds(path, image))) await replace(path, image)
  } catch (error) {
    throw fileFault(error, { kind: 'file', path })
  }
  return path
}

/** The files NoCloud reads. Without meta-data of its own a guest is an instance for life, so that cloud-init configures it once. */
export function seedFiles(guest: GuestId, cloudInit: CloudInitSpec): readonly SeedFile[] {
  const metaData =
    cloudInit.metaData ??
    `instance-id: ${JSON.stringify(domainUuid(guest))}\nlocal-hostname: ${JSON.stringify(guest)}\n`
  const texts: readonly (readonly [string, string | null])[] = [
    ['user-data', cloudInit.userData],
    ['meta-data', metaData],
    ['network-config', cloudInit.networkConfig],
  ]
  return texts.flatMap(([name, text]) => (text === null ? [] : [{ name, bytes: Buffer.from(text) }]))
}

async function holds(path: string, image: Buffer): Promise<boolean> {
  try {
    return image.equals(await readFile(path))
  } catch {
    // Absent or unreadable: written anew, which tells if it cannot be.
    return false
  }
}

async function replace(path: string, image: Buffer): Promise<void> {
  const unfinished = `${path}.vigia-unfinished`
  await rm(unfinished, { force: true })
  try {
    const file = await open(unfinished, 'wx', seedMode)
    try {
      await file.writeFile(image)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
  } finally {
    await rm(unfinished, { force: true })
  }
}
