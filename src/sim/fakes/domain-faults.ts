import { Fault } from '../../model/fault.ts'
import type { Machine } from '../machine.ts'
import type { MachineRoom } from '../machine-room.ts'

export const missing = (name: string) => new Fault('domain-missing', 'not-done', { domain: name })
export const refused = (name: string, text: string) => new Fault('domain-refused', 'not-done', { domain: name, text })

/** Throws where no machine is defined by this name. */
export function known(room: MachineRoom, name: string): Machine {
  const machine = room.get(name)
  if (machine === undefined) throw missing(name)
  return machine
}
