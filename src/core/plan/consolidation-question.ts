import type { ConsolidationFile, FileGuest, Totals } from '../../model/plan/consolidation.ts'
import type { Growth } from './headroom.ts'
import type { PlanQuestion, Resource } from './question.ts'

/** The question that a file asks. A resource that some host does not tell of is not counted, except memory, which all tell of. */
export function questionOf(file: ConsolidationFile): PlanQuestion {
  const counted = resourcesOf(file)
  const priced = file.hosts.some(({ price }) => price !== null)
  return {
    resources: counted,
    hosts: file.hosts.map((host) => ({
      id: host.name,
      present: host.present,
      price: priced ? (host.price ?? 0) : 1,
      capacity: counted.map(({ name }) => {
        if (name === 'memory') return host.memoryMib
        return (name === 'cpu' ? host.cpuMilli : host.diskMib) ?? Number.POSITIVE_INFINITY
      }),
    })),
    guests: file.guests.map((guest) => ({
      id: guest.name,
      at: guest.host,
      needs: counted.map(({ name }) => needOf(guest, name)),
    })),
    rules: file.rules,
    survive: file.survive,
  }
}

/** How each guest grows, by the resources of the question. */
export function growthsOf(file: ConsolidationFile): (guest: string) => Growth {
  const counted = resourcesOf(file)
  const byName = new Map(
    file.guests.map((guest): [string, Growth] => [
      guest.name,
      { yearly: counted.map(() => guest.growth), daily: counted.map(({ name }) => guest.daily[name]) },
    ]),
  )
  const none = counted.map(() => 0)
  return (guest) => byName.get(guest) ?? { yearly: none, daily: none }
}

function resourcesOf({ hosts, guests, mirrored }: ConsolidationFile): Resource[] {
  const hasCpu = hosts.some(({ cpuMilli }) => cpuMilli !== null)
  // Disks that all hosts reach are on none of them.
  const hasDisk = mirrored && hosts.some(({ diskMib }) => diskMib !== null) && guests.some(({ diskMib }) => diskMib > 0)
  return [
    { name: 'memory', mirrored: false },
    ...(hasCpu ? [{ name: 'cpu', mirrored: false } as const] : []),
    ...(hasDisk ? [{ name: 'disk', mirrored: true } as const] : []),
  ]
}

function needOf(guest: FileGuest, name: Resource['name']): number {
  if (name === 'memory') return guest.memoryMib
  return name === 'cpu' ? guest.cpuMilli : guest.diskMib
}

/** What the critical guests need together, each once, in the file's own units. */
export function totalsOf(file: ConsolidationFile): {
  readonly cores: number
  readonly memoryMilli: number
  readonly diskMilli: number
} {
  const names = new Set(file.critical.flatMap(({ guests }) => guests))
  const guests = file.guests.filter(({ name }) => names.has(name))
  const sum = (amount: (guest: FileGuest) => number): number => guests.reduce((all, guest) => all + amount(guest), 0)
  const milli = (written: number | null, mib: number): number => written ?? Math.round((mib * 1000) / 1024)
  return {
    cores: sum(({ cpuMilli }) => cpuMilli) / 1_000,
    memoryMilli: sum((guest) => milli(guest.memoryMilli, guest.memoryMib)),
    diskMilli: sum((guest) => milli(guest.diskMilli, guest.diskMib)),
  }
}

export interface TotalDifference {
  readonly list: 'printedTotals' | 'checkedTotals'
  readonly what: keyof Totals
  readonly stated: number
  readonly derived: number
}

/** Totals that somebody printed and that are not what the guests add up to. */
export function totalDifferences(file: ConsolidationFile): TotalDifference[] {
  const derived = totalsOf(file)
  return (['printedTotals', 'checkedTotals'] as const).flatMap((list) =>
    (['cores', 'memoryMilli', 'diskMilli'] as const).flatMap((what): TotalDifference[] => {
      const stated = file[list]?.[what] ?? null
      return stated === null || stated === derived[what] ? [] : [{ list, what, stated, derived: derived[what] }]
    }),
  )
}
