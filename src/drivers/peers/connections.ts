import type { X509Certificate } from 'node:crypto'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import tls, { type TLSSocket } from 'node:tls'
import type { WallTime } from '../../model/ids.ts'
import { type Identity, readCertificates, readShown, type Shown } from '../ca/certificates.ts'
import { Turns } from './turns.ts'
import type { PeerAddress } from './wire.ts'

/** What finding out that nobody is there may cost, and how long a member may take for a handshake. */
const connectMs = 2_000

/** Questions under way, and so connections, to one address of one member; more at once wait for their turn. */
const atOnce = 4

/** After so long without a byte the kernel asks whether the other side still lives. */
export const tcpKeepaliveMs = 1_000

/**
 * Kept connections to one address. Whoever answers there is checked before a byte of a request leaves: the library's own check reports
 * one error of several, so it is told to let all pass and `check` decides.
 */
export class PeerAgent extends https.Agent {
  readonly identity: Identity | null
  readonly turns = new Turns(atOnce)
  readonly #address: PeerAddress
  readonly #check: (socket: TLSSocket) => void
  readonly #connecting = new Set<TLSSocket>()

  /** `identity` null: for one who has none yet. `check` throws for a server that is not the one meant. */
  constructor(address: PeerAddress, identity: Identity | null, check: (socket: TLSSocket) => void) {
    super({ keepAlive: true, maxFreeSockets: atOnce })
    this.identity = identity
    this.#address = address
    this.#check = check
  }

  override createConnection(
    _options: unknown,
    created?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const { host, port } = this.#address
    const socket = tls.connect({
      host,
      port,
      minVersion: 'TLSv1.3',
      rejectUnauthorized: false,
      ...(this.identity === null ? {} : { key: this.identity.key, cert: this.identity.certificate }),
    })
    socket.setKeepAlive(true, tcpKeepaliveMs)
    this.#connecting.add(socket)
    socket.once('close', () => this.#connecting.delete(socket))
    const tooLong = setTimeout(() => socket.destroy(new Error(`no connection in ${connectMs} ms`)), connectMs)
    const failed = (error: Error): void => {
      clearTimeout(tooLong)
      socket.destroy()
      created?.(error, socket)
    }
    socket.once('error', failed)
    socket.once('secureConnect', () => {
      clearTimeout(tooLong)
      socket.off('error', failed)
      this.#connecting.delete(socket)
      try {
        this.#check(socket)
      } catch (error) {
        socket.on('error', () => {})
        return failed(error instanceof Error ? error : new Error(String(error)))
      }
      created?.(null, socket)
    })
    return undefined
  }

  override destroy(): void {
    for (const socket of this.#connecting) socket.destroy(new Error('closed'))
    super.destroy()
  }

  /** Requests under way keep their connections; idle ones are closed, and none is kept afterwards. */
  retire(): void {
    this.maxFreeSockets = 0
    for (const sockets of Object.values(this.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
  }
}

/** Who is at the other end, by a certificate of this authority, or of one of these. Null: shows none. Faults: `certificate-refused`. */
export function shownBy(
  socket: TLSSocket,
  authority: X509Certificate | readonly X509Certificate[],
  now: WallTime,
): Shown | null {
  const certificate = socket.getPeerX509Certificate()
  return certificate === undefined ? null : readShown(certificate, authority, now)
}

const read = new WeakMap<Identity, readonly X509Certificate[]>()

/** Parsed once for each identity: it is needed for every connection. */
export function authoritiesOf(identity: Identity): readonly X509Certificate[] {
  const known = read.get(identity) ?? readCertificates(identity.authority)
  read.set(identity, known)
  return known
}
