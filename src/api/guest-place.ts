import { commands } from '../core/access.ts'
import type { Caller } from '../model/access.ts'
import { Fault } from '../model/fault.ts'
import type { GuestId, HostId } from '../model/ids.ts'
import type { Serving } from './serving.ts'

/** Where a guest is to be asked for: its host, and what it is called there. */
export interface GuestPlace {
  readonly guest: GuestId
  readonly host: HostId
  readonly domain: string
}

/** Faults: `guest-unknown`, `refused` (`no-cluster-file`). */
export function guestPlace(serving: Serving, name: string): GuestPlace {
  const { sight, view } = serving.guest(name)
  const { compiled, record, host } = sight
  const { source } = compiled.spec
  const owner = record?.owner ?? host?.observation.host ?? serving.powers.host
  return {
    guest: compiled.id,
    host: view.snapshot.members == null ? serving.powers.host : owner,
    domain: source.kind === 'existing' ? source.domain : compiled.id,
  }
}

/** The same of a guest that the caller may command. Faults: also `access-denied`. */
export function commandedPlace(serving: Serving, caller: Caller, name: string): GuestPlace {
  const { compiled } = serving.guest(name).sight
  if (!commands(caller, compiled.spec)) {
    throw new Fault('access-denied', 'not-done', { role: 'operator', guests: [compiled.id] })
  }
  return guestPlace(serving, name)
}
