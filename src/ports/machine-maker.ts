import type { GuestSpec } from '../model/guest.ts'

/**
 * Makes what a guest of the cluster file needs before it can start: its domain XML, its disks, its cloud-init seed.
 * Called by the agent of the host it is assigned to; repeating it changes nothing that exists (a disk is never overwritten).
 * Faults: `disk-missing`, `disk-full`, `not-allowed`, `file-unreadable`, `bad-data` (XML, or a text XML cannot hold),
 * `not-supported` (no program to make such a disk), `limit-reached` (a seed too large), all `not-done`.
 */
export interface MachineMaker {
  /** XML of the transient domain, marked in its metadata with the guest's id. */
  prepare(guest: GuestSpec): Promise<string>
}
