import { domainShape } from '../drivers/libvirt/domain-shape.ts'
import type { GuestSpec } from '../model/guest.ts'
import type { Hypervisor } from '../ports/hypervisor.ts'

/**
 * Paths of a guest's disks on this host. `needed`: those that must be there before it can start; `all`: also those that Vigia makes. A volume of
 * a pool, or an image on the network, is not a path here. Faults: the hypervisor's.
 */
export async function diskPaths(
  hypervisor: Pick<Hypervisor, 'definition'>,
  { source }: GuestSpec,
  which: 'needed' | 'all',
): Promise<string[]> {
  if (source.kind === 'defined') {
    const { disks } = source.definition
    return disks.filter(({ createMib }) => which === 'all' || createMib === null).map(({ path }) => path)
  }
  const xml = source.kind === 'xml' ? source.xml : await hypervisor.definition(source.domain, { inactive: true })
  const found = xml === null ? [] : domainShape(xml).disks.flatMap(({ source }) => (source === null ? [] : [source]))
  return found.filter((path) => path.startsWith('/'))
}
