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
  const running = withStandbys(guests)
  for (const host of hosts) {
    const own = running.map((ones) => ones.filter((spec) => spec.host === host.spec.id || hosts.length === 1))
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

/** A guest, and the one that would run instead of it: a standby runs only where the other does not. */
type Alternatives = readonly GuestDraft['spec'][]

function withStandbys(guests: readonly GuestDraft[]): Alternatives[] {
  const byId = new Map(guests.map(({ spec }) => [spec.id, spec]))
  const standbys = new Set(guests.map(({ spec }) => spec.standby))
  return guests
    .filter(({ spec }) => spec.wish === 'running' && !standbys.has(spec.id))
    .map(({ spec }) => {
      const standby = spec.standby === undefined ? undefined : byId.get(spec.standby)
      return standby === undefined ? [spec] : [spec, standby]
    })
}

/** What goes by need can be brought down to the least of it. */
function runOf({ minMib, runMib, startMib }: GuestDraft['spec']['memory']): number {
  return minMib ?? runMib ?? startMib ?? 0
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
  guests: readonly Alternatives[],
  { availableMib, ...room }: Room,
  source: SourceText,
  at: number,
  path: string,
  problems: ProblemList,
): void {
  let runMib = 0
  let surplusMib = 0
  for (const ones of guests) {
    // The larger of a guest and its standby: that of both which runs is not known before.
    const run = Math.max(0, ...ones.map(({ memory }) => runOf(memory)))
    runMib += run
    surplusMib = Math.max(surplusMib, ...ones.map(({ memory }) => (memory.startMib ?? run) - run))
  }
  const neededMib = runMib + surplusMib
  if (neededMib <= availableMib) return
  problems.error(source, at, path, { code: 'over-committed', ...room, neededMib, availableMib, runMib, surplusMib })
}
