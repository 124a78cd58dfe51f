import { figuresOf } from '../core/availability/figures.ts'
import { type Observed, observe } from '../core/availability/observe.ts'
import type { Span } from '../core/availability/timeline.ts'
import type { Design } from '../core/foresight/design.ts'
import { type Measured, measure } from '../core/foresight/measured.ts'
import { compileCluster } from '../core/graph.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import type { StoredEvent } from '../model/event.ts'
import { defaultAddressOrder, type GuestSpec } from '../model/guest.ts'
import { hostId } from '../model/ids.ts'
import { defaultProbe } from '../model/service.ts'
import { worldBeginsAtMs } from './clock.ts'
import { Dice } from './dice.ts'
import type { Host } from './host.ts'
import { defaultScenarioSettings, noGuestFaults } from './scenario/scenario.ts'
import { World } from './world.ts'

/** How often things fail, exponentially, and how long a host is away. Much faster than in life, so that a play sees many. */
export interface FailureRates {
  readonly hostMtbfMs: number
  readonly hostMttrMs: number
  /** Null: guests do not crash. */
  readonly guestMtbfMs: number | null
}

export interface FailuresWish {
  /** Guests and settings; its hosts count only where `hosts` says so. */
  readonly cluster: ClusterSpec
  readonly hosts: number
  readonly rates: FailureRates
  readonly bootMs: number
  /** What proves a host dead. `none`: nothing does. */
  readonly proof: 'watchdog' | 'device' | 'none'
  readonly playMs: number
  readonly seed: number
}

export interface PlayedFailures {
  /** Mean over guests of the time seen up, of the time seen up or down. */
  readonly availability: number
  /** Downtime of each failure of a guest, by what it came from. */
  readonly byHostLoss: readonly number[]
  readonly byItself: readonly number[]
  readonly measured: Measured
}

/** Time for the pretend cluster to come up; not counted. */
const settleMs = 300_000

const usualGuestMib = 256

/** Room for every guest on each host: what it comes to when there is not is for `loseLive`. */
const amply = { cpus: 64, memoryMib: 4_194_304 }

/**
 * Plays hosts that lose their power and guests that crash, by chance, on a pretend cluster whose leader and agents are the real ones, and
 * reads from its history, as a report does, what came of it. The same wish plays the same.
 */
export async function playFailures(wish: FailuresWish): Promise<PlayedFailures> {
  const world = worldOf(wish)
  const dice = new Dice(wish.seed)
  for (const host of world.hosts) host.powerOn()
  await world.timeline.playUntil(settleMs, () => false)
  for (const host of world.hosts) hostFails(world, host, wish.rates, dice.fork())
  world.onFenced = (id) => {
    world.timeline.after(wish.rates.hostMttrMs, () => world.host(id).powerOn())
  }
  const { guestMtbfMs } = wish.rates
  if (guestMtbfMs !== null)
    for (const guest of world.spec.cluster.guests) crashes(world, guest, guestMtbfMs, dice.fork())
  const untilMs = settleMs + wish.playMs
  await world.timeline.playUntil(untilMs, () => false)
  return played(world, { fromMs: worldBeginsAtMs + settleMs, untilMs: worldBeginsAtMs + untilMs })
}

/** Hosts are lost so often in a play, and for so long: often enough to be seen many times, seldom enough to be seen one by one. */
const fast: FailureRates = { hostMtbfMs: 3_600_000, hostMttrMs: 120_000, guestMtbfMs: 1_800_000 }

/** Of three hosts; more of them see as many losses in less. */
const fastPlayMs = 7_200_000
const shortestPlayMs = 1_800_000

/** What a play costs grows with the square of the hosts, and what the loss of one costs its guests does not depend on how many others there are. */
const mostPlayedHosts = 12

/**
 * The availability that a design comes to when each failure costs what it cost the real core in a play, at the design's own rates. Two
 * hosts that are down at once are in the play, but more often than in life: it errs to the careful side. Of a design of more than
 * `mostPlayedHosts` hosts a part is played: so many of them, each with as many guests.
 */
export async function playDesign(whole: ClusterSpec, design: Design, seed: number): Promise<number> {
  const proof = design.failoverMs === null ? 'none' : design.quorum > 0 ? 'watchdog' : 'device'
  const { cluster, hosts } = playedPart(whole, design.hosts)
  const playMs = Math.max(shortestPlayMs, Math.round((fastPlayMs * 3) / Math.max(3, hosts)))
  const wish = { cluster, hosts, bootMs: Math.round(design.bootMs), playMs, seed }
  const { byHostLoss, byItself } = await playFailures({ ...wish, proof, rates: fast })
  const perLossMs = design.failoverMs === null ? design.hostMttrMs + design.bootMs : mean(byHostLoss)
  const perCrashMs = mean(byItself)
  const guestRate = design.guestMtbfMs === null ? 0 : 1 / design.guestMtbfMs
  const givenUpMs = design.triesMs + (design.standby ? design.bootMs : design.personMs)
  const ownMs = (1 - design.incurable) * perCrashMs + design.incurable * givenUpMs
  return 1 / (1 + perLossMs / design.hostMtbfMs + ownMs * guestRate)
}

/** In launch order whoever is needed comes first: what is left lacks nothing. One guest a host at least: a loss that hits nobody says nothing. */
function playedPart(cluster: ClusterSpec, hosts: number): { readonly cluster: ClusterSpec; readonly hosts: number } {
  if (hosts <= mostPlayedHosts) return { cluster, hosts }
  const { order } = compileCluster(cluster)
  const count = Math.max(mostPlayedHosts, Math.ceil((order.length * mostPlayedHosts) / hosts))
  const kept = new Set(order.slice(0, count).map(({ id }) => id))
  const guests = cluster.guests
    .filter(({ id }) => kept.has(id))
    .map(({ standby, ...guest }) => (standby !== undefined && kept.has(standby) ? { ...guest, standby } : guest))
  return { cluster: { ...cluster, guests }, hosts: mostPlayedHosts }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length
}

function worldOf({ cluster, hosts, bootMs, proof, seed }: FailuresWish): World {
  const guests = cluster.guests.map(pretendGuest)
  return new World({
    hosts: Array.from({ length: hosts }, (_, index) => ({
      ...{ id: hostId(`host${index + 1}`), ...amply },
      ...{ watchdog: proof === 'watchdog', fence: proof === 'device' ? 'device' : 'none' },
    })),
    cluster: { ...cluster, hosts: [], rules: [], guests, settings: { ...cluster.settings, survive: 0 } },
    servedForOthers: new Map(),
    guestFaults: new Map(guests.map(({ id }) => [id, noGuestFaults])),
    memoryMib: new Map(guests.map(({ id }) => [id, usualGuestMib])),
    times: { ...defaultScenarioSettings, bootMs, serviceStartMs: 0 },
    seed,
  })
}

/** Free of its host, and with services that a pretend machine answers. */
function pretendGuest(guest: GuestSpec): GuestSpec {
  return {
    ...guest,
    ...{ host: null, source: { kind: 'existing', domain: guest.id } },
    address: { kind: 'find', order: defaultAddressOrder },
    needs: guest.needs.filter(({ kind }) => kind === 'guest'),
    services: guest.services.map((service) =>
      service.port === null || service.protocol === null
        ? service
        : { ...service, probe: defaultProbe(service.port, service.protocol) },
    ),
  }
}

function hostFails(world: World, host: Host, rates: FailureRates, dice: Dice): void {
  world.timeline.after(exponential(dice, rates.hostMtbfMs), () => {
    // Down already, by its watchdog: it fails another time.
    if (host.powered) host.powerOff()
    const awayMs = rates.hostMttrMs * (0.75 + dice.next() / 2)
    world.timeline.after(awayMs, () => {
      host.powerOn()
      hostFails(world, host, rates, dice)
    })
  })
}

function crashes(world: World, guest: GuestSpec, mtbfMs: number, dice: Dice): void {
  world.timeline.after(exponential(dice, mtbfMs), () => {
    for (const { host, machine } of world.running(guest.id)) host.room.goDown(machine, 'crashed')
    crashes(world, guest, mtbfMs, dice)
  })
}

function exponential(dice: Dice, meanMs: number): number {
  return -Math.log(1 - dice.next()) * meanMs
}

function played(world: World, span: Span): PlayedFailures {
  const events: readonly StoredEvent[] = world.events.map(({ event }) => event)
  const observed: Observed = observe(events, span.untilMs)
  const byHostLoss: number[] = []
  const byItself: number[] = []
  let [up, down] = [0, 0]
  for (const timeline of observed.guests.values()) {
    const { upMs, downMs, incidents } = figuresOf(timeline, span.fromMs, [span])
    up += upMs
    down += downMs
    for (const one of incidents) {
      if (one.closedAt === null || one.carriedOver) continue
      const list = one.cause === 'host-lost' ? byHostLoss : byItself
      list.push(one.downMs)
    }
  }
  return { availability: up / (up + down), byHostLoss, byItself, measured: measure(events, observed, span) }
}
