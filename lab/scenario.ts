import { readFileSync } from 'node:fs'
import { parseClusterFile } from '../src/model/file/parse-cluster-file.ts'
import type { GuestSpec } from '../src/model/guest.ts'
import { needText } from '../src/model/need.ts'
import type { ServiceSpec } from '../src/model/service.ts'
import type { DefinedGuest } from './cluster-file.ts'
import { SUBNET } from './network.ts'

/** First guest's last number; the others follow in the order of the file. */
const FIRST_GUEST = 101

/** Room for the kernel before a balloon shrinks the guest to the amount in the file. */
const START_MEMORY_MIB = 96

/** The guests of a cluster file, in either format, as guests of the lab that serve what the file says of them. */
export function scenarioGuests(path: string): DefinedGuest[] {
  const result = parseClusterFile({
    path,
    text: readFileSync(path, 'utf8'),
    readFile: () => ({ reason: 'ENOENT' }),
  })
  if (!result.ok)
    throw new Error(`${path}: ${result.problems.length} problems, the first: ${JSON.stringify(result.problems[0])}`)
  return result.spec.guests.map((guest, index) => labGuest(guest, `${SUBNET}.${FIRST_GUEST + index}`))
}

function labGuest(guest: GuestSpec, address: string): DefinedGuest {
  return {
    name: guest.id,
    address,
    services: guest.services.flatMap(serviceWord),
    needs: guest.needs.map(needText),
    memoryMib: Math.max(START_MEMORY_MIB, guest.memory.startMib ?? 0, guest.memory.runMib ?? 0),
  }
}

function serviceWord({ port, protocol }: ServiceSpec): string[] {
  if (port === null) return []
  if (port === 53 && protocol === 'udp') return ['53/dns']
  if (port === 80 && protocol === 'tcp') return ['80/http']
  return [`${port}/${protocol}`]
}
