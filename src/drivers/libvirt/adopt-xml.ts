import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser'
import { Fault } from '../../model/fault.ts'
import { derivedMac } from '../../model/file/mac.ts'
import type { GuestId } from '../../model/ids.ts'
import { markNamespace } from './domain-mark.ts'

/** Longest domain XML taken, as a limit against a file that is something else. */
export const xmlMaxBytes = 1024 * 1024

/** A node as the parser keeps it in order: one key names the element, `:@` holds its attributes. */
type Node = Record<string, unknown>

const attributesKey = ':@'

const shared = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  commentPropName: '#comment',
  cdataPropName: '#cdata',
  // Entities stay as they are written, in and out.
  processEntities: false,
} as const

const parser = new XMLParser({ ...shared, parseTagValue: false, parseAttributeValue: false, trimValues: false })
const builder = new XMLBuilder({ ...shared, suppressEmptyNode: true, suppressBooleanAttributes: false })

/**
 * An administrator's own domain XML as the domain of `guest`: its name is the guest's, it carries our mark, and
 * interfaces without a MAC get the one derived from the guest and their place. All else stays as written. Pure.
 * Faults: `bad-data` for what is no domain XML, or declares a document type (nothing it could be for is harmless).
 */
export function adoptXml(guest: GuestId, xml: string): string {
  const document = parse(xml)
  const domain = document.find((node) => 'domain' in node)
  if (!domain) throw refuse('a <domain> element', 'none')
  const children = childrenOf(domain, 'domain')
  setText(children, 'name', guest)
  setMark(children, guest)
  setMacs(children, guest)
  return builder.build(document)
}

function parse(xml: string): Node[] {
  if (xml.length > xmlMaxBytes) throw refuse(`at most ${xmlMaxBytes} characters`, String(xml.length))
  if (/<!DOCTYPE/i.test(xml)) throw refuse('no document type', '<!DOCTYPE')
  const valid = XMLValidator.validate(xml)
  if (valid !== true) throw refuse('well-formed XML', `${valid.err.msg} (line ${valid.err.line})`)
  try {
    const document: unknown = parser.parse(xml)
    return nodesIn(document)
  } catch (error) {
    throw refuse('well-formed XML', error instanceof Error ? error.message : String(error))
  }
}

function refuse(expected: string, got: string): Fault {
  return new Fault('bad-data', 'not-done', { where: 'domain XML', expected, got })
}

function nodesIn(value: unknown): Node[] {
  return Array.isArray(value) ? value : []
}

function childrenOf(node: Node, name: string): Node[] {
  return nodesIn(node[name])
}

function attributesOf(node: Node): Readonly<Record<string, unknown>> {
  const attributes = node[attributesKey]
  return typeof attributes === 'object' && attributes !== null ? { ...attributes } : {}
}

/** Guest ids are plain names: nothing in them needs escaping. */
function setText(siblings: Node[], name: string, text: string): void {
  const known = siblings.find((node) => name in node)
  if (known) known[name] = [{ '#text': text }]
  else siblings.unshift({ [name]: [{ '#text': text }] })
}

function setMark(domain: Node[], guest: GuestId): void {
  const known = domain.find((node) => 'metadata' in node)
  const metadata = known ?? { metadata: [] }
  if (!known) domain.splice(afterName(domain), 0, metadata)
  const others = childrenOf(metadata, 'metadata').filter((node) => !isMark(node))
  metadata.metadata = [...others, { 'vigia:guest': [], [attributesKey]: { 'xmlns:vigia': markNamespace, id: guest } }]
}

/** By namespace and not by prefix; libvirt allows one element a namespace. */
function isMark(node: Node): boolean {
  return Object.values(attributesOf(node)).includes(markNamespace)
}

function afterName(domain: readonly Node[]): number {
  return domain.findIndex((node) => 'name' in node) + 1
}

function setMacs(domain: readonly Node[], guest: GuestId): void {
  const devices = domain.flatMap((node) => childrenOf(node, 'devices'))
  const interfaces = devices.filter((node) => 'interface' in node)
  for (const [index, node] of interfaces.entries()) {
    const children = childrenOf(node, 'interface')
    if (children.some((child) => 'mac' in child)) continue
    node.interface = [{ mac: [], [attributesKey]: { address: derivedMac(guest, index) } }, ...children]
  }
}
