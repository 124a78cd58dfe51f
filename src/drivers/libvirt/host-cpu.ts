import type { LibvirtPool } from './pool.ts'
import { elementOf, elementsOf, rootElement, text, textOf } from './xml-tree.ts'

/**
 * The host's CPU, as far as a guest that was given it whole can tell two of them apart: vendor, model, family and
 * features, without its microcode. From libvirt's capabilities; null where they tell none.
 */
export function hostCpuIn(capabilities: string): string | null {
  const host = elementOf(rootElement(capabilities, 'capabilities')?.host)
  const cpu = elementOf(host.cpu)
  const model = textOf(cpu.model)
  if (model === null) return null
  const signature = elementOf(cpu.signature)
  const features = elementsOf(cpu.feature).flatMap((feature) => text(feature, '@name') ?? [])
  const kind = [textOf(cpu.vendor), model, text(signature, '@family'), text(signature, '@model')]
  return [...kind.filter((part) => part !== null), ...features.sort()].join(' ')
}

export async function readHostCpu(pool: LibvirtPool): Promise<string | null> {
  return hostCpuIn((await pool.call('connectGetCapabilities', {})).capabilities)
}
