import type { HypervisorCapabilities } from '../../ports/hypervisor.ts'
import { ErrorCode, LibvirtError } from './errors.ts'
import type { LibvirtPool } from './pool.ts'

/**
 * What the hypervisor behind a connection can do. libvirt answers error 3 for what a driver does not have, before it
 * looks at anything else: so we ask each question about a domain that cannot exist, and "no such domain" means yes.
 */
export async function probeCapabilities(pool: LibvirtPool): Promise<HypervisorCapabilities> {
  const [bulkStatistics, balloon, guestAgent, liveMigration, console] = await Promise.all([
    supported(pool.call('connectGetAllDomainStats', { doms: [], stats: StatsGroup.state, flags: 0 })),
    supported(pool.call('domainSetMemoryFlags', { dom: nobody, memory: 0n, flags: AFFECT_LIVE })),
    supported(pool.call('qemuAgentCommand', { dom: nobody, cmd: '{}', timeout: 1, flags: 0 })),
    supported(pool.call('domainMigratePerform3Params', migrationOfNobody)),
    supported(pool.openStream('domainOpenConsole', { dom: nobody, devName: null, flags: 0 })),
  ])
  return { bulkStatistics, balloon, guestAgent, liveMigration, console }
}

/** libvirt's `VIR_DOMAIN_AFFECT_LIVE`: the running domain, not its stored definition. */
export const AFFECT_LIVE = 1

/** libvirt's `virDomainStatsTypes` that we ask for. */
export const StatsGroup = { state: 1, cpu: 2, balloon: 4, network: 16, block: 32 } as const

const nobody = { name: 'vigia-probe', uuid: Buffer.from('00000000000040008000000000000000', 'hex'), id: -1 }
/** Live and peer to peer. */
const migrationOfNobody = { dom: nobody, dconnuri: null, params: [], cookieIn: Buffer.alloc(0), flags: 3 }

async function supported(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked
    return true
  } catch (error) {
    if (error instanceof LibvirtError) return error.code !== ErrorCode.noSupport
    throw error
  }
}
