import type { HypervisorNode } from '../../ports/hypervisor.ts'
import { ErrorCode, LibvirtError } from './errors.ts'
import type { LibvirtPool } from './pool.ts'

/** The host as libvirt sees it. */
export async function readNode(pool: LibvirtPool): Promise<HypervisorNode> {
  const [{ type }, { libVer }, { hostname }, info, totalKib] = await Promise.all([
    pool.call('connectGetType', {}),
    pool.call('connectGetLibVersion', {}),
    pool.call('connectGetHostname', {}),
    pool.call('nodeGetInfo', {}),
    totalMemoryKib(pool),
  ])
  return {
    kind: type.toLowerCase(),
    libraryVersion: versionText(libVer),
    hostname,
    memoryMib: Math.floor(Number(totalKib ?? info.memory) / 1024),
    cpus: info.cpus,
  }
}

/**
 * All of the host's memory; null where this hypervisor does not tell. Asked first, because the figure of the node's
 * description is the sum of its NUMA cells, which leaves out memory that was plugged in later.
 */
async function totalMemoryKib(pool: LibvirtPool): Promise<bigint | null> {
  const all = { cellNum: -1, flags: 0 }
  try {
    const { nparams } = await pool.call('nodeGetMemoryStats', { ...all, nparams: 0 })
    const { params } = await pool.call('nodeGetMemoryStats', { ...all, nparams })
    return params.find(({ field }) => field === 'total')?.value ?? null
  } catch (error) {
    if (error instanceof LibvirtError && error.code === ErrorCode.noSupport) return null
    throw error
  }
}

/** libvirt packs its version as a million times major, a thousand times minor, and the rest. */
export function versionText(packed: bigint): string {
  const version = Number(packed)
  return `${Math.floor(version / 1_000_000)}.${Math.floor(version / 1_000) % 1_000}.${version % 1_000}`
}
