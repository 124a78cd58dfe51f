import { isIP } from 'node:net'
import type { AddressSource, GuestSpec } from '../../model/guest.ts'
import type { AddressFinder } from '../../ports/address-finder.ts'
import type { Hypervisor } from '../../ports/hypervisor.ts'
import { interfaceMacs } from '../libvirt/interface-macs.ts'
import { resolveName } from './names.ts'
import { type Neighbour, readNeighbours } from './neighbours.ts'

/** One source is waited for so long: a guest agent that hangs must not keep the next source from being asked. */
export const sourceTimeoutMs = 1_000

export interface AddressFinderNeeds {
  readonly hypervisor: Pick<Hypervisor, 'addresses' | 'definition'>
  readonly resolve?: (name: string) => Promise<readonly string[]>
  readonly neighbours?: () => Promise<readonly Neighbour[]>
}

/** Asks the sources in the guest's order, one after the other; the first that knows a usable address decides. Keeps nothing: whoever asked keeps the address for as long as it serves. */
export function createAddressFinder(needs: AddressFinderNeeds): AddressFinder {
  return new SourceFinder(needs)
}

class SourceFinder implements AddressFinder {
  private readonly hypervisor: Pick<Hypervisor, 'addresses' | 'definition'>
  private readonly resolve: (name: string) => Promise<readonly string[]>
  private readonly neighbours: () => Promise<readonly Neighbour[]>
  /** By source and domain: a question that hangs is not asked a second time meanwhile. */
  private readonly underWay = new Map<string, Promise<readonly string[]>>()

  constructor(needs: AddressFinderNeeds) {
    this.hypervisor = needs.hypervisor
    this.resolve = needs.resolve ?? resolveName
    this.neighbours = needs.neighbours ?? (() => readNeighbours())
  }

  async find(guest: GuestSpec, domain: string): Promise<string | null> {
    if (guest.address.kind === 'fixed') return guest.address.address
    for (const source of guest.address.order) {
      const found = bestAddress(await within(sourceTimeoutMs, this.ask(source, guest, domain)))
      if (found) return found
    }
    return null
  }

  private ask(source: AddressSource, guest: GuestSpec, domain: string): Promise<readonly string[]> {
    const key = `${source} ${domain}`
    const asked = this.underWay.get(key)
    if (asked) return asked
    // A source that cannot be asked knows nothing now; the hypervisor's own troubles are told elsewhere.
    const asking = this.fromSource(source, guest, domain)
      .catch(() => [])
      .finally(() => this.underWay.delete(key))
    this.underWay.set(key, asking)
    return asking
  }

  private async fromSource(source: AddressSource, guest: GuestSpec, domain: string): Promise<readonly string[]> {
    switch (source) {
      case 'lease':
      case 'agent':
        return await this.hypervisor.addresses(domain, source)
      case 'arp':
        return [...(await this.fromOwnTable(domain)), ...(await this.hypervisor.addresses(domain, 'arp'))]
      case 'name':
        return [...(await this.resolve(guest.id)), ...(domain === guest.id ? [] : await this.resolve(domain))]
    }
  }

  /** The host's own table, by the MACs of the domain: it knows guests on plain bridges, which libvirt's networks do not. */
  private async fromOwnTable(domain: string): Promise<readonly string[]> {
    const xml = await this.hypervisor.definition(domain)
    if (xml === null) return []
    const macs = interfaceMacs(xml)
    const neighbours = await this.neighbours()
    return macs.flatMap((mac) =>
      neighbours.filter((entry) => entry.complete && entry.mac === mac).map((entry) => entry.address),
    )
  }
}

/** IPv4 before IPv6; nothing that only means something on one link or inside the guest. */
export function bestAddress(addresses: readonly string[]): string | null {
  const usable = addresses.map((address) => address.replace(/\/\d+$/, '')).filter(isUsable)
  return usable.find((address) => isIP(address) === 4) ?? usable[0] ?? null
}

function isUsable(address: string): boolean {
  const version = isIP(address)
  if (version === 4) return !/^(0|127|169\.254|22[4-9]|23\d|24\d|25[0-5])\./.test(address)
  if (version === 6) return !/^(::1?$|fe[89ab]|ff)/i.test(address) && !address.includes('%')
  return false
}

function within(timeoutMs: number, asking: Promise<readonly string[]>): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve([]), timeoutMs)
    void asking.then((addresses) => {
      clearTimeout(timer)
      resolve(addresses)
    })
  })
}
