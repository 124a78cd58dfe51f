import type { GuestSummary, StatusView } from '../../contract/status.ts'

export const groupings = ['host', 'wave', 'tag'] as const
export type Grouping = (typeof groupings)[number]

export interface Group {
  /** Null: of those without one. */
  readonly name: string | null
  readonly guests: readonly GuestSummary[]
}

/** The guests as a tree of two levels. A guest with several tags is under each. */
export function groupsOf(status: StatusView, grouping: Grouping): readonly Group[] {
  const groups = new Map<string | null, GuestSummary[]>()
  const add = (name: string | null, guest: GuestSummary): void => {
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [guest])
    else group.push(guest)
  }
  if (grouping === 'host') for (const { id } of status.hosts) groups.set(id, [])
  for (const guest of status.guests) {
    if (grouping === 'host') add(guest.host, guest)
    else if (grouping === 'wave') add(String(guest.wave), guest)
    else if (guest.tags.length === 0) add(null, guest)
    else for (const tag of guest.tags) add(tag, guest)
  }
  const sorted = [...groups].map(([name, guests]) => ({ name, guests }))
  return sorted.sort((a, b) => rank(a.name).localeCompare(rank(b.name), undefined, { numeric: true }))
}

/** Those without come last. */
function rank(name: string | null): string {
  return name === null ? '\uffff' : name
}
