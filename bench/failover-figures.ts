import { shortestLeaseMs } from '../src/model/cluster.ts'
import { type Failover, type ProofWay, proofWays, type Role, roles } from './failover.ts'
import { atMost, type Figure, figure, type Measured } from './figures.ts'
import { largest, median, smallest } from './statistics.ts'

/** What was promised of the middle one, seconds: so long after the cut the start is issued elsewhere. */
const FENCE_LIMIT_S = 3
const FAST_FENCE_LIMIT_S = 1.5

/** By the watchdog alone: the lease, and this. */
const AFTER_LEASE_S = 2

/** More for each leadership that was lost with the host. */
const LEADERSHIP_S = 2

const wayWords: Readonly<Record<ProofWay, string>> = { fence: 'a fence device', watchdog: 'the watchdog alone' }
const roleWords: Readonly<Record<Role, string>> = {
  ordinary: 'a host',
  leader: "Vigia's leader",
  'etcd-leader': "etcd's leader",
}

/** `family`: what the names of the figures begin with; all parts are of one lease. */
export function failoverFigures(parts: readonly Failover[], family: string): Measured {
  const figures = proofWays.flatMap((way) =>
    roles.flatMap((role) =>
      figuresOf(
        family,
        way,
        role,
        parts.filter((one) => one.way === way && one.role === role),
      ),
    ),
  )
  return { figures, details: { parts }, notes }
}

function limitS(way: ProofWay, role: Role, leaseMs: number): number {
  const fence = leaseMs === shortestLeaseMs ? FAST_FENCE_LIMIT_S : FENCE_LIMIT_S
  const host = way === 'fence' ? fence : leaseMs / 1_000 + AFTER_LEASE_S
  return host + (role === 'ordinary' ? 0 : LEADERSHIP_S)
}

function figuresOf(family: string, way: ProofWay, role: Role, parts: readonly Failover[]): Figure[] {
  const [first] = parts
  if (first === undefined) return []
  const name = `${family}.${way}.${role}`
  const lost = `${roleWords[role]} lost, ${wayWords[way]}`
  const of = (part: string, what: string, values: readonly (number | null)[]): Figure[] => {
    const seen = values.flatMap((value) => (value === null ? [] : [value / 1_000]))
    if (seen.length === 0) return []
    const range = { n: seen.length, least: smallest(seen), most: largest(seen) }
    return [figure({ name: `${name}.${part}`, what: `${lost}: ${what}`, unit: 's', value: median(seen), ...range })]
  }
  const issued = parts.map(({ issuedMs }) => issuedMs / 1_000)
  return [
    figure({
      name: `${name}.issued`,
      what: `${lost}: power cut -> start issued, the median`,
      unit: 's',
      ...{ value: median(issued), n: issued.length, least: smallest(issued), most: largest(issued) },
      limit: atMost(limitS(way, role, first.leaseMs)),
    }),
    figure({
      ...{ name: `${name}.issued-worst`, what: '  the worst of them', unit: 's' },
      ...{ value: largest(issued), n: issued.length },
    }),
    ...of(
      'answers',
      'power cut -> answers a client, the median',
      parts.map(({ answersMs }) => answersMs),
    ),
    ...of(
      'detection',
      '  of that: until its silence is acted upon',
      parts.map(({ detectionMs }) => detectionMs),
    ),
    ...of(
      'proof',
      '  until it is proven dead',
      parts.map(({ proofMs }) => proofMs),
    ),
    ...of(
      'placement',
      '  until its guest has a place',
      parts.map(({ placementMs }) => placementMs),
    ),
    ...of(
      'start',
      '  until the start is issued there',
      parts.map(({ startMs }) => startMs),
    ),
    ...of(
      'boot',
      '  until the guest answers at all',
      parts.map(({ bootMs }) => bootMs),
    ),
    ...of(
      'service',
      '  until its service answers',
      parts.map(({ serviceMs }) => serviceMs),
    ),
  ]
}

const notes = [
  'Three hosts with a guest each, an etcd over all three. The cable is pulled and the first process of the host killed at the same moment: no connection is closed by anybody.',
  `The limit is of the median: ${FENCE_LIMIT_S} s with a fence device at the default lease, ${FAST_FENCE_LIMIT_S} s at the fast one, the lease and ${AFTER_LEASE_S} s without a device, and ${LEADERSHIP_S} s more for a leadership lost with the host.`,
  'Guests are emulated: their boot is no measure of one with KVM. By the watchdog alone, detection is part of the proof: both are counted from the cut.',
]
