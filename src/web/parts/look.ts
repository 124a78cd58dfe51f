import type { GuestSummary, HostSummary } from '../../contract/status.ts'

/** How a guest is shown: each has its own colour, its own sign and its own word. */
export type Look =
  | 'ready'
  | 'starting'
  | 'waiting'
  | 'paused'
  | 'silent'
  | 'stopping'
  | 'stopped'
  | 'failed'
  | 'ignored'
  | 'moving'
  | 'unknown'

export const looks: readonly Look[] = [
  'failed',
  'silent',
  'unknown',
  'paused',
  'waiting',
  'starting',
  'stopping',
  'moving',
  'ready',
  'stopped',
  'ignored',
]

/** Worth a person's eye, most urgent first. */
export const troubled: readonly Look[] = ['failed', 'silent', 'unknown', 'paused', 'waiting']

export function lookOf(guest: GuestSummary): Look {
  const { kind } = guest.phase
  if (kind !== 'ignored' && kind !== 'failed' && guest.move) return 'moving'
  switch (kind) {
    case 'ready':
      // S7: a guest that nobody can look at is not said to be well.
      return guest.run === 'unknown' ? 'unknown' : 'ready'
    case 'starting':
    case 'waiting':
    case 'paused':
    case 'silent':
    case 'stopping':
    case 'failed':
    case 'ignored':
      return kind
    case 'held-down':
    case 'stopped':
      return 'stopped'
    default:
      return 'unknown'
  }
}

export type HostLook =
  | 'online'
  | 'maintenance'
  | 'going-down'
  | 'unseen'
  | 'silent'
  | 'lost'
  | 'left'
  | 'hypervisor-down'

export function hostLookOf(host: HostSummary): HostLook {
  const { member } = host
  if (member !== undefined) {
    if (member.standing === 'lost') return 'lost'
    if (member.standing === 'left') return 'left'
    if (member.standing === 'unseen') return 'unseen'
    if (member.standing === 'silent' || member.standing === 'expired') return 'silent'
    if (member.goingDown) return 'going-down'
    if (member.maintenance) return 'maintenance'
  } else if (!host.seen) return 'unseen'
  return host.hypervisor === 'down' ? 'hypervisor-down' : 'online'
}
