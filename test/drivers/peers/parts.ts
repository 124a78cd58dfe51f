import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net'
import {
  type AuthorityPair,
  type Identity,
  type KeyStanding,
  keyHash,
  publicKeyOf,
} from '../../../src/drivers/ca/certificates.ts'
import { HttpsPeers, type PeersOptions } from '../../../src/drivers/peers/peers.ts'
import type { PeerAddress } from '../../../src/drivers/peers/wire.ts'
import { type HostId, wallTime } from '../../../src/model/ids.ts'
import { silentLog } from '../../../src/ports/log.ts'
import { memberOf, newAuthority } from '../ca/parts.ts'

/** Certificates of tests begin now: TLS goes by the machine's clock. */
export const wall = () => wallTime(Date.now())

export interface Directory {
  readonly addresses: Map<string, readonly PeerAddress[]>
  standing: (member: HostId, hash: string) => KeyStanding
}

export function directory(): Directory {
  return { addresses: new Map(), standing: () => 'unseen' }
}

/** `known` for the keys of these members, `foreign` for all others. */
export function knows(...identities: readonly Identity[]): Directory['standing'] {
  const hashes = new Map(identities.map(({ member, key }) => [member, keyHash(publicKeyOf(key))]))
  return (member, hash) => (hashes.get(member) === hash ? 'known' : 'foreign')
}

export function openPeers(identity: Identity, of: Directory, more: Partial<PeersOptions> = {}): Promise<HttpsPeers> {
  return HttpsPeers.open({
    ...{ identity, wall, log: silentLog, listenAt: { host: '127.0.0.1', port: 0 } },
    addressesOf: (member) => of.addresses.get(member) ?? [],
    standingOf: (member, hash) => of.standing(member, hash),
    ...more,
  })
}

export async function members(...names: readonly string[]): Promise<{ authority: AuthorityPair; members: Identity[] }> {
  const authority = await newAuthority()
  return { authority, members: await Promise.all(names.map((name) => memberOf(authority, name, wall()))) }
}

export interface Middle {
  readonly port: number
  /** Connections made through it so far. */
  readonly made: number
  /** Bytes come from the server and go nowhere. */
  mute(): void
  close(): Promise<void>
}

/** A place in the middle: passes bytes on to a port. Port 0: takes connections and says nothing. */
export async function middle(to: number): Promise<Middle> {
  const sockets = new Set<Socket>()
  let [made, muted] = [0, false]
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const server: Server = createServer((near) => {
    made++
    keep(near)
    if (to === 0) return
    const far = tcpConnect(to, '127.0.0.1')
    keep(far)
    near.pipe(far)
    far.on('data', (chunk) => muted || near.write(chunk))
    far.on('close', () => muted || near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get made() {
      return made
    },
    mute: () => {
      muted = true
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

export function local(port: number): PeerAddress {
  return { host: '127.0.0.1', port }
}
