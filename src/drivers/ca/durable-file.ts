import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Of what a crash left unfinished. Always the same name: it goes away with the next try. */
export const unfinishedEnding = '.vigia-unfinished'

/**
 * Writes a file so that after a crash or power loss it is the old one or the new one, whole. Readable by its owner alone from the
 * first byte on, whatever the umask. Throws the file system's errors.
 */
export async function writeDurably(path: string, text: string, mode: number): Promise<void> {
  const unfinished = `${path}${unfinishedEnding}`
  await rm(unfinished, { force: true })
  const file = await open(unfinished, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.chmod(mode)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
  await syncFolder(dirname(path))
}

/** Harmless if repeated. Throws the file system's errors. */
export async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true })
  await syncFolder(dirname(path))
}

/** A name is durable once its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
