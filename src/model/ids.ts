/** Branded identifiers: parse at the edge, trust inside. All are case-sensitive strings. */
export type GuestId = string & { readonly brand: 'GuestId' }
export type HostId = string & { readonly brand: 'HostId' }

/** A service of a guest: `22/tcp`, `53/udp`, or a name where its probe needs no port (`backup-agent`). */
export type ServiceKey = string & { readonly brand: 'ServiceKey' }

/** One life of an agent process: new at each start of the daemon, so that what an earlier life did is not taken for what this one did. */
export type AgentLife = string & { readonly brand: 'AgentLife' }

/** Milliseconds on one process's monotonic clock. Never stored for another process to compare with. */
export type Instant = number & { readonly brand: 'Instant' }

/** Milliseconds since 1970 by the wall clock. For people and history only: no decision compares two of them. */
export type WallTime = number & { readonly brand: 'WallTime' }

export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/** Longest accepted name: libvirt and file systems take more, columns and metrics do not. */
export const nameMaxLength = 63

export function isName(text: string): boolean {
  return text.length <= nameMaxLength && namePattern.test(text)
}

export const guestId = (text: string): GuestId => text as GuestId
export const hostId = (text: string): HostId => text as HostId
export const serviceKey = (text: string): ServiceKey => text as ServiceKey
export const agentLife = (text: string): AgentLife => text as AgentLife
export const instant = (ms: number): Instant => ms as Instant
export const wallTime = (ms: number): WallTime => ms as WallTime

/** Order of names everywhere a choice or a listing depends on it: by code unit, not by locale, so every host agrees. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
