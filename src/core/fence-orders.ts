import type { HostId } from '../model/ids.ts'
import { byName } from '../model/ids.ts'
import type { FencingRecord } from '../model/member.ts'
import type { FencingView } from './fencing.ts'

/** A person's order to take a host's power, and what is to become of it: it is acted upon once, or answered with why not. */
export interface FenceOrder {
  readonly host: HostId
  readonly serial: number
  readonly verdict: 'take' | FenceRefusal
}

/** `booted-since`: another boot was meant. */
export type FenceRefusal = 'no-device' | 'fence-limit' | 'disarmed' | 'booted-since'

/** The next order to act upon; null: none, or a fence command is under way (S6: one at a time). Pure. */
export function fenceOrder({ snapshot, fenced, devices, fencing }: FencingView): FenceOrder | null {
  if (fencing !== null) return null
  for (const [host, wish] of [...snapshot.hostWishes].sort(([a], [b]) => byName(a, b))) {
    const serial = wish.fenceSerial ?? 0
    const sight = snapshot.members.sights.get(host)
    if (sight === undefined || serial <= (fenced.asked?.[host] ?? 0)) continue
    const boot = sight.alive?.bootId ?? null
    if ((wish.fenceBoot ?? null) !== boot) return { host, serial, verdict: 'booted-since' }
    const members = snapshot.members.sights.size
    return {
      host,
      serial,
      verdict: fenceRefusal(host, devices(host), fenced, members, snapshot.members.armed) ?? 'take',
    }
  }
  return null
}

/** S6: at most so many hosts by command until all are back, or somebody resets the count. */
export function mostFenced(members: number): number {
  return Math.floor(members / 2)
}

/** Why a host's power is not taken though a person says so; null: it is. */
export function fenceRefusal(
  host: HostId,
  devices: readonly string[],
  fenced: FencingRecord,
  members: number,
  armed: boolean,
): Exclude<FenceRefusal, 'booted-since'> | null {
  if (!armed) return 'disarmed'
  if (devices.length === 0) return 'no-device'
  return fenced.hosts.includes(host) || fenced.hosts.length < mostFenced(members) ? null : 'fence-limit'
}
