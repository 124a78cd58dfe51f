import { isName, type WallTime } from './ids.ts'

/**
 * What is measured over time, of whom. A series is found by its place in these lists, which is part of the format of the files
 * that hold it: a new one goes to the end, and none is ever taken away.
 *
 * `percent` of a host: of all its processors together. `percent-of-one` of a guest: 100 is one processor wholly busy, a guest of
 * four can reach 400. Rates are the mean over their step, bytes as the guest or host itself sends and receives them.
 */
export type MetricUnit = 'percent' | 'percent-of-one' | 'MiB' | 'bytes/s' | 'ms'

export interface SeriesSpec {
  readonly name: string
  readonly unit: MetricUnit
}

const traffic = [
  { name: 'disk-read', unit: 'bytes/s' },
  { name: 'disk-write', unit: 'bytes/s' },
  { name: 'net-receive', unit: 'bytes/s' },
  { name: 'net-send', unit: 'bytes/s' },
] as const

export const seriesOf = {
  guest: [
    { name: 'cpu', unit: 'percent-of-one' },
    /** What it has been given: the balloon. */
    { name: 'memory-given', unit: 'MiB' },
    /** What it really uses, where its balloon driver tells. */
    { name: 'memory-used', unit: 'MiB' },
    ...traffic,
  ],
  host: [
    { name: 'cpu', unit: 'percent' },
    { name: 'memory-total', unit: 'MiB' },
    { name: 'memory-used', unit: 'MiB' },
    ...traffic,
  ],
  service: [
    /** Of the probes that were answered. */
    { name: 'latency', unit: 'ms' },
    /** How many of the probes that could be made were answered. */
    { name: 'answered', unit: 'percent' },
  ],
} as const satisfies Record<string, readonly SeriesSpec[]>

export type SubjectKind = keyof typeof seriesOf

/** In the order of the file's format. */
export const subjectKinds: readonly SubjectKind[] = ['guest', 'host', 'service']

/** How fine figures are kept, and for how many steps: 10 s for an hour, 1 min for a day, 1 h for two years. Part of the file's format. */
export const tiers = [
  { stepMs: 10_000, length: 360 },
  { stepMs: 60_000, length: 1_440 },
  { stepMs: 3_600_000, length: 17_520 },
] as const

export type TierPlace = 0 | 1 | 2

/** Of whom. `name`: of a guest or host; of a service `GUEST/KEY` with the service's whole key (`web/80/tcp`). */
export interface Subject {
  readonly kind: SubjectKind
  readonly name: string
}

/** Figures of one subject at one step, in the order of its series; null: not known. */
export interface Sample extends Subject {
  readonly values: readonly (number | null)[]
}

/** A stretch of steps of one tier, to be shown `group` steps at a time. */
export interface Stretch {
  readonly tier: TierPlace
  /** The first step. */
  readonly from: number
  readonly count: number
  readonly group: number
}

/** The longest stretch: a year of hours. */
const maxSteps = 8_760

/** What one member may ask of another: not more than the longest range, in whole groups. */
export function isStretch(value: unknown): value is Stretch {
  const { tier, from, count, group } = Object(value) as Partial<Record<keyof Stretch, unknown>>
  const whole = (one: unknown, most: number): one is number =>
    typeof one === 'number' && Number.isSafeInteger(one) && one >= 0 && one <= most
  if (!whole(tier, tiers.length - 1) || !whole(from, Number.MAX_SAFE_INTEGER - maxSteps)) return false
  return whole(count, maxSteps) && whole(group, 24) && count > 0 && group > 0 && count % group === 0
}

/** The newest figures of one host and its guests, in the order of their series. */
export interface NewestFigures {
  readonly measuredAt: WallTime
  /** Null: they could not be read. */
  readonly host: readonly (number | null)[] | null
  /** By guest. */
  readonly guests: Readonly<Record<string, readonly (number | null)[]>>
}

/** Longest name of a subject: two names and a slash. */
export const subjectMaxLength = 135

/** `guest:web`, `host:h1`, `service:web/80` (a port without protocol is one of TCP). Null: none of these. */
export function parseSubject(text: string): Subject | null {
  const found = /^(guest|host|service):(.+)$/.exec(text)
  if (found === null || text.length > subjectMaxLength) return null
  const [kind, name] = [found[1] as SubjectKind, found[2]!]
  if (kind !== 'service') return isName(name) ? { kind, name } : null
  const [guest = '', key = '', protocol, ...more] = name.split('/')
  if (!isName(guest) || !isName(key) || more.length > 0) return null
  if (protocol !== undefined) return /^(tcp|udp)$/.test(protocol) && isPort(key) ? { kind, name } : null
  return { kind, name: isPort(key) ? `${guest}/${key}/tcp` : name }
}

/** The guest that a subject belongs to; null: a host. */
export function guestOfSubject({ kind, name }: Subject): string | null {
  return kind === 'host' ? null : (name.split('/')[0] ?? name)
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text)
}
