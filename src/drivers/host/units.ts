import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where systemd looks for what is enabled, the administrator's word first. */
const places = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system']

/** Whether a unit is enabled, by the links that `systemctl enable` makes. Null: this host is not run by systemd. */
export function unitEnabled(unit: string, root = '/'): boolean | null {
  if (!existsSync(join(root, '/run/systemd/system'))) return null
  return places.some((place) =>
    wantsOf(join(root, place)).some((folder) => existsSync(join(root, place, folder, unit))),
  )
}

function wantsOf(place: string): string[] {
  try {
    return readdirSync(place).filter((name) => name.endsWith('.wants') || name.endsWith('.requires'))
  } catch {
    // No such place: nothing is enabled in it.
    return []
  }
}
