import type { DomainShape } from '../../model/host-facts.ts'
import { markNamespace } from './domain-mark.ts'
import { type Element, elementOf, elementsOf, first, rootElement, text, textOf } from './xml-tree.ts'

const nothing: DomainShape = {
  memoryMib: null,
  memoryMaxMib: null,
  cpus: null,
  disks: [],
  interfaces: [],
  madeFor: null,
}

/** What a domain's XML tells about it. Whatever is not there, or not as it should be, is not known. */
export function domainShape(xml: string): DomainShape {
  const domain = rootElement(xml, 'domain')
  if (domain === null) return nothing
  const devices = elementOf(domain.devices)
  const memoryMaxMib = sizeMib(domain.memory)
  return {
    memoryMib: sizeMib(domain.currentMemory) ?? memoryMaxMib,
    memoryMaxMib,
    cpus: whole(textOf(domain.vcpu)),
    disks: elementsOf(devices.disk).map(disk),
    interfaces: elementsOf(devices.interface).map(networkInterface),
    madeFor: madeFor(domain),
  }
}

/** Where the bytes come from: a file, a device, a volume of a pool, an image on the network. */
const diskSources = ['@file', '@dev', '@dir', '@volume', '@name'] as const

function disk(element: Element): DomainShape['disks'][number] {
  const source = elementOf(element.source)
  return {
    target: text(elementOf(element.target), '@dev') ?? '?',
    source: first(source, diskSources),
    format: text(elementOf(element.driver), '@type'),
    device: text(element, '@device') ?? 'disk',
    readOnly: element.readonly !== undefined,
  }
}

const linkSources = ['@bridge', '@network', '@dev'] as const

function networkInterface(element: Element): DomainShape['interfaces'][number] {
  return {
    kind: text(element, '@type') ?? '?',
    source: first(elementOf(element.source), linkSources),
    mac: text(elementOf(element.mac), '@address')?.toLowerCase() ?? null,
    model: text(elementOf(element.model), '@type'),
  }
}

/** Our own mark, under whatever prefix libvirt wrote it. */
function madeFor(domain: Element): string | null {
  for (const [name, value] of Object.entries(elementOf(domain.metadata))) {
    const [prefix] = name.split(':')
    const mark = elementOf(value)
    if (name.endsWith(':guest') && mark[`@xmlns:${prefix}`] === markNamespace) return text(mark, '@id')
  }
  return null
}

/** Bytes in each unit of libvirt's sizes; without a unit they are KiB. */
const units: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  KB: 1e3,
  k: 1024,
  KiB: 1024,
  MB: 1e6,
  M: 1024 ** 2,
  MiB: 1024 ** 2,
  GB: 1e9,
  G: 1024 ** 3,
  GiB: 1024 ** 3,
  TB: 1e12,
  T: 1024 ** 4,
  TiB: 1024 ** 4,
}

/** Of an element with a size and its unit. */
export function sizeMib(element: unknown): number | null {
  const amount = whole(textOf(element))
  const factor = units[text(elementOf(element), '@unit') ?? 'KiB']
  return amount === null || factor === undefined ? null : Math.round((amount * factor) / 1024 ** 2)
}

function whole(digits: string | null): number | null {
  return digits !== null && /^\d{1,15}$/.test(digits) ? Number(digits) : null
}
