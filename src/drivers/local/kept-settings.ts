import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '../ca/durable-file.ts'

/** What a member must know of the cluster file before it has read it: a restart must find the watchdog as it was left (S14). */
export interface KeptSettings {
  readonly leaseMs: number
  /** Device of this host's watchdog; null: none is to be armed. */
  readonly watchdog: string | null
}

function pathOf(stateDirectory: string): string {
  return join(stateDirectory, 'kept-settings.json')
}

/** What was kept last, or `otherwise`: also for a file that is damaged, which is written anew soon. */
export async function readKeptSettings(stateDirectory: string, otherwise: KeptSettings): Promise<KeptSettings> {
  try {
    const { leaseMs, watchdog } = JSON.parse(await readFile(pathOf(stateDirectory), 'utf8')) as Partial<KeptSettings>
    const whole = typeof leaseMs === 'number' && (typeof watchdog === 'string' || watchdog === null)
    return whole ? { leaseMs, watchdog } : otherwise
  } catch {
    // None yet.
    return otherwise
  }
}

export function keepSettings(stateDirectory: string, settings: KeptSettings): Promise<void> {
  return writeDurably(pathOf(stateDirectory), `${JSON.stringify(settings)}\n`, 0o600)
}
