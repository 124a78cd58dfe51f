import type { AddressFinder } from '../../ports/address-finder.ts'
import type { MachineRoom } from '../machine-room.ts'
import type { Timeline } from '../timeline.ts'

/** How long a look for an address takes. */
const findMs = 3

/** Knows the address of a pretend guest once it has booted; a fixed one at once. */
export function fakeAddressFinder(timeline: Timeline, room: MachineRoom): AddressFinder {
  return {
    find: async (guest, domain) => {
      if (guest.address.kind === 'fixed') return guest.address.address
      await timeline.sleep(findMs)
      const machine = room.get(domain)
      return machine?.booted ? machine.spec.address : null
    },
  }
}
