import { access } from 'node:fs/promises'
import type { CpuNeed, MigrationNeeds, MigrationOffer } from '../../model/migration.ts'
import { LibvirtError } from './errors.ts'
import { readHostCpu } from './host-cpu.ts'
import type { LibvirtPool } from './pool.ts'
import { orWhenRefused } from './refusals.ts'

/** libvirt's `virCPUCompareResult`: the host has less than is asked for. */
const INCOMPATIBLE = 0

/** What this host has of what a guest needs, without the look for its name. */
export async function migrationOffer(
  pool: LibvirtPool,
  needs: MigrationNeeds,
): Promise<Omit<MigrationOffer, 'runsThere'>> {
  const [cpu, machine, memoryFreeMib, missing] = await Promise.all([
    cpuOffer(pool, needs, needs.cpu),
    machineOffer(pool, needs),
    memoryFree(pool),
    Promise.all(needs.files.map(async ({ path }) => ((await isThere(path)) ? [] : [path]))),
  ])
  return { cpu, machine, memoryFreeMib, missingFiles: missing.flat() }
}

async function cpuOffer(pool: LibvirtPool, needs: MigrationNeeds, cpu: CpuNeed): Promise<MigrationOffer['cpu']> {
  if (cpu.kind === 'any') return 'fits'
  if (cpu.kind === 'host') {
    const ours = await readHostCpu(pool)
    return ours === null || cpu.cpu === null ? 'unknown' : ours === cpu.cpu ? 'fits' : 'differs'
  }
  const { arch, machine, virtType: virttype } = needs
  const args = { emulator: null, arch, machine, virttype, xmlCpu: cpu.xml, flags: 0 }
  return orWhenRefused('unknown', async () => {
    const { result } = await pool.call('connectCompareHypervisorCpu', args)
    return result === INCOMPATIBLE ? 'differs' : 'fits'
  })
}

/** Also of the way it is run: a guest of KVM needs KVM. */
async function machineOffer(pool: LibvirtPool, needs: MigrationNeeds): Promise<MigrationOffer['machine']> {
  const { arch, machine, virtType: virttype } = needs
  try {
    await pool.call('connectGetDomainCapabilities', { emulatorbin: null, arch, machine, virttype, flags: 0 })
    return 'known'
  } catch (error) {
    if (error instanceof LibvirtError) return 'unknown'
    throw error
  }
}

/** What can be had without swapping; null where libvirt does not tell. */
async function memoryFree(pool: LibvirtPool): Promise<number | null> {
  const all = { cellNum: -1, flags: 0 }
  return orWhenRefused(null, async () => {
    const { nparams } = await pool.call('nodeGetMemoryStats', { ...all, nparams: 0 })
    const { params } = await pool.call('nodeGetMemoryStats', { ...all, nparams })
    const kib = params.flatMap(({ field, value }) => (spare.includes(field) ? [Number(value)] : []))
    return kib.length === 0 ? null : Math.floor(kib.reduce((sum, part) => sum + part, 0) / 1024)
  })
}

const spare: readonly string[] = ['free', 'buffers', 'cached']

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
