import { hostname, networkInterfaces } from 'node:os'
import type { SurveyWish } from '../cli/context.ts'
import { usualPorts } from '../core/import/ports.ts'
import { ownersOf } from '../core/import/seen-needs.ts'
import { bestAddress } from '../drivers/address/finder.ts'
import { resolveName } from '../drivers/address/names.ts'
import { readNeighbours } from '../drivers/address/neighbours.ts'
import { domainShape } from '../drivers/libvirt/domain-shape.ts'
import { openLibvirt } from '../drivers/libvirt/driver.ts'
import { localClock } from '../drivers/local/clock.ts'
import { createProber } from '../drivers/probe/prober.ts'
import { readConntrack } from '../drivers/survey/conntrack.ts'
import { mergedFlows } from '../drivers/survey/flows.ts'
import { guestFlows } from '../drivers/survey/guest-sockets.ts'
import { type ScanTarget, scanServices } from '../drivers/survey/services.ts'
import type { DomainFacts, Flow, FoundAddress, FoundPort, HostFacts, TrafficFacts } from '../model/host-facts.ts'
import { byName } from '../model/ids.ts'
import type { DomainObservation, Hypervisor } from '../ports/hypervisor.ts'
import { libvirtPlace } from './libvirt-place.ts'

/** Guests looked at side by side: libvirt answers few requests at a time, and a hung agent must not hold all. */
const atOnce = 4

/** Looks at all domains of this host, asks the running ones which ports answer, and looks for connections between them. Changes nothing. */
export async function surveyHost(options: SurveyWish, env: NodeJS.ProcessEnv): Promise<HostFacts> {
  const { perSecond, signal } = options
  const { socketPath, uri } = libvirtPlace(options.libvirtSocket, options.libvirtUri, env)
  const hypervisor = await openLibvirt({ socketPath, uri })
  const prober = createProber({ clock: localClock(), pingAgent: async () => false, resolve: resolveName })
  try {
    const node = await hypervisor.node()
    const autostarting = new Set(await hypervisor.autostarting())
    const found = [...(await hypervisor.list())].sort((a, b) => byName(a.name, b.name))
    const domains = await inGroups(found, atOnce, (one) => domainFacts(hypervisor, one, autostarting))
    const ports = options.ports ?? usualPorts
    const targets = scanTargets(domains)
    if (ports.length > 0) options.onScan(targets.length, targets.length * ports.length)
    const scan = await scanServices(targets, ports, perSecond, prober, signal)
    const traffic = await seenTraffic(hypervisor, domains)
    return {
      uri,
      hostname: hostname(),
      memoryMib: node.memoryMib,
      cpus: node.cpus,
      domains: domains.map((domain) => ({ ...domain, ports: ports.length > 0 ? portsOf(domain, scan.open) : null })),
      scan: { ports, perSecond, asked: scan.asked, leftOut: scan.leftOut },
      traffic,
    }
  } finally {
    await prober.close()
    await hypervisor.close()
  }
}

async function domainFacts(
  hypervisor: Hypervisor,
  seen: DomainObservation,
  autostarting: ReadonlySet<string>,
): Promise<DomainFacts> {
  const { name, run, persistent } = seen
  const xml = (await hypervisor.definition(name, { inactive: persistent })) ?? ''
  const shape = domainShape(xml)
  const macs = shape.interfaces.flatMap(({ mac }) => (mac === null ? [] : [mac]))
  const addresses = run === 'running' ? await addressesOf(hypervisor, name, macs) : []
  return { ...shape, name, run, persistent, autostart: autostarting.has(name), addresses, ports: null }
}

/** In the order in which a watching daemon asks, too. The host's own addresses are no guest's, whatever an agent says. */
async function addressesOf(hypervisor: Hypervisor, domain: string, macs: readonly string[]): Promise<FoundAddress[]> {
  const own = new Set(Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)))
  const neighbours = (await readNeighbours()).filter(({ complete, mac }) => complete && macs.includes(mac))
  const found = new Map<string, FoundAddress>()
  for (const source of ['lease', 'agent', 'arp'] as const) {
    // A source that cannot be asked knows nothing. Libvirt's own reading of the ARP table fails on some kernels.
    const told = await hypervisor.addresses(domain, source).catch(() => [])
    const addresses = source === 'arp' ? [...told, ...neighbours.map(({ address }) => address)] : told
    for (const address of addresses) {
      if (bestAddress([address]) === null || own.has(address) || found.has(address)) continue
      found.set(address, { address, source })
    }
  }
  return [...found.values()]
}

/** The best address of each running guest that is that guest's alone. */
function scanTargets(domains: readonly DomainFacts[]): ScanTarget[] {
  const owners = ownersOf(domains.map(({ name, addresses }) => ({ guest: name, addresses })))
  return domains.flatMap(({ name, run, addresses }) => {
    const best = addresses.find(({ address }) => owners.get(address) === name)
    return run === 'running' && best !== undefined ? [{ domain: name, address: best.address }] : []
  })
}

function portsOf(domain: DomainFacts, open: ReadonlyMap<string, readonly FoundPort[]>): readonly FoundPort[] | null {
  const ports = open.get(domain.name)
  return ports === undefined ? null : [...ports].sort((a, b) => a.port - b.port || byName(a.protocol, b.protocol))
}

async function seenTraffic(hypervisor: Hypervisor, domains: readonly DomainFacts[]): Promise<TrafficFacts> {
  const running = domains.filter(({ run }) => run === 'running')
  const tracked = await readConntrack()
  const told = (await inGroups(running, atOnce, ({ name }) => socketsOf(hypervisor, name))).filter(
    (one) => one !== null,
  )
  if (tracked === null && told.length === 0) return { kind: 'unseen' }
  return {
    kind: 'seen',
    from: [...(tracked === null ? [] : (['conntrack'] as const)), ...(told.length === 0 ? [] : (['agent'] as const))],
    flows: mergedFlows(tracked ?? [], ...told),
  }
}

/** Null: the guest has no agent, or one that gives no files. */
async function socketsOf(hypervisor: Hypervisor, domain: string): Promise<readonly Flow[] | null> {
  const table = await hypervisor.readGuestFile(domain, '/proc/net/tcp').catch(() => null)
  if (table === null) return null
  return guestFlows(table, (await hypervisor.readGuestFile(domain, '/proc/net/tcp6').catch(() => null)) ?? '')
}

async function inGroups<A, B>(all: readonly A[], size: number, run: (one: A) => Promise<B>): Promise<B[]> {
  const results: B[] = []
  for (let at = 0; at < all.length; at += size) results.push(...(await Promise.all(all.slice(at, at + size).map(run))))
  return results
}
