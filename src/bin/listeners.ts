import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { listenNetwork, type NetworkListener } from '../api/listen-network.ts'
import { type ListenPlace, placeText } from '../api/listen-place.ts'
import { givenCertificate } from '../drivers/listener/given-certificate.ts'
import { memberCertificate } from '../drivers/listener/member-certificate.ts'
import { type CertificateNames, ownCertificate } from '../drivers/listener/own-certificate.ts'
import { faultData } from '../model/fault.ts'
import type { CertificateSource } from '../ports/certificate-source.ts'
import type { Log } from '../ports/log.ts'
import type { Daemon } from './daemon.ts'

export interface ListenerOptions {
  readonly places: readonly ListenPlace[]
  /** Paths of PEM files. Null: Vigia's own. */
  readonly certificate: { readonly certificate: string; readonly key: string } | null
  /** What people type into a browser, where that is not an address of this host. */
  readonly names: readonly string[]
}

/** A port that is taken, an address that is not there yet, a certificate that cannot be read: tried again so often. */
const retryMs = 10_000

/**
 * Serves the API over the network as well, from now on or as soon as that can be: guests are watched over whether or not anybody can look.
 * Loaded only where it is asked for.
 */
export class Listeners {
  readonly #api: FastifyInstance
  readonly #daemon: Daemon
  readonly #options: ListenerOptions
  readonly #log: Log
  readonly #open: NetworkListener[] = []
  readonly #cancels = new Set<() => void>()
  #source: CertificateSource | null = null
  #closed = false

  constructor(api: FastifyInstance, daemon: Daemon, options: ListenerOptions, log: Log) {
    this.#api = api
    this.#daemon = daemon
    this.#options = options
    this.#log = log
    this.#begin()
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const cancel of this.#cancels) cancel()
    this.#source?.stop()
    await Promise.all(this.#open.map((listener) => listener.close()))
  }

  #begin(): void {
    void this.#tryUntilDone('the certificate of the listeners cannot be had', async () => {
      const source = await certificateFor(this.#daemon, this.#options, this.#log)
      if (this.#closed) return source.stop()
      this.#source = source
      for (const place of this.#options.places) this.#listen(place, source)
    })
  }

  #listen(place: ListenPlace, source: CertificateSource): void {
    const text = placeText(place)
    void this.#tryUntilDone(`nobody can be answered on ${text}`, async () => {
      const listener = await listenNetwork(this.#api, place, source, this.#log)
      if (this.#closed) return listener.close()
      this.#open.push(listener)
      this.#log.info('vigiad answers over the network', { place: placeText(listener.place) })
    })
  }

  async #tryUntilDone(trouble: string, what: () => Promise<void>): Promise<void> {
    if (this.#closed) return
    try {
      await what()
    } catch (error) {
      this.#log.error(`${trouble}; it is tried again`, { fault: faultData(error) })
      const cancel = this.#daemon.clock.after(retryMs, () => {
        this.#cancels.delete(cancel)
        void this.#tryUntilDone(trouble, what)
      })
      this.#cancels.add(cancel)
    }
  }
}

function certificateFor(daemon: Daemon, options: ListenerOptions, log: Log): Promise<CertificateSource> {
  const { certificate } = options
  if (certificate !== null) return givenCertificate(certificate, daemon.clock, log)
  if (daemon.identity !== null) return Promise.resolve(memberCertificate(daemon.identity))
  const folder = join(daemon.stateDirectory, 'listener')
  return ownCertificate(folder, () => namesHere(daemon.host, options), daemon.clock, log)
}

/** All that a browser may call this host. Addresses of one link only are left out: no browser takes them. */
function namesHere(host: string, { names, places }: ListenerOptions): CertificateNames {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address)
  const named = places.flatMap((place) => (place.kind === 'port' && !isEvery(place.host) ? [place.host] : []))
  const needed = new Set([hostname(), 'localhost', '127.0.0.1', '::1', ...names, ...named])
  return { needed: [host, ...[...needed].filter((name) => name !== host)], also: addresses.sort() }
}

function isEvery(address: string): boolean {
  return address === '::' || address === '0.0.0.0'
}
