import type { RunState } from './observation.ts'
import type { Protocol } from './service.ts'

/** What is found on a host that nobody manages yet; `vigia import` drafts a cluster file from it. */
export interface HostFacts {
  /** As libvirt was asked: `qemu:///system`. */
  readonly uri: string
  readonly hostname: string
  readonly memoryMib: number
  readonly cpus: number
  /** Sorted by name. */
  readonly domains: readonly DomainFacts[]
  readonly scan: ScanFacts
  readonly traffic: TrafficFacts
}

export interface DomainFacts extends DomainShape {
  readonly name: string
  readonly run: RunState
  readonly persistent: boolean
  /** Libvirt starts it at boot. */
  readonly autostart: boolean
  /** Best first. */
  readonly addresses: readonly FoundAddress[]
  /** Ports that answered; null: they were not asked. */
  readonly ports: readonly FoundPort[] | null
}

/** What its definition says; sizes in MiB. */
export interface DomainShape {
  readonly memoryMib: number | null
  readonly memoryMaxMib: number | null
  readonly cpus: number | null
  readonly disks: readonly {
    readonly target: string
    /** A path, or what else it comes from; null: an empty drive. */
    readonly source: string | null
    readonly format: string | null
    readonly device: string
    readonly readOnly: boolean
  }[]
  readonly interfaces: readonly {
    readonly kind: string
    readonly source: string | null
    readonly mac: string | null
    readonly model: string | null
  }[]
  /** The guest of the cluster file it was made for, where Vigia made it. */
  readonly madeFor: string | null
}

export interface FoundAddress {
  readonly address: string
  readonly source: 'lease' | 'agent' | 'arp'
}

export interface FoundPort {
  readonly port: number
  readonly protocol: Protocol
}

export interface ScanFacts {
  readonly ports: readonly FoundPort[]
  readonly perSecond: number
  /** Connects and datagrams sent. */
  readonly asked: number
  /** Names of running domains that were not asked because the whole would have been too much. */
  readonly leftOut: readonly string[]
}

/** Where connections could be seen. */
export type TrafficFacts =
  | { readonly kind: 'seen'; readonly from: readonly ('conntrack' | 'agent')[]; readonly flows: readonly Flow[] }
  | { readonly kind: 'unseen' }

/** Connections of one client to one service, established when looked at. */
export interface Flow {
  readonly client: string
  readonly server: string
  readonly port: number
  readonly protocol: Protocol
  readonly count: number
}
