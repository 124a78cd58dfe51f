import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DetachedEtcd } from './process.ts'

/** Where restoring works, beside the data of this host. */
export function restoreFolders(folder: string): { readonly from: string; readonly to: string } {
  return { from: join(folder, 'restore-from'), to: join(folder, 'restore-to') }
}

/** Ends and removes what a restoring that was cut off left running and lying about. Harmless when there is nothing. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const left of Object.values(restoreFolders(folder))) {
    // Its program is not needed to end it.
    await new DetachedEtcd('', left).stop()
    await rm(left, { recursive: true, force: true })
  }
}
