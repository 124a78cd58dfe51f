import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArmingMemory, KeptArming } from '../../ports/arming-memory.ts'
import { removeDurably, writeDurably } from '../ca/durable-file.ts'

/** `watchdog-armed.json` in the state directory. */
export function createArmingMemory(stateDirectory: string): ArmingMemory {
  const path = join(stateDirectory, 'watchdog-armed.json')
  return {
    read: async () => {
      try {
        return parse(await readFile(path, 'utf8'))
      } catch {
        // None, or none that can be read: whoever armed it left nothing to count by.
        return null
      }
    },
    keep: (arming) => writeDurably(path, `${JSON.stringify(arming)}\n`, 0o600),
    forget: () => removeDurably(path),
  }
}

function parse(text: string): KeptArming | null {
  const found = JSON.parse(text) as Partial<KeptArming>
  const { bootId, leaseMs, armed, lists } = found
  const times = [leaseMs, armed?.feedMs, armed?.timeoutMs, armed?.marginMs]
  const whole =
    typeof bootId === 'string' &&
    times.every((ms) => typeof ms === 'number') &&
    Array.isArray(lists) &&
    lists.every((list) => Array.isArray(list) && list.every((member) => typeof member === 'string'))
  return whole ? (found as KeptArming) : null
}
