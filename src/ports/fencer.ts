import type { HostId } from '../model/ids.ts'

/** What a fence device says of a host's power. */
export type Power = 'on' | 'off'

/**
 * Takes a host's power by devices that stand outside it. Called by the leader only, for one host at a time (S6).
 *
 * A command proves nothing (S2 a): "done" of a host whose power then reads "on" is no proof, an error of one whose power
 * reads "off" is; so every `off` is followed by `read`, whatever it answered. Each call has a deadline of its own and may be repeated
 * without harm, but for `on` (which starts a host). Faults: `fence-failed` (`not-done` when the device said no or was not reached,
 * `unknown` when its answer is missing), `fence-absent` (no such device, or its program is not installed), `bad-data` (its parameters),
 * `file-unreadable` (a file that holds one of them).
 */
export interface Fencer {
  /** Ids of the devices that reach this host, in the order they are tried. Empty: none. */
  devices(host: HostId): readonly string[]
  /** Resolves when the device says that the power is off. */
  off(host: HostId, device: string): Promise<void>
  on(host: HostId, device: string): Promise<void>
  read(host: HostId, device: string): Promise<Power>
  /** Whether the device's program takes what the cluster file says of it. Asks the program only; the device need not answer. */
  check(host: HostId, device: string): Promise<void>
}
