import { connect, type Socket } from 'node:net'
import { Fault } from '../../model/fault.ts'
import type { ConsoleLine } from '../../ports/hypervisor.ts'
import { socketLine } from '../lines/socket-line.ts'
import { elementOf, elementsOf, rootElement, text } from './xml-tree.ts'

/** Where the VNC server of a domain listens, on its own host. */
export type VncPlace = { readonly path: string } | { readonly host: string; readonly port: number }

/** QEMU listens or does not: this is a connection within the host. */
const CONNECT_MS = 3_000

/** From the XML of a running domain. Null: it has no VNC, or one that cannot be reached so. */
export function vncPlace(xml: string): VncPlace | null {
  const domain = rootElement(xml, 'domain')
  if (domain === null) return null
  const graphics = elementsOf(elementOf(domain.devices).graphics).find((one) => text(one, '@type') === 'vnc')
  if (graphics === undefined) return null
  const listens = elementsOf(graphics.listen)
  const path = text(graphics, '@socket') ?? listens.map((one) => text(one, '@socket')).find((one) => one !== null)
  if (path) return { path }
  const port = Number(text(graphics, '@port') ?? -1)
  if (!(port > 0 && port <= 65_535)) return null
  const address = text(graphics, '@listen') ?? listens.map((one) => text(one, '@address')).find((one) => one !== null)
  return { host: ownAddress(address ?? '127.0.0.1'), port }
}

/** A server that listens everywhere is asked at home. */
function ownAddress(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  return address === '::' ? '::1' : address
}

/** Bytes of the VNC protocol, both ways. Faults: `domain-refused`. */
export async function vncLine(domain: string, place: VncPlace): Promise<ConsoleLine> {
  return socketLine(await connected(domain, place), domain)
}

function connected(domain: string, place: VncPlace): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(place)
    const tooLong = setTimeout(() => socket.destroy(new Error(`no connection in ${CONNECT_MS} ms`)), CONNECT_MS)
    socket.once('error', (cause) => {
      clearTimeout(tooLong)
      const where = 'path' in place ? place.path : `${place.host}:${place.port}`
      const details = { action: 'vnc', domain, text: `${where}: ${cause.message}` }
      reject(new Fault('domain-refused', 'not-done', details, { cause }))
    })
    socket.once('connect', () => {
      clearTimeout(tooLong)
      socket.removeAllListeners('error')
      socket.setNoDelay(true)
      resolve(socket)
    })
  })
}
