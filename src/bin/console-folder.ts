import { basename, join } from 'node:path'

/** Where the built console lies: beside the compiled daemon, or in the checkout's `dist`. `here`: the folder of this file. */
export function consoleFolder(here: string): string {
  const room = join(here, '..')
  return basename(room) === 'dist' ? join(room, 'web') : join(room, '..', 'dist', 'web')
}
