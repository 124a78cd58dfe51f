import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Agent, startAgent } from '../agent/agent.ts'
import { type Leader, startLeader } from '../control/leader.ts'
import { createAddressFinder } from '../drivers/address/finder.ts'
import { resolveName } from '../drivers/address/names.ts'
import { openLibvirt } from '../drivers/libvirt/driver.ts'
import { localClock } from '../drivers/local/clock.ts'
import { LocalObservations } from '../drivers/local/observations.ts'
import { createMachineMaker } from '../drivers/machine/machine-maker.ts'
import { createProber } from '../drivers/probe/prober.ts'
import { openSqlite, type SqliteState } from '../drivers/sqlite/open.ts'
import { agentLife, type HostId } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { Hypervisor } from '../ports/hypervisor.ts'
import type { Log } from '../ports/log.ts'

export interface DaemonOptions {
  readonly host: HostId
  /** Holds `store.db`, `history.db`, cloud-init seeds. */
  readonly stateDirectory: string
  readonly libvirtSocket: string
  readonly libvirtUri: string
  readonly log: Log
  /** For benchmarks: called when the request of a deed was written; nanoseconds of CLOCK_MONOTONIC. */
  readonly onIssued?: (action: string, domain: string, atNs: bigint) => void
}

export interface Daemon {
  readonly leader: Leader
  readonly agent: Agent
  readonly hypervisor: Hypervisor
  readonly state: SqliteState
  readonly host: HostId
  readonly stateDirectory: string
  readonly clock: Clock
  /** Stops both loops, then the drivers. Guests stay as they are. */
  stop(): Promise<void>
}

/** Builds the drivers of one host and starts both loops on them. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { host, log } = options
  const clock = localClock()
  const state = await openSqlite(options.stateDirectory)
  const hypervisor = await openLibvirt({
    socketPath: options.libvirtSocket,
    uri: options.libvirtUri,
    ...(options.onIssued && { onIssued: options.onIssued }),
  })
  const prober = createProber({ clock, pingAgent: (domain) => hypervisor.pingAgent(domain), resolve: resolveName })
  const observations = new LocalObservations()
  const shared = { host, clock, store: state.store, history: state.history, observations, log }
  const leader = startLeader(shared)
  const agent = startAgent({
    ...shared,
    life: agentLife(randomUUID()),
    bootId: bootId(),
    hypervisor,
    prober,
    addressFinder: createAddressFinder({ hypervisor }),
    machineMaker: createMachineMaker({ seedDirectory: `${options.stateDirectory}/seeds` }),
  })
  const stop = async (): Promise<void> => {
    await agent.stop()
    await leader.stop()
    await prober.close()
    await hypervisor.close()
    await state.close()
  }
  return { leader, agent, hypervisor, state, host, stateDirectory: options.stateDirectory, clock, stop }
}

/** Names this boot of the machine; a namespace of it shares the machine's. */
function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}
