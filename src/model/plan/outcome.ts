/** What is counted: whole units of each (MiB, thousandths of a core, MiB of disk). */
export const resourceNames = ['memory', 'cpu', 'disk'] as const

export type ResourceName = (typeof resourceNames)[number]

/** Why hosts cannot hold what they are asked to. */
export type Shortage =
  /** Strict rules want these together and apart. */
  | { readonly code: 'contradiction'; readonly guests: readonly string[] }
  /** So few hosts that all of them may be lost at once. */
  | { readonly code: 'too-few-hosts'; readonly hosts: number; readonly survive: number }
  /** All guests need `needed`; with the largest of the hosts lost there is `left`. Whole units of the resource. */
  | {
      readonly code: 'too-little'
      readonly resource: ResourceName
      readonly needed: number
      readonly left: number
      /** The lost ones: those with most of it. */
      readonly without: readonly string[]
    }
  /** These guests fit on so few of the hosts that the loss of those leaves them none. */
  | { readonly code: 'fits-nowhere'; readonly guests: readonly string[]; readonly hosts: readonly string[] }
  /** A strict rule wants so many hosts at once. */
  | { readonly code: 'apart'; readonly guests: readonly string[]; readonly hosts: number; readonly survive: number }
  /** Every placement was tried by the solver: none holds. */
  | { readonly code: 'packing' }

/** One step: these guests, of one rule or one alone, go together; the next step begins when they are there. */
export interface Move {
  readonly guests: readonly string[]
  /** Null: nowhere yet, started there. */
  readonly from: string | null
  readonly to: string
  /** Only to make room: it goes on later. */
  readonly aside: boolean
}

/** What cannot go to its place as things stand then, and why not. */
export interface Blocked {
  readonly guests: readonly string[]
  readonly from: string
  readonly to: string
  readonly because:
    | { readonly code: 'room'; readonly resource: ResourceName; readonly needed: number; readonly free: number }
    | { readonly code: 'apart'; readonly guests: readonly string[] }
}

/** What is short when the room runs out. */
export type HeadroomLimit =
  | { readonly code: 'host'; readonly host: string; readonly resource: ResourceName }
  | { readonly code: 'loss'; readonly lost: readonly string[]; readonly guests: readonly string[] }
