import type { GuestDraft } from './draft.ts'
import type { ProblemList } from './problem-list.ts'
import { pathText } from './reader.ts'

type Thing = 'mac' | 'domain' | 'disk' | 'address'

interface Taker {
  readonly guest: GuestDraft
  readonly at: number
  /** A disk that is only read may be shared with others that only read it. */
  readonly shared: boolean
}

/** What only one guest can have: a MAC, a libvirt domain, a disk it writes to. The same fixed address is only a warning: it may be meant. */
export function checkTakenTwice(guests: readonly GuestDraft[], problems: ProblemList): void {
  const takers = new Map<string, Taker>()
  for (const guest of guests) {
    const { source, address } = guest.spec
    const take = (what: Thing, got: string, at: number | undefined, key: string, shared = false) => {
      const taker = { guest, at: at ?? guest.at, shared }
      const first = takers.get(`${what} ${got}`)
      if (first === undefined) takers.set(`${what} ${got}`, taker)
      else if ((what === 'address' || what === 'mac') && arePair(first.guest, guest)) return
      else if (!first.shared || !shared) noteTwice(what, got, first, taker, key, problems)
    }
    if (address.kind === 'fixed') take('address', address.address, guest.places.address, 'address')
    if (source.kind === 'existing') take('domain', source.domain, guest.places.domain, 'domain')
    if (source.kind !== 'defined') continue
    take('domain', guest.spec.id, undefined, 'define')
    for (const disk of source.definition.disks)
      take('disk', disk.path, guest.places.define, 'define.disks', disk.readOnly)
    for (const one of source.definition.interfaces) take('mac', one.mac, guest.places.define, 'define.interfaces')
  }
}

/** A guest and its standby never run at once: the one may have the name in the network that the other has. */
function arePair(a: GuestDraft, b: GuestDraft): boolean {
  return a.spec.standby === b.spec.id || b.spec.standby === a.spec.id
}

function noteTwice(what: Thing, got: string, first: Taker, taker: Taker, key: string, problems: ProblemList): void {
  const { guest, at } = taker
  const place = first.guest.source.place(first.at)
  const data = { code: 'taken-twice', what, got, guest: first.guest.spec.id, first: place } as const
  const path = `${pathText(['guests', guest.spec.id])}.${key}`
  if (what === 'address') problems.warning(guest.source, at, path, data)
  else problems.error(guest.source, at, path, data)
}
