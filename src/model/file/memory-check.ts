import type { GuestDraft, HostDraft } from './draft.ts'
import type { ProblemList } from './problem-list.ts'
import { pathText } from './reader.ts'
import type { SourceText } from './source.ts'

interface Room {
  readonly host: string | null
  readonly memoryMib: number
  readonly overcommit: number
  readonly reservedMib: number
  readonly availableMib: number
}

/**
 * What the guests wished running need once they run, and the largest surplus one of them takes while it starts, against what a host
 * whose memory is stated can give. Guests bound to a host count there; with several hosts, all guests count against all hosts.
 * A guest whose memory is its own definition's is not known here and counts nothing: the agent refuses it later if need be.
 */
export function checkMemory(guests: readonly GuestDraft[], hosts: readonly HostDraft[], problems: ProblemList): void {
  const running = guests.filter((guest) => guest.spec.wish === 'running')
  for (const host of hosts) {
    const own = running.filter((guest) => guest.spec.host === host.spec.id || hosts.length === 1)
    if (host.spec.memoryMib !== null)
      checkRoom(own, roomOf(host), host.source, host.memoryAt, pathText(['hosts', host.spec.id, 'memory']), problems)
  }
  const first = hosts[0]
  if (first === undefined || hosts.length === 1 || hosts.some((host) => host.spec.memoryMib === null)) return
  const rooms = hosts.map(roomOf)
  const sum = (of: (room: Room) => number) => rooms.reduce((total, room) => total + of(room), 0)
  const all: Room = {
    host: null,
    memoryMib: sum((room) => room.memoryMib),
    overcommit: 1,
    reservedMib: sum((room) => room.reservedMib),
    availableMib: sum((room) => room.availableMib),
  }
  checkRoom(running, all, first.source, first.at, 'hosts', problems)
}

function roomOf({ spec }: HostDraft): Room {
  const { id, memoryMib, overcommit, reservedMib } = spec
  const memory = memoryMib ?? 0
  return {
    host: id,
    memoryMib: memory,
    overcommit,
    reservedMib,
    availableMib: Math.max(0, Math.floor(memory * overcommit) - reservedMib),
  }
}

function checkRoom(
  guests: readonly GuestDraft[],
  { availableMib, ...room }: Room,
  source: SourceText,
  at: number,
  path: string,
  problems: ProblemList,
): void {
  let runMib = 0
  let surplusMib = 0
  for (const { spec } of guests) {
    const { memory } = spec
    const run = memory.runMib ?? memory.startMib ?? 0
    runMib += run
    surplusMib = Math.max(surplusMib, (memory.startMib ?? run) - run)
  }
  const neededMib = runMib + surplusMib
  if (neededMib <= availableMib) return
  problems.error(source, at, path, { code: 'over-committed', ...room, neededMib, availableMib, runMib, surplusMib })
}
