import { Fault } from '../../model/fault.ts'

/** A client URL of one member of etcd. */
export interface Endpoint {
  readonly url: string
  readonly secure: boolean
  readonly hostname: string
  readonly port: number
}

const defaultPort = 2379

/** More than this is no etcd cluster: etcd's own advice is seven members at most. */
const maxEndpoints = 16

/**
 * Which member to ask next: the one whose last failure is the longest ago, in the order given. One that works is kept;
 * one that failed is asked again only after all others failed too, so a member that hangs costs each caller one wait.
 */
export class Endpoints {
  readonly #all: Endpoint[]
  readonly #failedAt = new Map<Endpoint, number>()
  #failures = 0

  constructor(urls: readonly string[]) {
    if (urls.length === 0 || urls.length > maxEndpoints)
      throw refused(`1 to ${maxEndpoints} endpoints`, urls.join(', '))
    this.#all = urls.map(parseEndpoint)
  }

  get all(): readonly Endpoint[] {
    return this.#all
  }

  /** More of the same etcd, from now on; those that are known already stay where they are. Beyond the most it can have, the rest is passed over. */
  add(urls: readonly string[]): void {
    for (const next of urls.map(parseEndpoint)) {
      if (this.#all.length < maxEndpoints && this.#all.every(({ url }) => url !== next.url)) this.#all.push(next)
    }
  }

  pick(): Endpoint {
    const [first, ...others] = this.#all
    if (first === undefined) throw new Error('no endpoint')
    return others.reduce((best, next) => (this.#lastFailure(next) < this.#lastFailure(best) ? next : best), first)
  }

  failed(endpoint: Endpoint): void {
    this.#failures++
    this.#failedAt.set(endpoint, this.#failures)
  }

  get first(): Endpoint {
    return this.#all[0]!
  }

  get isAway(): boolean {
    return this.pick() !== this.first
  }

  /** The first is asked next, as if it had never failed. */
  goHome(): void {
    this.#failedAt.delete(this.first)
  }

  #lastFailure(endpoint: Endpoint): number {
    return this.#failedAt.get(endpoint) ?? 0
  }
}

function parseEndpoint(text: string): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : null
  const known = url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
  if (!known || url.hostname === '' || url.pathname !== '/' || url.username !== '' || url.search !== '') {
    throw refused('http://HOST:PORT or https://HOST:PORT', text)
  }
  const port = url.port === '' ? defaultPort : Number(url.port)
  // An IPv6 address is written in brackets in a URL and without them everywhere else.
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return { url: text.replace(/\/$/, ''), secure: url.protocol === 'https:', hostname, port }
}

function refused(expected: string, got: string): Fault {
  return new Fault('bad-request', 'not-done', { expected, got: got.slice(0, 200) })
}
