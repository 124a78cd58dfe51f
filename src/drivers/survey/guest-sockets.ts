import { isIP } from 'node:net'
import type { Flow } from '../../model/host-facts.ts'
import { FlowCount } from './conntrack.ts'

/** States of a socket, from the kernel's tcp_states.h. */
const established = '01'
const listening = '0A'

const linesMax = 100_000

/**
 * Connections of one guest from its own tables /proc/net/tcp and tcp6 (see proc(5)), as its agent read them. Where its
 * own port is one it listens on, it is the server; else the other end is. Loopback is left out.
 */
export function guestFlows(...tables: readonly string[]): readonly Flow[] {
  const sockets = tables.flatMap(parseSockets)
  const ownPorts = new Set(sockets.filter(({ state }) => state === listening).map(({ local }) => local.port))
  const flows = new FlowCount()
  for (const { state, local, remote } of sockets) {
    if (state !== established || isLoopback(local.address) || isLoopback(remote.address)) continue
    if (ownPorts.has(local.port)) flows.add(remote.address, local.address, local.port, 'tcp')
    else flows.add(local.address, remote.address, remote.port, 'tcp')
  }
  return flows.all
}

interface Socket {
  readonly state: string
  readonly local: End
  readonly remote: End
}

interface End {
  readonly address: string
  readonly port: number
}

function parseSockets(table: string): Socket[] {
  return table
    .split('\n', linesMax)
    .slice(1)
    .flatMap((line) => {
      const [, local = '', remote = '', state = ''] = line.trim().split(/\s+/)
      const ends = [local, remote].map(endOf)
      return ends[0] && ends[1] ? [{ state: state.toUpperCase(), local: ends[0], remote: ends[1] }] : []
    })
}

/** `0500A8C0:0016`: words of the address in the guest's byte order, taken to be little-endian, then the port. */
function endOf(text: string): End | null {
  const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/i.exec(text)
  if (match === null) return null
  const bytes = Buffer.from(match[1] ?? '', 'hex').swap32()
  const address = bytes.length === 4 ? [...bytes].join('.') : ipv6(bytes)
  return { address, port: Number.parseInt(match[2] ?? '', 16) }
}

/** IPv4 within IPv6 is IPv4 to everybody else. */
function ipv6(bytes: Buffer): string {
  if (bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff) {
    return [...bytes.subarray(12)].join('.')
  }
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  // The shortest writing, as every other source writes it.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

function isLoopback(address: string): boolean {
  return isIP(address) === 4 ? address.startsWith('127.') : address === '::1'
}
