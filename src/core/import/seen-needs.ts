import type { Flow, FoundAddress } from '../../model/host-facts.ts'
import { byName } from '../../model/ids.ts'

export interface SeenNeed {
  /** As the cluster file writes it: `db:5432/tcp`, `192.0.2.1:3306/tcp`. */
  readonly text: string
  readonly external: boolean
  readonly count: number
}

/** Shown of each guest's connections to the world: a proxy has thousands, and none of them is a need. */
const externalsMax = 5

/** An address that two guests report (a bridge inside each, say) tells neither of them apart: it is nobody's. */
export function ownersOf(
  guests: readonly { readonly guest: string; readonly addresses: readonly FoundAddress[] }[],
): ReadonlyMap<string, string> {
  const owners = new Map<string, string | null>()
  for (const { guest, addresses } of guests) {
    for (const { address } of addresses) {
      const other = owners.get(address)
      owners.set(address, other === undefined || other === guest ? guest : null)
    }
  }
  return new Map([...owners].filter((entry): entry is [string, string] => entry[1] !== null))
}

/** What one guest was seen to use of others: guests first, then the world, each in the order of how much. `more`: left out of the world. */
export function seenNeeds(
  guest: string,
  flows: readonly Flow[],
  owners: ReadonlyMap<string, string>,
): { readonly needs: readonly SeenNeed[]; readonly more: number } {
  const counts = new Map<string, SeenNeed>()
  for (const { client, server, port, protocol, count } of flows) {
    const target = owners.get(server)
    if (owners.get(client) !== guest || target === guest) continue
    const place = target ?? (server.includes(':') ? `[${server}]` : server)
    const text = `${place}:${port}/${protocol}`
    const before = counts.get(text)?.count ?? 0
    counts.set(text, { text, external: target === undefined, count: before + count })
  }
  const sorted = [...counts.values()].sort((a, b) => b.count - a.count || byName(a.text, b.text))
  const externals = sorted.filter(({ external }) => external)
  return {
    needs: [...sorted.filter(({ external }) => !external), ...externals.slice(0, externalsMax)],
    more: Math.max(0, externals.length - externalsMax),
  }
}
