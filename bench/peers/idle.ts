import { basename } from 'node:path'
import type { LabHost } from '../../lab/host.ts'
import { sleep } from '../../lab/run.ts'
import { type ProgramUse, type StackProgram, stackAtRest, vigiaStack } from '../cluster-idle.ts'

/** After a launch, until it is digested: the last writes, a garbage collection. */
const SETTLE_MS = 20_000

/** All of a stack on one host, with the programs that it started and waited for. */
export interface HostIdle {
  readonly host: string
  /** Of one core. */
  readonly cpuPercent: number
  readonly rssMib: number
  /** Pages shared with other processes counted in part. */
  readonly pssMib: number
}

export interface Idle {
  readonly minutes: number
  readonly hosts: readonly HostIdle[]
  readonly uses: readonly ProgramUse[]
}

/** The daemons alone: the agents that they start all the time are theirs by having been waited for. */
const pacemakerStack: StackProgram = ([command = '']) => {
  const name = basename(command)
  return /^(corosync|pacemaker)/.test(name) ? name : null
}

/** The hosts as they are, for so long. */
export async function idle(side: 'ours' | 'peer', hosts: readonly LabHost[], minutes: number): Promise<Idle> {
  await sleep(SETTLE_MS)
  const uses = await stackAtRest(hosts, side === 'ours' ? vigiaStack : pacemakerStack, minutes)
  const sums = hosts.map(({ name }) => {
    const own = uses.filter(({ host }) => host === name)
    const sum = (of: 'cpuPercent' | 'rssMib' | 'pssMib'): number => own.reduce((total, use) => total + use[of], 0)
    return { host: name, cpuPercent: sum('cpuPercent'), rssMib: sum('rssMib'), pssMib: sum('pssMib') }
  })
  return { minutes, hosts: sums, uses }
}
