import type { ClusterSpec } from '../model/cluster.ts'
import type { GuestSpec } from '../model/guest.ts'
import type { GuestId } from '../model/ids.ts'
import { byName } from '../model/ids.ts'
import type { GuestNeed } from '../model/need.ts'
import type { ServiceSpec } from '../model/service.ts'
import { defaultProbe, defaultProbePolicy } from '../model/service.ts'

/** The needs of a cluster as a graph, made once for each cluster file. */
export interface CompiledCluster {
  readonly spec: ClusterSpec
  /** Needs before what needs them; among equals the higher priority, then the id: the same order on every host. */
  readonly order: readonly CompiledGuest[]
  readonly byId: ReadonlyMap<GuestId, CompiledGuest>
}

export interface CompiledGuest {
  readonly spec: GuestSpec
  readonly id: GuestId
  /** Place in `order`. */
  readonly index: number
  /** 0 = needs no guest; else one more than the highest wave among its needs. */
  readonly wave: number
  /** Places in `order` of the guests that need this one, each once. */
  readonly dependents: readonly number[]
  /** Own services, then ports that others need and it does not declare: probed, but their loss does not restart it. */
  readonly probed: readonly ServiceSpec[]
  /** It is a standby: of which guest, and the places in `order` of those that need that one. Absent: it is none. */
  readonly first?: { readonly spec: GuestSpec; readonly dependents: readonly number[] }
}

/** Compiles a checked cluster. A cycle or an unknown need is a broken invariant here: the parser refuses both. */
export function compileCluster(spec: ClusterSpec): CompiledCluster {
  const guests = [...spec.guests].sort((a, b) => b.priority - a.priority || byName(a.id, b.id))
  const firsts = new Map(guests.flatMap((guest) => (guest.standby === undefined ? [] : [[guest.standby, guest]])))
  const waves = wavesOf(guests)
  const sorted = guests
    .map((guest, rank) => ({ guest, rank, wave: waves.get(guest.id) ?? 0 }))
    .sort((a, b) => a.wave - b.wave || a.rank - b.rank)
  const placeOf = new Map(sorted.map(({ guest }, index) => [guest.id, index]))
  const dependents: number[][] = sorted.map(() => [])
  const undeclared: ServiceSpec[][] = sorted.map(() => [])
  sorted.forEach(({ guest }, index) => {
    for (const need of guestNeeds(guest)) {
      const place = placeOf.get(need.guest) ?? 0
      const list = dependents[place]!
      if (list.at(-1) !== index) list.push(index)
      noteUndeclared(sorted[place]!.guest, need, undeclared[place]!)
      // It will be asked the same once it stands in.
      const standby = sorted[place]!.guest.standby
      const other = standby === undefined ? undefined : placeOf.get(standby)
      if (other !== undefined) noteUndeclared(sorted[other]!.guest, need, undeclared[other]!)
    }
  })
  const firstOf = (first: GuestSpec | undefined): Pick<CompiledGuest, 'first'> =>
    first === undefined ? {} : { first: { spec: first, dependents: dependents[placeOf.get(first.id)!]! } }
  const order = sorted.map(({ guest, wave }, index) => ({
    spec: guest,
    id: guest.id,
    index,
    wave,
    dependents: dependents[index]!,
    probed: [...guest.services, ...undeclared[index]!],
    ...firstOf(firsts.get(guest.id)),
  }))
  return { spec, order, byId: new Map(order.map((guest) => [guest.id, guest])) }
}

export function guestNeeds(guest: GuestSpec): readonly GuestNeed[] {
  return guest.needs.filter((need) => need.kind === 'guest')
}

/** Longest way from a guest without needs, by repeated removal of guests whose needs are all placed. */
function wavesOf(guests: readonly GuestSpec[]): ReadonlyMap<GuestId, number> {
  const open = new Map<GuestId, number>()
  const dependents = new Map<GuestId, GuestId[]>()
  const standbys = new Map(guests.map((guest) => [guest.id, guest.standby]))
  for (const guest of guests) {
    // Whoever needs a guest is decided about after its standby, too.
    const needed = new Set(guestNeeds(guest).flatMap((need) => [need.guest, standbys.get(need.guest) ?? need.guest]))
    open.set(guest.id, needed.size)
    for (const id of needed) {
      const list = dependents.get(id)
      if (list) list.push(guest.id)
      else dependents.set(id, [guest.id])
    }
  }
  const waves = new Map<GuestId, number>()
  const free = guests.filter((guest) => open.get(guest.id) === 0).map((guest) => guest.id)
  for (const id of free) waves.set(id, 0)
  for (let next = 0; next < free.length; next++) {
    const id = free[next]!
    const wave = (waves.get(id) ?? 0) + 1
    for (const dependent of dependents.get(id) ?? []) {
      waves.set(dependent, Math.max(waves.get(dependent) ?? 0, wave))
      const left = (open.get(dependent) ?? 0) - 1
      open.set(dependent, left)
      if (left === 0) free.push(dependent)
    }
  }
  if (free.length !== guests.length) throw new Error('assertion: the needs of a checked cluster form no cycle')
  return waves
}

function noteUndeclared(target: GuestSpec, need: GuestNeed, undeclared: ServiceSpec[]): void {
  const key = need.service
  if (key === null) return
  if (target.services.some((service) => service.key === key) || undeclared.some((service) => service.key === key))
    return
  const [port, protocol] = key.split('/')
  if (protocol !== 'tcp' && protocol !== 'udp') throw new Error(`assertion: need on ${key}, which is no port`)
  const number = Number(port)
  undeclared.push({
    key,
    port: number,
    protocol,
    probe: defaultProbe(number, protocol),
    probePolicy: defaultProbePolicy,
  })
}
