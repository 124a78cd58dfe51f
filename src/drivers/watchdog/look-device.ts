import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { WatchdogState } from '../../ports/watchdog.ts'

/** What the kernel calls its own substitute, which dies with the kernel that it should guard. */
const softdogIdentity = 'Software Watchdog'

/** What there is, seen from outside while nobody has it armed. Never throws. */
export async function lookAtDevice(device: string, sysfs = '/sys/class/watchdog'): Promise<WatchdogState> {
  try {
    const found = await stat(device)
    if (!found.isCharacterDevice()) return { kind: 'unknown', identity: 'stand-in', timeoutMs: null }
  } catch {
    return { kind: 'none', identity: '', timeoutMs: null }
  }
  // /dev/watchdog is the first of them.
  const name = basename(device) === 'watchdog' ? 'watchdog0' : basename(device)
  const identity = await readFile(join(sysfs, name, 'identity'), 'utf8').catch(() => '')
  return {
    kind: identity.trim() === '' ? 'unknown' : kindOf('device', identity.trim()),
    identity: identity.trim(),
    timeoutMs: null,
  }
}

export function kindOf(type: 'device' | 'stand-in', identity: string): WatchdogState['kind'] {
  if (type === 'stand-in') return 'unknown'
  return identity === softdogIdentity ? 'softdog' : 'hardware'
}
