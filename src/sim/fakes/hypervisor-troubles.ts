/** What is wrong with a pretend hypervisor now. */
export interface HypervisorTroubles {
  /** Its connection is gone: calls fail, events are missed. */
  lost: boolean
  /** Factor on how long calls take. */
  slowness: number
  /** Chance that a call is refused without effect. */
  failing: number
  /** Chance that a call has its effect and its answer is lost. */
  answersLost: number
  /** Chance that a move breaks after the guest had begun to run on over there. */
  breaking: number
  /** Starts and stops of a machine that are still to fail, by name. */
  readonly failStarts: Map<string, number>
  readonly failStops: Map<string, number>
  readonly failMigrations: Map<string, number>
  /** The same, counted over all hosts together. */
  everywhere: Record<'failStarts' | 'failStops' | 'failMigrations', Map<string, number>>
}

export function noTroubles(): HypervisorTroubles {
  return {
    lost: false,
    slowness: 1,
    failing: 0,
    answersLost: 0,
    breaking: 0,
    failStarts: new Map(),
    failStops: new Map(),
    failMigrations: new Map(),
    everywhere: { failStarts: new Map(), failStops: new Map(), failMigrations: new Map() },
  }
}

type Failing = keyof HypervisorTroubles['everywhere']

export function failuresLeft(troubles: HypervisorTroubles, what: Failing, name: string): number {
  return (troubles[what].get(name) ?? 0) + (troubles.everywhere[what].get(name) ?? 0)
}

/** This try is one of those that are to fail. */
export function fails(troubles: HypervisorTroubles, what: Failing, name: string): boolean {
  return spend(troubles[what], name) || spend(troubles.everywhere[what], name)
}

/** Takes one from a count of tries that are still to fail. */
function spend(counts: Map<string, number>, name: string): boolean {
  const left = counts.get(name) ?? 0
  if (left > 0) counts.set(name, left - 1)
  return left > 0
}
