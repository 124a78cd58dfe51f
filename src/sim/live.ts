import type { ClusterSnapshot } from '../core/snapshot.ts'
import { guestState } from '../core/views/guest-state.ts'
import { Fault } from '../model/fault.ts'
import { nearest } from '../model/file/nearest.ts'
import type { GuestId, HostId } from '../model/ids.ts'
import type { GuestState } from '../model/phase.ts'
import type { Reason } from '../model/reason.ts'
import { type LiveWorld, liveWorld } from './live-world.ts'
import { eventsOf, type SimulatedEvent } from './simulate.ts'
import type { World } from './world.ts'

/** What the loss of some hosts comes to. Plain data: the JSON of `vigia simulate --live`. Times are milliseconds since the loss. */
export interface LiveLoss {
  readonly lost: readonly HostId[]
  readonly seed: number
  /** False: no majority of the members is left, so nothing is decided any more. */
  readonly quorum: boolean
  /** All that ran on a lost host, and whatever else was hit; in the order in which they answered again. */
  readonly guests: readonly LiveGuest[]
  /** Guests to which nothing happened. */
  readonly untouched: readonly GuestId[]
  readonly events: readonly SimulatedEvent[]
}

export interface LiveGuest {
  readonly guest: GuestId
  readonly from: HostId | null
  readonly to: HostId | null
  readonly state: GuestState
  /** When it answered, for the last time it began to; null: it does not. */
  readonly readyMs: number | null
  readonly because: Reason
}

/** Time for the pretend cluster to become as the real one is. */
const settleMs = 300_000

/** Nothing has changed for so long: nothing will. Longer than a start that fails and is tried again. */
const quietMs = 120_000

/** A play that never comes to rest ends here. */
const longestMs = 3_600_000

const stepMs = 1_000

/**
 * Plays the loss of hosts on the cluster of a snapshot, with the default times of the pretend world. The same snapshot, hosts and
 * seed play the same. Faults: `needs-several-hosts`, `host-unknown`, `refused` (no cluster file).
 */
export async function loseLive(
  snapshot: ClusterSnapshot,
  hosts: readonly string[],
  { seed }: { readonly seed: number },
): Promise<LiveLoss> {
  const lost = lostIn(snapshot, hosts)
  const live = liveWorld(snapshot, seed)
  const { world } = live
  await settle(live, snapshot.cluster!.settings.coldStartWaitMs)
  const atMs = world.nowMs
  const left = live.present.filter((host) => !lost.includes(host)).length
  const quorum = left >= Math.floor(live.members / 2) + 1
  for (const host of lost) world.host(host).powerOff()
  // The store of several hosts lives on the members: without a majority of them it takes no more writes.
  if (!quorum) world.storeTroubles.mode = 'off'
  await untilQuiet(world)
  return resultOf(live, lost, { seed, quorum, atMs })
}

function lostIn({ cluster, members }: ClusterSnapshot, hosts: readonly string[]): HostId[] {
  if (cluster === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
  if (members == null) throw new Fault('needs-several-hosts', 'not-done')
  const known = [...members.sights.keys()]
  return hosts.map((name) => {
    const found = known.find((host) => host === name)
    if (found !== undefined) return found
    const near = nearest(name, known)
    throw new Fault('host-unknown', 'not-done', { host: name, ...(near === null ? {} : { nearest: near }) })
  })
}

/** Until all that runs now is ready there, too. */
async function settle({ world, runningOn }: LiveWorld, coldStartWaitMs: number): Promise<void> {
  const isSettled = (): boolean => {
    const records = world.leaderView()?.records
    return [...runningOn.keys()].every((guest) => {
      const kind = records?.get(guest)?.phase.kind
      return kind === 'ready' || kind === 'ignored' || kind === 'paused'
    })
  }
  const endMs = settleMs + coldStartWaitMs
  while (world.nowMs < endMs && !isSettled()) await world.timeline.playUntil(world.nowMs + stepMs)
}

async function untilQuiet(world: World): Promise<void> {
  const endMs = world.nowMs + longestMs
  let last = ''
  let changedAtMs = world.nowMs
  while (world.nowMs < endMs && world.nowMs - changedAtMs < quietMs) {
    await world.timeline.playUntil(world.nowMs + stepMs)
    const records = [...(world.leaderView()?.records.values() ?? [])]
    const now = JSON.stringify(records.map(({ guest, owner, phase, because }) => [guest, owner, phase, because]))
    if (now === last) continue
    last = now
    changedAtMs = world.nowMs
  }
}

function resultOf(
  live: LiveWorld,
  lost: readonly HostId[],
  { seed, quorum, atMs }: Pick<LiveLoss, 'seed' | 'quorum'> & { readonly atMs: number },
): LiveLoss {
  const events = eventsOf(live.world)
    .filter((event) => event.at >= atMs)
    .map((event) => ({ ...event, at: event.at - Math.round(atMs) }))
  const hit = new Set(events.flatMap(({ guest }) => guest ?? []))
  // Without a majority the watchdogs of those that are left take their power, too.
  const dark = new Set([...lost, ...events.flatMap(({ word, host }) => (word === 'fenced' ? (host ?? []) : []))])
  for (const [guest, host] of live.runningOn) if (dark.has(host)) hit.add(guest)
  const all = live.world.spec.cluster.guests.map(({ id }) => id)
  const guests = all.filter((guest) => hit.has(guest)).map((guest) => liveGuest(guest, live, events))
  const last = Number.POSITIVE_INFINITY
  guests.sort((a, b) => (a.readyMs ?? last) - (b.readyMs ?? last))
  return { lost, seed, quorum, guests, untouched: all.filter((guest) => !hit.has(guest)), events }
}

function liveGuest(
  guest: GuestId,
  { world, runningOn, witnesses }: LiveWorld,
  events: readonly SimulatedEvent[],
): LiveGuest {
  const record = world.leaderView()?.records.get(guest)
  const [up] = world.running(guest)
  const run = up?.machine.state.run ?? 'stopped'
  const ready = record?.phase.kind === 'ready' && up !== undefined
  const readyAt = events.findLast((event) => event.guest === guest && event.word === 'ready')?.at ?? 0
  return {
    guest,
    from: runningOn.get(guest) ?? null,
    to: up?.host.id ?? null,
    state: record === undefined ? run : guestState(record.phase, run),
    readyMs: ready ? readyAt : null,
    because: withoutWitnesses(record?.because ?? { code: 'no-host' }, witnesses),
  }
}

/** Who only votes takes no guests, and is no reason for anything. */
function withoutWitnesses(because: Reason, witnesses: ReadonlySet<HostId>): Reason {
  if (because.code !== 'no-place') return because
  return { ...because, hosts: because.hosts.filter(({ host }) => !witnesses.has(host)) }
}
