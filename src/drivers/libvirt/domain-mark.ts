import { createHash } from 'node:crypto'
import type { GuestId } from '../../model/ids.ts'
import { element, type XmlElement } from './xml-text.ts'

/** Namespace of our element in a domain's metadata. A name, not a place: nothing is ever fetched from it. */
export const markNamespace = 'https://vigia.invalid/domain/1'

/** By this a transient domain is known as ours, and whose it is. */
export function domainMark(guest: GuestId): XmlElement {
  return element('vigia:guest', { 'xmlns:vigia': markNamespace, id: guest })
}

/** The same machine at every start and on every host, as its firmware and its licences see it. From the guest's id, as RFC 9562 makes version 8. */
export function domainUuid(guest: GuestId): string {
  const hash = createHash('sha256').update(`${markNamespace}#${guest}`).digest()
  hash.writeUInt8(((hash[6] ?? 0) & 0x0f) | 0x80, 6)
  hash.writeUInt8(((hash[8] ?? 0) & 0x3f) | 0x80, 8)
  return hash.toString('hex', 0, 16).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}
