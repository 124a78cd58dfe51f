import type { ClusterSettings, ClusterSpec, RuleSpec } from '../../model/cluster.ts'
import { defaultHostMeans, defaultSettings } from '../../model/cluster.ts'
import type { DefinitionSpec } from '../../model/definition.ts'
import type { GuestPolicy, GuestSpec, WishState } from '../../model/guest.ts'
import { defaultAddressOrder } from '../../model/guest.ts'
import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'
import { guestId, hostId, serviceKey } from '../../model/ids.ts'
import type { NeedSpec, OnLoss } from '../../model/need.ts'
import type { ProbePolicy, ServiceSpec } from '../../model/service.ts'
import { defaultProbe, defaultProbePolicy } from '../../model/service.ts'
import { Dice } from '../dice.ts'
import { type PretendNeed, wanderingNeed } from '../pretend-need.ts'
import { parseService } from '../scenario/guests.ts'
import type { GuestFaults } from '../scenario/scenario.ts'
import { noGuestFaults } from '../scenario/scenario.ts'
import type { WorldSpec } from '../world.ts'
import type { WorldTimes } from '../world-times.ts'

export const onlyHost = hostId('h1')

const mostGuests = 30
const guestMib = 256
/** What goes by need needs at least this, and at most its maximum less this. */
const leastNeedMib = 40
const mostSpareMib = 64
const servicePool = ['22/tcp', '80/tcp', '443/tcp', '53/udp', '123/udp', '5432/tcp']

/** Services outside the file that guests may need. */
export const outside = ['192.0.2.1:3306/tcp', '192.0.2.2:53/udp']

const mostHosts = 16

/** A world drawn from dice: hosts, guests, needs without a cycle, services of both kinds, policies, rules, leases. */
export function drawWorld(dice: Dice, seed: number): WorldSpec {
  const hosts = drawHosts(dice)
  // Small worlds find most faults and play fastest; large ones find the rest.
  const count = dice.chance(0.7) ? dice.between(1, 8) : dice.between(9, mostGuests)
  const times = drawTimes(dice)
  const guests: GuestSpec[] = []
  for (let index = 0; index < count; index += 1) guests.push(drawGuest(dice, index, guests, times))
  // Dice of their own: what else a seed draws stays as it was before there were standbys.
  addStandbys(new Dice(seed ^ 0x57a9d), guests, times)
  // Of these, too: in the others memory is what it was.
  addNeeds(new Dice(seed ^ 0x3e307), guests)
  const several = hosts.length > 1
  const placed = several ? guests.map((guest) => placedSomewhere(dice, guest, hosts)) : guests
  const memoryMib = several ? memoryForSeveral(dice, count, hosts.length) : memoryFor(dice, count)
  const cluster: ClusterSpec = {
    version: 1,
    name: 'swarm',
    hosts: several
      ? hosts.map((id) => ({ id, memoryMib, cpus: 8, reservedMib: 0, overcommit: 1, ...defaultHostMeans }))
      : [],
    guests: shuffled(dice, placed),
    rules: several ? drawRules(dice, placed, hosts) : [],
    settings: several ? drawSettings(dice) : defaultSettings,
  }
  return {
    hosts: hosts.map((id) => ({
      ...{ id, cpus: 8, memoryMib },
      watchdog: several && dice.chance(0.8),
      fence: several && dice.chance(0.4) ? 'device' : 'none',
    })),
    cluster,
    servedForOthers: new Map(guests.map((guest) => [guest.id, servedForOthers(guest, guests)])),
    guestFaults: new Map(guests.map((guest) => [guest.id, faultsOf(guest, drawFaults(dice), seed)])),
    memoryMib: new Map(guests.map((guest) => [guest.id, guestMib])),
    needs: new Map(guests.flatMap((guest, index) => needOf(guest, seed * 31 + index))),
    times,
    seed,
  }
}

/** In a third of the worlds some guests have a standby, which needs what they need or less. */
function addStandbys(dice: Dice, guests: GuestSpec[], times: WorldTimes): void {
  if (!dice.chance(0.35)) return
  for (const [index, guest] of [...guests].entries()) {
    if (!dice.chance(0.4)) continue
    const drawn = drawGuest(dice, guests.length, [], times)
    const more = drawn.services.filter((one) => !guest.services.some(({ key }) => key === one.key))
    const needs = guest.needs.filter(() => dice.chance(0.7))
    guests.push({ ...drawn, wish: 'running', services: [...guest.services, ...more], needs })
    guests[index] = { ...guest, standby: drawn.id }
  }
}

/** In a quarter of the worlds the memory of some guests goes by what they need. */
function addNeeds(dice: Dice, guests: GuestSpec[]): void {
  if (!dice.chance(0.25)) return
  for (const [index, guest] of guests.entries()) {
    if (!dice.chance(0.7)) continue
    const minMib = dice.pick([64, 96, 128])
    const startMib = dice.pick([null, minMib, guestMib])
    const maxMib = dice.pick([guestMib, 384, 512])
    const runMib = dice.pick([null, null, minMib])
    const source: GuestSpec['source'] =
      guest.source.kind === 'defined'
        ? { kind: 'defined', definition: { ...definition, memoryStartMib: startMib ?? guestMib, memoryMaxMib: maxMib } }
        : guest.source
    guests[index] = { ...guest, source, memory: { minMib, startMib, runMib, maxMib } }
  }
}

function needOf({ id, memory }: GuestSpec, seed: number): [GuestId, PretendNeed][] {
  if (memory.minMib === undefined) return []
  const mostMib = Math.max(memory.minMib, (memory.maxMib ?? guestMib) - mostSpareMib)
  return [[id, wanderingNeed(seed, Math.min(leastNeedMib, mostMib), mostMib)]]
}

/** One with a standby fails often enough to be given up. */
function faultsOf(guest: GuestSpec, drawn: GuestFaults, seed: number): GuestFaults {
  if (guest.standby === undefined) return drawn
  const dice = new Dice(seed ^ (0x1f3 * (1 + guest.services.length)))
  return dice.chance(0.6) ? { ...drawn, failStarts: dice.between(1, 8) } : drawn
}

function drawHosts(dice: Dice): HostId[] {
  if (dice.chance(0.5)) return [onlyHost]
  const count = dice.chance(0.8) ? dice.between(2, 4) : dice.between(5, mostHosts)
  return Array.from({ length: count }, (_, index) => hostId(`h${index + 1}`))
}

function placedSomewhere(dice: Dice, guest: GuestSpec, hosts: readonly HostId[]): GuestSpec {
  return {
    ...guest,
    host: dice.chance(0.6) ? dice.pick(hosts) : null,
    failback: dice.chance(0.8),
    liveMigration: dice.chance(0.8),
    policy: { ...guest.policy, maxRelocations: dice.between(0, 2) },
  }
}

/** Mostly so that half of the hosts can carry all guests. */
function memoryForSeveral(dice: Dice, guests: number, hosts: number): number {
  const a = dice.chance(0.8) ? Math.ceil(hosts / 2) : hosts
  return (Math.ceil(guests / a) + dice.between(1, 4)) * guestMib
}

function drawRules(dice: Dice, guests: readonly GuestSpec[], hosts: readonly HostId[]): RuleSpec[] {
  const rules: RuleSpec[] = []
  for (let left = dice.pick([0, 0, 1, 1, 2, 3]); left > 0; left -= 1) {
    const kind = dice.pick(['hosts', 'together', 'apart'] as const)
    const strict = dice.chance(0.6)
    const some = shuffled(dice, guests)
      .slice(0, dice.between(kind === 'hosts' ? 1 : 2, 3))
      .map((guest) => guest.id)
    if (kind === 'hosts') {
      const listed = shuffled(dice, hosts).slice(0, dice.between(1, hosts.length))
      rules.push({
        ...{ kind, guests: some, strict },
        hosts: Object.fromEntries(listed.map((id) => [id, dice.between(0, 2)])),
      })
    } else if (some.length > 1) rules.push({ kind, guests: some, strict })
  }
  return rules
}

function drawSettings(dice: Dice): ClusterSettings {
  return {
    ...defaultSettings,
    leaseMs: dice.pick([4_000, 10_000, 10_000, 30_000, 60_000]),
    onHostShutdown: dice.pick(['conditional', 'migrate', 'freeze', 'failover']),
    freezeMs: dice.pick([60_000, 600_000]),
    coldStartWaitMs: dice.pick([30_000, 120_000]),
  }
}

/** Mostly enough for all; sometimes one guest less. */
function memoryFor(dice: Dice, count: number): number {
  return dice.chance(0.9) ? count * guestMib * 2 : Math.max(1, count - 1) * guestMib
}

function drawTimes(dice: Dice): WorldTimes {
  return {
    agentStartMs: dice.between(1_000, 10_000),
    daemonRestartMs: dice.between(100, 3_000),
    bootMs: dice.between(500, 15_000),
    serviceStartMs: dice.between(100, 4_000),
    stopMs: dice.between(200, 8_000),
    migrationMs: 10_000,
    rebootMs: 20_000,
  }
}

export function drawGuest(dice: Dice, index: number, earlier: readonly GuestSpec[], times: WorldTimes): GuestSpec {
  const id = guestId(`g${index}`)
  const defined = dice.chance(0.25)
  const startMib = dice.chance(0.2) ? guestMib : null
  return {
    id,
    source: defined
      ? { kind: 'defined', definition }
      : { kind: 'existing', domain: dice.chance(0.2) ? `vm-${id}` : id },
    address: dice.chance(0.3)
      ? { kind: 'fixed', address: `198.51.100.${index + 1}` }
      : { kind: 'find', order: defaultAddressOrder },
    services: drawServices(dice),
    needs: drawNeeds(dice, earlier),
    wish: drawWish(dice),
    host: null,
    startAtBoot: dice.chance(0.9),
    priority: dice.between(0, 2),
    tags: [],
    memory: { startMib, runMib: startMib === null ? null : startMib / 2, maxMib: startMib },
    cpus: 1,
    policy: drawPolicy(dice, times),
    failback: true,
    liveMigration: true,
  }
}

const definition: DefinitionSpec = {
  hypervisor: 'qemu',
  memoryStartMib: guestMib,
  memoryMaxMib: guestMib,
  cpus: 1,
  cpuModel: null,
  machine: null,
  firmware: 'bios',
  tpm: false,
  disks: [],
  interfaces: [],
  boot: { kind: 'disk' },
  cloudInit: null,
  guestAgent: false,
  consoles: { serial: false, serialLog: null, vnc: false },
}

function drawWish(dice: Dice): WishState {
  const throwOf = dice.next()
  if (throwOf < 0.85) return 'running'
  if (throwOf < 0.92) return 'stopped'
  return throwOf < 0.96 ? 'disabled' : 'ignored'
}

function drawServices(dice: Dice): ServiceSpec[] {
  const count = dice.chance(0.15) ? 0 : dice.between(1, 3)
  return shuffled(dice, servicePool)
    .slice(0, count)
    .map((key) => serviceOf(serviceKey(key), drawProbePolicy(dice)))
}

function serviceOf(key: ServiceKey, probePolicy: ProbePolicy): ServiceSpec {
  const service = parseService(key)
  if (service === null) throw new Error(`assertion: a service of the pool, got ${key}`)
  const { port, protocol } = service
  return { key, port, protocol, probe: defaultProbe(port, protocol), probePolicy }
}

function drawProbePolicy(dice: Dice): ProbePolicy {
  return {
    intervalMs: dice.pick([500, 1_000, 2_000]),
    timeoutMs: dice.pick([500, 1_000]),
    fall: dice.between(1, 3),
    rise: dice.between(1, 2),
  }
}

function drawNeeds(dice: Dice, earlier: readonly GuestSpec[]): NeedSpec[] {
  const needs: NeedSpec[] = []
  const count = dice.pick([0, 1, 1, 1, 2, 2, 3])
  for (const target of shuffled(dice, earlier).slice(0, count)) {
    const declared = target.services.map((service) => service.key)
    const keys: (ServiceKey | null)[] = [...declared, ...declared, null, serviceKey('2049/tcp')]
    needs.push({ kind: 'guest', guest: target.id, service: dice.pick(keys), onLoss: drawOnLoss(dice) })
  }
  if (dice.chance(0.08)) needs.push(drawOutsideNeed(dice))
  return needs
}

function drawOutsideNeed(dice: Dice): NeedSpec {
  const [address = '', service = ''] = dice.pick(outside).split(':')
  const { port, protocol } = parseService(service)!
  const probe = defaultProbe(port, protocol)
  return { kind: 'external', address, port, protocol, probe, probePolicy: defaultProbePolicy, onLoss: drawOnLoss(dice) }
}

function drawOnLoss(dice: Dice): OnLoss {
  return dice.pick(['pause', 'pause', 'pause', 'pause', 'keep', 'restart', 'restart', 'stop'])
}

function drawPolicy(dice: Dice, times: WorldTimes): GuestPolicy {
  return {
    graceMs: dice.between(3_000, 30_000),
    maxRestarts: dice.between(0, 3),
    maxRelocations: 1,
    backoffInitialMs: dice.between(500, 5_000),
    backoffMaxMs: 30_000,
    stableMs: dice.between(10_000, 60_000),
    // Never shorter than the boot itself: such a guest could not ever be ready.
    bootLimitMs: (times.bootMs + times.serviceStartMs) * 2 + dice.between(5_000, 60_000),
    shutdownLimitMs: dice.between(5_000, 30_000),
    onRefusedShutdown: dice.chance(0.85) ? 'force' : 'fail',
    onPowerOff: dice.chance(0.8) ? 'start' : 'leave',
  }
}

function drawFaults(dice: Dice): GuestFaults {
  if (dice.chance(0.8)) return noGuestFaults
  return { ...noGuestFaults, failStarts: dice.between(0, 3), failStops: dice.chance(0.3) ? 1 : 0 }
}

function servedForOthers(guest: GuestSpec, guests: readonly GuestSpec[]): ServiceKey[] {
  const asked = [guest.id, ...guests.filter(({ standby }) => standby === guest.id).map(({ id }) => id)]
  const needed = guests
    .flatMap((other) => other.needs)
    .flatMap((need) =>
      need.kind === 'guest' && asked.includes(need.guest) && need.service !== null ? [need.service] : [],
    )
  return [...new Set(needed)].filter((key) => !guest.services.some((service) => service.key === key))
}

/** Which guests a need leads to, at any depth; a new need on one of these would close a cycle. */
export function reachOf(cluster: ClusterSpec, from: GuestId): ReadonlySet<GuestId> {
  const reached = new Set<GuestId>([from])
  for (const id of reached) {
    for (const need of cluster.guests.find((guest) => guest.id === id)?.needs ?? []) {
      if (need.kind !== 'guest') continue
      reached.add(need.guest)
      // Whoever needs a guest needs its standby in turn.
      const standby = cluster.guests.find((guest) => guest.id === need.guest)?.standby
      if (standby !== undefined) reached.add(standby)
    }
  }
  return reached
}

export function shuffled<T>(dice: Dice, items: readonly T[]): T[] {
  const result = [...items]
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = dice.between(0, last)
    const held = result[last]!
    result[last] = result[other]!
    result[other] = held
  }
  return result
}
