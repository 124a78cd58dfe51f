import { connect } from 'node:net'
import { Fault } from '../../model/fault.ts'
import type { MigrationTarget } from '../../ports/hypervisor.ts'
import { resolveName } from '../address/names.ts'

/** Where libvirt of another host listens, as libvirt itself would understand the URI. */
export interface LibvirtAddress {
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
}

/** Ports of libvirt's transports; without one in the URI it is TLS. */
const usualPorts: Readonly<Record<string, number>> = { tls: 16_514, tcp: 16_509, ssh: 22, libssh: 22, libssh2: 22 }

/** Faults: `bad-data` for a URI that names no host, or goes another way than over the network. */
export function libvirtAddress(uri: string): LibvirtAddress {
  const url = parsed(uri)
  const [, transport = 'tls'] = url?.protocol.slice(0, -1).split('+') ?? []
  const usual = usualPorts[transport]
  if (!url?.hostname || usual === undefined) {
    throw new Fault('bad-data', 'not-done', { field: 'uri', expected: 'qemu+tls://HOST/system', got: uri })
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? usual : Number(url.port) }
}

/**
 * Where the memory is sent. Said always: left to itself, libvirt sends it to the name the other host has for itself,
 * which need not be known here, and waits two minutes for a name server to say so.
 */
export function dataUriOf({ uri, dataUri }: MigrationTarget): string {
  if (dataUri !== null) return dataUri
  const { host } = libvirtAddress(uri)
  return host.includes(':') ? `tcp://[${host}]` : `tcp://${host}`
}

/**
 * Connects and hangs up. Throws an Error that says why it could not: `timeoutMs` after the name was found at the latest.
 * Of several addresses one is enough.
 */
export async function knock({ host, port }: LibvirtAddress, timeoutMs: number): Promise<void> {
  const addresses = await resolveName(host)
  if (addresses.length === 0) throw new Error(`${host}: name unknown`)
  try {
    await Promise.any(addresses.map((address) => knockAt(address, port, timeoutMs)))
  } catch (error) {
    throw error instanceof AggregateError ? (error.errors[0] ?? error) : error
  }
}

function knockAt(address: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port })
    const end = (error?: Error) => {
      clearTimeout(timer)
      socket.destroy()
      if (error === undefined) resolve()
      else reject(error)
    }
    const late = () => end(new Error(`connect ${address}:${port}: no answer within ${timeoutMs} ms`))
    const timer = setTimeout(late, timeoutMs)
    socket.once('connect', () => end())
    // Stays: an error after the end is nobody's.
    socket.on('error', end)
  })
}

function parsed(uri: string): URL | null {
  return URL.canParse(uri) ? new URL(uri) : null
}
