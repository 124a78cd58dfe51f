import type { GuestSummary } from '../../contract/status.ts'
import type { WishResult } from '../../contract/wishes.ts'
import { api } from '../api/api.ts'
import type { GuestActionKey } from './commands.ts'

export interface GuestAction {
  readonly key: GuestActionKey
  /** Whether it would do anything to this guest. */
  isOffered(guest: GuestSummary, hosts: number): boolean
  /** Asked first, with what it means; without it done at once. */
  readonly dialog?: 'shutdown' | 'migrate' | 'memory' | 'unmanage'
  readonly isDangerous?: boolean
  run?(guests: readonly string[]): Promise<readonly WishResult[]>
}

const each =
  (one: (guest: string) => Promise<WishResult>) =>
  async (guests: readonly string[]): Promise<readonly WishResult[]> => {
    const results: WishResult[] = []
    // One after the other: the first refusal says which guest it is about.
    for (const guest of guests) results.push(await one(guest))
    return results
  }

const isUp = ({ run }: GuestSummary): boolean => run === 'running' || run === 'paused'

/** In the order in which they are shown. */
export const guestActions: readonly GuestAction[] = [
  {
    key: 'launch',
    isOffered: (guest) => !isUp(guest) && guest.phase.kind !== 'ignored' && guest.phase.kind !== 'waiting',
    run: async (guests) => [await api.launch({ guests: [...guests] })],
  },
  {
    key: 'shutdown',
    isOffered: (guest) => (isUp(guest) || guest.phase.kind === 'waiting') && guest.phase.kind !== 'ignored',
    dialog: 'shutdown',
    isDangerous: true,
  },
  {
    key: 'pause',
    isOffered: (guest) => guest.run === 'running' && !guest.pausedByHand && guest.watch,
    run: each(api.pause),
  },
  {
    key: 'resume',
    isOffered: (guest) => guest.pausedByHand,
    run: each(api.resume),
  },
  {
    key: 'migrate',
    isOffered: (guest, hosts) => hosts > 1 && guest.phase.kind !== 'ignored',
    dialog: 'migrate',
  },
  {
    key: 'memory',
    isOffered: (guest) => guest.memory.maxMib !== null,
    dialog: 'memory',
  },
  {
    key: 'clear',
    isOffered: (guest) => guest.phase.kind === 'failed' || guest.tries > 0,
    run: each(api.clear),
  },
  {
    key: 'watch-off',
    isOffered: (guest) => guest.watch,
    run: each((guest) => api.watch(guest, false)),
  },
  {
    key: 'watch-on',
    isOffered: (guest) => !guest.watch,
    run: each((guest) => api.watch(guest, true)),
  },
  {
    key: 'unmanage',
    isOffered: () => true,
    dialog: 'unmanage',
    isDangerous: true,
  },
]
