import type { GuestSpec } from '../model/guest.ts'

/** Finds the address a guest answers on, in the order its spec says. Null: none known now; asked again later. Never throws. */
export interface AddressFinder {
  find(guest: GuestSpec, domain: string): Promise<string | null>
}
