import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'
import type { FenceDeviceMode } from '../scenario/scenario.ts'
import type { StoreTroubles } from '../store-troubles.ts'

/** One thing that goes wrong, or that people do, at a moment. Drawn before the world begins, so that a story can be told with fewer of them. */
export type Mishap = Lasting | Momentary | MachineMishap | Said

type At = { readonly atMs: number }
type For = At & { readonly forMs: number }
type OnHost = { readonly host: HostId }

/** What is taken back at its end. */
export type Lasting = For &
  (
    | (OnHost & { readonly kind: 'daemon-frozen' | 'hypervisor-lost' | 'disks-full' | 'power-cut' })
    /** At each call to the world the daemon dies with this chance, before or after its effect. */
    | { readonly kind: 'deaths'; readonly chance: number; readonly seed: number }
    | (OnHost & { readonly kind: 'hypervisor-slow'; readonly factor: number })
    | (OnHost & {
        readonly kind: 'hypervisor-failing' | 'hypervisor-unsure' | 'moves-break' | 'prober-late'
        readonly chance: number
      })
    | { readonly kind: 'store-unsure'; readonly chance: number }
    | { readonly kind: 'store'; readonly mode: StoreTroubles['mode'] }
    /** The store is gone, and meanwhile daemons come to an end and are started again: which, so long after its beginning. */
    | { readonly kind: 'outage'; readonly ends: readonly { readonly host: HostId; readonly afterMs: number }[] }
    | { readonly kind: 'service-down'; readonly guest: GuestId; readonly service: ServiceKey }
    | { readonly kind: 'outside-down'; readonly service: string }
    | (OnHost & { readonly kind: 'network-off' | 'store-cut' | 'maintenance' })
    | (OnHost & { readonly kind: 'link-cut'; readonly to: HostId; readonly oneWay: boolean })
    | (OnHost & { readonly kind: 'fence-device'; readonly mode: FenceDeviceMode })
    | { readonly kind: 'messages-lost'; readonly chance: number }
    | { readonly kind: 'disarmed' }
  )

/** Trouble of the daemon and its host that is over as it happens. */
export type Momentary = At &
  (
    | (OnHost & { readonly kind: 'daemon-killed' | 'daemon-restarted' | 'watches-lost' | 'host-reboot' | 'host-off' })
    | (OnHost & { readonly kind: 'clock-jump'; readonly byMs: number })
    | { readonly kind: 'leader-killed' }
    /** Somebody swears that a host is dead, if it is. */
    | (OnHost & { readonly kind: 'sworn' })
    /** Somebody starts by hand, on some host, a guest that is at rest. */
    | (OnHost & { readonly kind: 'stray-start'; readonly guest: GuestId })
  )

/** What a machine does by itself, or somebody does to it behind our back. */
export interface MachineMishap extends At {
  readonly kind:
    | 'crash'
    | 'power-off-inside'
    | 'outsider-stops'
    | 'outsider-starts'
    | 'outsider-pauses'
    | 'outsider-resumes'
  readonly guest: GuestId
}

/** What people say. */
export type Said = At &
  (
    | { readonly kind: 'launch' | 'shutdown' | 'force-shutdown'; readonly guests: readonly GuestId[] }
    | { readonly kind: 'pause' | 'resume' | 'watch-on' | 'watch-off'; readonly guest: GuestId }
    | { readonly kind: 'memory'; readonly guest: GuestId; readonly memoryMib: number }
    | { readonly kind: 'apply'; readonly seed: number }
    | (OnHost & {
        readonly kind: 'move'
        readonly guest: GuestId
        readonly how: 'live' | 'cold'
        /** So long after it was said, what is under way of the guest's moves is taken back. Absent: it is not. */
        readonly takenBackAfterMs?: number
      })
  )

export function isLasting(mishap: Mishap): mishap is Lasting {
  return 'forMs' in mishap
}

/** Those that keep a daemon from knowing the world in time. */
const blinding: ReadonlySet<Mishap['kind']> = new Set([
  'watches-lost',
  'daemon-frozen',
  'hypervisor-lost',
  'hypervisor-slow',
  'hypervisor-failing',
  'hypervisor-unsure',
  'moves-break',
  'store',
  'outage',
  'store-unsure',
  'prober-late',
  'power-cut',
  'host-reboot',
  'host-off',
  'network-off',
  'store-cut',
  'link-cut',
  'messages-lost',
  'maintenance',
  'disarmed',
  'sworn',
  'stray-start',
  'move',
  'leader-killed',
])

const killing: ReadonlySet<Mishap['kind']> = new Set(['daemon-killed', 'daemon-restarted', 'deaths'])

/** When it ends; a mishap of a moment ends as it begins. */
export function endOf(mishap: Mishap): number {
  return mishap.atMs + (isLasting(mishap) ? mishap.forMs : 0)
}

export const isBlinding = (mishap: Mishap): boolean => blinding.has(mishap.kind)
export const isKilling = (mishap: Mishap): boolean => killing.has(mishap.kind)

export function describe({ atMs, ...rest }: Mishap): string {
  const { kind, ...details } = rest
  const shown = Object.entries(details).map(
    ([key, value]) => `${key} ${Array.isArray(value) ? value.map(told).join('+') : value}`,
  )
  return [`${(atMs / 1_000).toFixed(3)}s`, kind, ...shown].join(' ')
}

function told(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
