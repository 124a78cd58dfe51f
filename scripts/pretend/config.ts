import { type HostId, hostId } from '../../src/model/ids.ts'

/** What a program of pretend hosts is told, as JSON in its argument. */
export interface PretendConfig {
  readonly role: 'seed' | 'hosts' | 'leader'
  readonly endpoints: readonly string[]
  readonly hosts: number
  /** Of `hosts`: from this one to before that one. Host 0 is the leader's. */
  readonly from: number
  readonly to: number
  /** Of `hosts`: these watch what the others write, as every daemon does; of the rest each only renews and tells. */
  readonly watching: 'all' | 'none'
  /** Of `leader`: where each program of hosts listens. */
  readonly places: readonly { readonly port: number; readonly from: number; readonly to: number }[]
}

export const clusterName = 'pretend'
export const guestsEach = 10

export function hostOf(index: number): HostId {
  return hostId(`host${String(index).padStart(4, '0')}`)
}

export function indexOf(host: string): number {
  return Number(host.slice('host'.length))
}

/** Answers on standard output are lines of JSON. */
export function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** CLOCK_MONOTONIC, the same for all programs of a machine. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
