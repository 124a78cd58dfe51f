import { compileCluster } from '../core/graph.ts'
import { hostViews } from '../core/hosts.ts'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import { fenceDevices } from '../core/views/host-plan.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import { defaultAddressOrder, type GuestSpec } from '../model/guest.ts'
import type { GuestId, HostId } from '../model/ids.ts'
import type { RunState } from '../model/observation.ts'
import type { PhaseKind } from '../model/phase.ts'
import { defaultProbe, type ServiceSpec } from '../model/service.ts'
import { type GuestWish, type HostWish, noHostWish, noWish } from '../model/wish.ts'
import { storeKeys } from '../ports/store.ts'
import { type PretendNeed, steadyNeed } from './pretend-need.ts'
import { defaultScenarioSettings, noGuestFaults, type ScenarioHost } from './scenario/scenario.ts'
import { World } from './world.ts'

/** A pretend world that is as a real cluster was at one moment. */
export interface LiveWorld {
  readonly world: World
  /** Where each guest runs at the moment. */
  readonly runningOn: ReadonlyMap<GuestId, HostId>
  /** Members that were there, those that only vote among them. */
  readonly present: readonly HostId[]
  /** Members in all. */
  readonly members: number
  readonly witnesses: ReadonlySet<HostId>
}

/** A machine of which nothing is known but that it is there. */
const usualHost = { cpus: 24, memoryMib: 131_072 }

/** Memory of a guest that nobody has seen. */
const usualGuestMib = 256

/**
 * Hosts that are there are powered on, guests that run run where they do, everything that was said by command holds. What
 * cannot be known is left out: needs outside the cluster count as met, a guest that is given up or whose host is not there stays
 * down. The snapshot must be one of several hosts.
 */
export function liveWorld(snapshot: ClusterSnapshot, seed: number): LiveWorld {
  const spec = snapshot.cluster!
  const members = [...snapshot.members!.sights.values()]
  const views = hostViews(spec, snapshot)!
  const witnesses = new Set(members.filter(({ kind }) => kind === 'witness').map(({ member }) => member))
  const present = members
    .filter(({ member, kind, alive }) =>
      kind === 'witness' ? alive !== null : views.get(member)?.standing === 'online',
    )
    .map(({ member }) => member)
  const runningOn = whereRunning(snapshot, new Set(present))
  const cluster = pretendCluster(spec, snapshot, runningOn)
  const world = new World({
    hosts: members.map(({ member }) => pretendHost(member, snapshot, witnesses)),
    cluster,
    servedForOthers: servedForOthers(spec),
    guestFaults: new Map(cluster.guests.map(({ id }) => [id, noGuestFaults])),
    // Nobody knows how it will wander: what each needs now, it goes on needing.
    needs: new Map(cluster.guests.flatMap(({ id }) => needOf(id, snapshot))),
    memoryMib: new Map(cluster.guests.map(({ id }) => [id, memoryOf(id, snapshot) ?? usualGuestMib])),
    times: defaultScenarioSettings,
    seed,
  })
  sayWishes(world, snapshot, new Set(present), witnesses)
  for (const host of present) world.host(host).powerOn()
  for (const [guest, host] of runningOn) {
    const machine = world.host(host).room.get(guest)
    if (machine === undefined) continue
    const has = machine.spec.need === undefined ? null : memoryOf(guest, snapshot)
    world.host(host).room.start(machine, has ?? machine.spec.memoryMib, null)
  }
  return { world, runningOn, present, members: members.length, witnesses }
}

function whereRunning({ observations }: ClusterSnapshot, present: ReadonlySet<HostId>): Map<GuestId, HostId> {
  const up: readonly RunState[] = ['running', 'paused']
  const found = new Map<GuestId, HostId>()
  for (const [host, { observation }] of observations) {
    if (!present.has(host)) continue
    for (const [guest, { run }] of observation.guests) if (up.includes(run)) found.set(guest, host)
  }
  return found
}

function pretendHost(id: HostId, snapshot: ClusterSnapshot, witnesses: ReadonlySet<HostId>): ScenarioHost {
  const seen = snapshot.observations.get(id)?.observation
  const named = snapshot.cluster!.hosts.find((host) => host.id === id)
  const alive = snapshot.members!.sights.get(id)?.alive ?? null
  return {
    id,
    cpus: seen?.cpus ?? named?.cpus ?? usualHost.cpus,
    memoryMib: witnesses.has(id) ? 1 : (named?.memoryMib ?? seen?.memoryMib ?? usualHost.memoryMib),
    watchdog: alive?.armed != null,
    fence: fenceDevices(snapshot.cluster!, id).length > 0 ? 'device' : 'none',
  }
}

function pretendCluster(
  spec: ClusterSpec,
  snapshot: ClusterSnapshot,
  runningOn: ReadonlyMap<GuestId, HostId>,
): ClusterSpec {
  const inPlace = standbysInPlace(spec, snapshot)
  const guests = spec.guests.map(({ standby, ...guest }): GuestSpec => {
    const owner = snapshot.records.get(guest.id)?.owner ?? guest.host
    return {
      ...guest,
      ...(standby !== undefined && !inPlace.has(guest.id) && { standby }),
      host: runningOn.get(guest.id) ?? owner,
      source: { kind: 'existing', domain: guest.id },
      address: { kind: 'find', order: defaultAddressOrder },
      needs: guest.needs.flatMap((need) =>
        need.kind === 'guest' ? [{ ...need, guest: inPlace.get(need.guest) ?? need.guest }] : [],
      ),
      services: guest.services.map(pretendService),
    }
  })
  return { ...spec, guests }
}

/** Standbys that stand in now, by whom for: in a world without a past they are guests like any other, and are needed for themselves. */
function standbysInPlace(spec: ClusterSpec, { records }: ClusterSnapshot): ReadonlyMap<GuestId, GuestId> {
  return new Map(
    spec.guests.flatMap(({ id, standby }) =>
      standby !== undefined && records.get(id)?.replacedBy === standby ? [[id, standby]] : [],
    ),
  )
}

/** What a pretend machine can answer: its ports, and, in place of a command, its agent. */
function pretendService(service: ServiceSpec): ServiceSpec {
  const { port, protocol } = service
  return { ...service, probe: port === null || protocol === null ? { kind: 'agent' } : defaultProbe(port, protocol) }
}

function servedForOthers(spec: ClusterSpec): ReadonlyMap<GuestId, readonly GuestSpec['services'][number]['key'][]> {
  const { order } = compileCluster(spec)
  return new Map(
    order.map(({ id, probed, spec: guest }) => {
      const own = new Set(guest.services.map(({ key }) => key))
      return [id, probed.map(({ key }) => key).filter((key) => !own.has(key))]
    }),
  )
}

function memoryOf(guest: GuestId, { observations }: ClusterSnapshot): number | null {
  const amounts = [...observations.values()].flatMap(({ observation }) => {
    const seen = observation.guests.get(guest)
    return seen?.memoryMib ?? seen?.memoryMaxMib ?? []
  })
  return amounts.length === 0 ? null : Math.max(...amounts)
}

function needOf(guest: GuestId, { observations }: ClusterSnapshot): [GuestId, PretendNeed][] {
  const uses = [...observations.values()].map(({ observation }) => observation.guests.get(guest)?.memoryUse)
  return uses.flatMap((use) => (use === undefined ? [] : [[guest, steadyNeed(use.needMib)]]))
}

/** What was said by command; serials begin anew, for nothing was decided yet in this world. */
function sayWishes(
  world: World,
  snapshot: ClusterSnapshot,
  present: ReadonlySet<HostId>,
  witnesses: ReadonlySet<HostId>,
): void {
  const guests = snapshot.cluster!.guests.map(({ id }) => {
    const { moveCancel, ...said }: GuestWish = { ...noWish, ...snapshot.wishes.get(id) }
    const state = staysDown(id, snapshot, present) ? 'stopped' : said.state
    const wish: GuestWish = { ...said, state, launchSerial: 0, move: null, moveSerial: 0 }
    return { key: storeKeys.guestWish(id), value: JSON.stringify(wish) }
  })
  const hosts = [...snapshot.members!.sights.keys()].flatMap((host) => {
    const inMaintenance = snapshot.hostWishes.get(host)?.maintenance === true || witnesses.has(host)
    const wish: HostWish = { ...noHostWish, maintenance: true }
    return inMaintenance ? [{ key: storeKeys.hostWish(host), value: JSON.stringify(wish) }] : []
  })
  const { members } = snapshot
  const { by, at } = noWish
  const disarmed = { key: storeKeys.armed, value: JSON.stringify({ armed: false, by, at }) }
  world.store.apply({ when: [], put: [...guests, ...hosts, ...(members!.armed ? [] : [disarmed])], remove: [] })
}

const givenUp: readonly PhaseKind[] = ['failed', 'held-down']

function staysDown(guest: GuestId, { records }: ClusterSnapshot, present: ReadonlySet<HostId>): boolean {
  const record = records.get(guest)
  if (record === undefined) return false
  return givenUp.includes(record.phase.kind) || (record.owner !== null && !present.has(record.owner))
}
