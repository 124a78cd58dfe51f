import type { Money } from './money.ts'
import type { Ratio } from './ratio.ts'

/** One amount of money under a name of the file's own. */
export interface NamedAmount {
  readonly name: string
  readonly amount: Money
}

/** Many servers against few hosts, once: what such a comparison usually gives. Sums that the file states are kept apart, to be compared. */
export interface Comparison {
  readonly kind: 'comparison'
  readonly currency: string
  readonly servers: number
  /** Hosts that take the servers' place. */
  readonly hosts: number
  readonly perServer: readonly NamedAmount[]
  readonly wattsPerServer: Ratio | null
  readonly physicalExtra: readonly NamedAmount[]
  readonly virtualExtra: readonly NamedAmount[]
  readonly lan: { readonly low: Money; readonly high: Money; readonly servers: number; readonly hosts: number } | null
  readonly san: SanPorts | null
  readonly backup: { readonly licence: Money; readonly licences: number } | null
  readonly power: { readonly servers: number; readonly watts: Ratio } | null
  /** Sums the file states, by their path in it. Money in its smallest unit, watts and shares as they are. */
  readonly stated: readonly Stated[]
}

export interface SanPorts {
  readonly switchPrice: Money
  readonly switchPorts: number
  readonly portsPerServer: number
  readonly servers: number
}

export type Stated =
  | { readonly path: string; readonly unit: 'money'; readonly value: Money }
  | { readonly path: string; readonly unit: 'watts' | 'share'; readonly value: Ratio }

/** What several proposals cost over years. */
export interface Proposals {
  readonly kind: 'proposals'
  readonly currency: string
  /** Years looked at after the start; 0: only what is bought. */
  readonly years: number
  /** A year; 0.08 = 8 %. */
  readonly discountRate: Ratio
  /** Of all that is paid after the start, a year. */
  readonly inflation: Ratio
  /** Of the workloads, a year. */
  readonly growth: Ratio
  /** Servers' worth of work at the start; null: machines are as many as they are. */
  readonly workloads: number | null
  readonly energy: {
    readonly tariff: Ratio
    readonly pue: Ratio
    readonly hoursAYear: Ratio
    readonly inflation: Ratio
  }
  readonly prices: {
    readonly lanPort: Money
    readonly sanPort: Money
    readonly backupLicence: Money
    readonly workHour: Money
  }
  /** Each input is made this much larger and smaller to see what it does; 0.1 = 10 %. */
  readonly sensitivity: Ratio
  /** Name of the proposal that others are held against. */
  readonly baseline: string
  readonly proposals: readonly Proposal[]
}

export interface Proposal {
  readonly name: string
  readonly machines: number
  /** Workloads that one machine carries; null: their number does not follow the workloads. */
  readonly carries: number | null
  /** Machines beyond those that carry the workloads, so that as many may be lost. */
  readonly spare: number
  /** A machine is bought again after so many years; null: not within the years. */
  readonly lifeYears: number | null
  /** Bought with each machine. */
  readonly each: readonly NamedAmount[]
  /** Paid for each machine each year. */
  readonly eachYearly: readonly NamedAmount[]
  readonly watts: Ratio
  readonly lanPorts: number
  readonly sanPorts: number
  readonly backupLicences: number
  /** Of work for each machine, when it comes and in each year. */
  readonly setupHours: Ratio
  readonly yearlyHours: Ratio
  /** Bought once, however many machines. */
  readonly once: readonly NamedAmount[]
  readonly yearly: readonly NamedAmount[]
}
