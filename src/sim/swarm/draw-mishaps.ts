import type { ClusterSpec } from '../../model/cluster.ts'
import type { GuestSpec } from '../../model/guest.ts'
import type { GuestId, HostId } from '../../model/ids.ts'
import type { Dice } from '../dice.ts'
import { outside, shuffled } from './draw-cluster.ts'
import type { Mishap } from './mishap.ts'

/** Faults begin when the first daemon may be up, and end here at the latest. */
const firstAtMs = 3_000
const shortestMs = 60_000
const longestMs = 420_000

/** Most mishaps of one story. */
const mostMishaps = 40

type Draw = (atMs: number, dice: Dice, cluster: ClusterSpec, host: HostId, hosts: readonly HostId[]) => Mishap | null

const guestOf = (dice: Dice, { guests }: ClusterSpec): GuestSpec => dice.pick(guests)

type OfGuest = Exclude<Extract<Mishap, { guest: GuestId }>['kind'], 'stray-start'>

const simple =
  (kind: 'daemon-killed' | 'daemon-restarted' | 'watches-lost' | 'host-reboot' | 'host-off' | 'sworn'): Draw =>
  (atMs, _dice, _cluster, host) => ({ atMs, kind, host })

/** What there is only among several hosts. */
const amongHosts: ReadonlySet<Mishap['kind']> = new Set([
  ...(['network-off', 'store-cut', 'maintenance', 'link-cut', 'fence-device', 'messages-lost', 'disarmed'] as const),
  ...(['moves-break', 'leader-killed', 'host-off', 'sworn', 'move', 'stray-start', 'outage'] as const),
])

/** By hand on another host than the one that owns it, a guest would run twice by no fault of ours. */
const onlyAlone: ReadonlySet<Mishap['kind']> = new Set(['outsider-starts'])

const ofGuest =
  (kind: Exclude<OfGuest, 'service-down' | 'memory' | 'move'>): Draw =>
  (atMs, dice, cluster) => ({ atMs, kind, guest: guestOf(dice, cluster).id })

const someGuests = (dice: Dice, cluster: ClusterSpec) =>
  shuffled(dice, cluster.guests)
    .slice(0, dice.chance(0.3) ? cluster.guests.length : dice.between(1, 2))
    .map((guest) => guest.id)

const lasting = (dice: Dice): number => dice.between(200, 60_000)

const draws: Readonly<Record<Mishap['kind'], Draw>> = {
  'daemon-killed': simple('daemon-killed'),
  'daemon-restarted': simple('daemon-restarted'),
  'watches-lost': simple('watches-lost'),
  'host-reboot': simple('host-reboot'),
  'host-off': simple('host-off'),
  sworn: simple('sworn'),
  'stray-start': (atMs, dice, cluster, host) => ({ atMs, kind: 'stray-start', host, guest: guestOf(dice, cluster).id }),
  'leader-killed': (atMs) => ({ atMs, kind: 'leader-killed' }),
  'daemon-frozen': (atMs, dice, _cluster, host) => ({
    atMs,
    kind: 'daemon-frozen',
    host,
    forMs: dice.between(100, 30_000),
  }),
  deaths: (atMs, dice) => ({
    atMs,
    kind: 'deaths',
    chance: dice.pick([0.002, 0.01, 0.05]),
    seed: dice.between(0, 1_000_000_000),
    forMs: lasting(dice),
  }),
  'hypervisor-lost': (atMs, dice, _cluster, host) => ({ atMs, kind: 'hypervisor-lost', host, forMs: lasting(dice) }),
  'hypervisor-slow': (atMs, dice, _cluster, host) => ({
    atMs,
    kind: 'hypervisor-slow',
    host,
    factor: dice.pick([10, 100, 1_000]),
    forMs: lasting(dice),
  }),
  'hypervisor-failing': (atMs, dice, _cluster, host) => ({
    atMs,
    kind: 'hypervisor-failing',
    host,
    chance: dice.next() * 0.5,
    forMs: lasting(dice),
  }),
  'hypervisor-unsure': (atMs, dice, _cluster, host) => ({
    atMs,
    kind: 'hypervisor-unsure',
    host,
    chance: dice.next() * 0.5,
    forMs: lasting(dice),
  }),
  'moves-break': (atMs, dice, _cluster, host) => ({
    atMs,
    kind: 'moves-break',
    host,
    chance: dice.pick([0.3, 1]),
    forMs: lasting(dice),
  }),
  store: (atMs, dice) => ({
    atMs,
    kind: 'store',
    mode: dice.pick(['off', 'readonly', 'slow', 'disk-full']),
    forMs: lasting(dice),
  }),
  outage: (atMs, dice, _cluster, _host, hosts) => {
    const forMs = lasting(dice)
    const ends = Array.from({ length: dice.between(1, 2 * hosts.length) }, () => ({
      host: dice.pick(hosts),
      afterMs: dice.between(0, forMs),
    }))
    return { atMs, kind: 'outage', forMs, ends }
  },
  'store-unsure': (atMs, dice) => ({ atMs, kind: 'store-unsure', chance: dice.next() * 0.5, forMs: lasting(dice) }),
  'prober-late': (atMs, dice, _cluster, host) => ({
    atMs,
    kind: 'prober-late',
    host,
    chance: dice.next(),
    forMs: lasting(dice),
  }),
  'disks-full': (atMs, dice, _cluster, host) => ({ atMs, kind: 'disks-full', host, forMs: lasting(dice) }),
  'clock-jump': (atMs, dice, _cluster, host) => ({
    atMs,
    kind: 'clock-jump',
    host,
    byMs: dice.between(-7_200_000, 7_200_000),
  }),
  'power-cut': (atMs, dice, _cluster, host) => ({ atMs, kind: 'power-cut', host, forMs: dice.between(1_000, 30_000) }),
  crash: ofGuest('crash'),
  'power-off-inside': ofGuest('power-off-inside'),
  'outsider-stops': ofGuest('outsider-stops'),
  'outsider-starts': ofGuest('outsider-starts'),
  'outsider-pauses': ofGuest('outsider-pauses'),
  'outsider-resumes': ofGuest('outsider-resumes'),
  'service-down': (atMs, dice, cluster) => {
    const guest = guestOf(dice, cluster)
    const service = guest.services.length > 0 ? dice.pick(guest.services).key : null
    return service === null ? null : { atMs, kind: 'service-down', guest: guest.id, service, forMs: lasting(dice) }
  },
  'outside-down': (atMs, dice) => ({ atMs, kind: 'outside-down', service: dice.pick(outside), forMs: lasting(dice) }),
  launch: (atMs, dice, cluster) => ({ atMs, kind: 'launch', guests: someGuests(dice, cluster) }),
  shutdown: (atMs, dice, cluster) => ({ atMs, kind: 'shutdown', guests: someGuests(dice, cluster) }),
  'force-shutdown': (atMs, dice, cluster) => ({ atMs, kind: 'force-shutdown', guests: someGuests(dice, cluster) }),
  pause: ofGuest('pause'),
  resume: ofGuest('resume'),
  'watch-on': ofGuest('watch-on'),
  'watch-off': ofGuest('watch-off'),
  memory: (atMs, dice, cluster) => ({
    atMs,
    kind: 'memory',
    guest: guestOf(dice, cluster).id,
    memoryMib: dice.pick([64, 128, 192, 256]),
  }),
  apply: (atMs, dice) => ({ atMs, kind: 'apply', seed: dice.between(0, 1_000_000_000) }),
  move: (atMs, dice, cluster, host) => ({
    atMs,
    kind: 'move',
    guest: guestOf(dice, cluster).id,
    host,
    how: dice.chance(0.7) ? 'live' : 'cold',
    // No draw of its own: what was drawn before there was any taking back stays the same story.
    ...(atMs % 3 === 0 && { takenBackAfterMs: atMs % 4_000 }),
  }),
  'network-off': (atMs, dice, _cluster, host) => ({ atMs, kind: 'network-off', host, forMs: lasting(dice) }),
  'store-cut': (atMs, dice, _cluster, host) => ({ atMs, kind: 'store-cut', host, forMs: lasting(dice) }),
  maintenance: (atMs, dice, _cluster, host) => ({ atMs, kind: 'maintenance', host, forMs: lasting(dice) }),
  'link-cut': (atMs, dice, _cluster, host, hosts) => {
    const to = dice.pick(hosts)
    return to === host ? null : { atMs, kind: 'link-cut', host, to, oneWay: dice.chance(0.5), forMs: lasting(dice) }
  },
  'fence-device': (atMs, dice, _cluster, host) => ({
    atMs,
    kind: 'fence-device',
    host,
    mode: dice.pick(['fails', 'lies', 'dead']),
    forMs: lasting(dice),
  }),
  'messages-lost': (atMs, dice) => ({ atMs, kind: 'messages-lost', chance: dice.next() * 0.5, forMs: lasting(dice) }),
  disarmed: (atMs, dice) => ({ atMs, kind: 'disarmed', forMs: lasting(dice) }),
}

export interface DrawnMishaps {
  readonly mishaps: readonly Mishap[]
  /** From here on nothing goes wrong any more. */
  readonly calmAtMs: number
}

/** Each story draws from its own few kinds of mishap: together they would hide what two alone can do. */
export function drawMishaps(dice: Dice, cluster: ClusterSpec, hosts: readonly HostId[]): DrawnMishaps {
  const alone = hosts.length === 1
  const all = Object.keys(draws) as Mishap['kind'][]
  const kinds = all.filter((kind) => !(alone ? amongHosts : onlyAlone).has(kind))
  const drawn = shuffled(dice, kinds).slice(0, dice.between(1, 8))
  const untilMs = dice.between(shortestMs, longestMs)
  const mishaps: Mishap[] = []
  for (let left = dice.between(1, mostMishaps); left > 0; left -= 1) {
    const mishap = draws[dice.pick(drawn)](dice.between(firstAtMs, untilMs), dice, cluster, dice.pick(hosts), hosts)
    if (mishap !== null) mishaps.push(mishap)
  }
  // Where a standby may have the place, somebody gives it back now and then.
  for (const { id, standby } of cluster.guests) {
    if (standby === undefined) continue
    for (let left = dice.between(0, 2); left > 0; left -= 1) {
      mishaps.push({ atMs: dice.between(firstAtMs, untilMs), kind: 'launch', guests: [id] })
    }
  }
  return { mishaps: mishaps.sort((a, b) => a.atMs - b.atMs), calmAtMs: untilMs }
}
