import type { DomainFacts, HostFacts } from '../../model/host-facts.ts'
import { byName } from '../../model/ids.ts'
import { portKey } from '../../model/service.ts'
import type { DraftLine, DraftNote } from './draft-line.ts'
import { blank, commented, line, note, yamlText } from './draft-line.ts'
import { type GuestName, guestNames } from './guest-names.ts'
import { ownersOf, seenNeeds } from './seen-needs.ts'

/**
 * A cluster file drafted from what is on a host, as lines of YAML with comments as data. Pure. What it says takes effect
 * as little as it can: guests keep their libvirt definition, one that is off stays off, and needs are only proposed,
 * because connections seen once are not yet needs. The cluster-file parser accepts every draft.
 */
export function draftLines(facts: HostFacts): DraftLine[] {
  const names = guestNames(facts.domains.filter(({ madeFor }) => madeFor === null))
  return [
    ...headLines(facts),
    line(0, 'version: 1'),
    ...hostLines(facts),
    blank,
    ...guestLines(facts, names),
    ...leftOutLines(facts, names),
  ]
}

function headLines(facts: HostFacts): DraftLine[] {
  const { uri, hostname, scan, traffic } = facts
  const ports = scan.ports.map(({ port, protocol }) => portKey(port, protocol))
  return [
    note(0, { code: 'head', uri, hostname }),
    note(0, { code: 'how-to' }),
    note(0, ports.length === 0 ? { code: 'not-scanned' } : { code: 'scanned', ports, perSecond: scan.perSecond }),
    ...(scan.leftOut.length === 0 ? [] : [note(0, { code: 'scan-left-out', guests: scan.leftOut })]),
    note(0, traffic.kind === 'seen' ? { code: 'traffic-seen', from: traffic.from } : { code: 'traffic-unseen' }),
    blank,
  ]
}

/** Only a comment: how much the host needs for itself is its administrator's to say. */
function hostLines({ hostname, memoryMib, cpus }: HostFacts): DraftLine[] {
  return [
    note(0, { code: 'host', memoryMib, cpus }),
    commented(0, `hosts: { ${yamlText(hostname)}: { reserved: 1 GiB } }`),
  ]
}

function guestLines(facts: HostFacts, names: readonly GuestName[]): DraftLine[] {
  const named = names.filter(({ problem }) => problem !== 'unnameable')
  if (named.length === 0) return [line(0, 'guests: {}', { code: 'no-guests' })]
  const context: Context = {
    names,
    facts,
    addresses: ownersOf(named.map(({ id, domain }) => ({ guest: id, addresses: domain.addresses }))),
  }
  return [line(0, 'guests:'), ...named.flatMap((name) => oneGuest(name, context))]
}

interface Context {
  readonly names: readonly GuestName[]
  readonly facts: HostFacts
  /** Whose each address is, as far as it is one guest's alone. */
  readonly addresses: ReadonlyMap<string, string>
}

function oneGuest(name: GuestName, context: Context): DraftLine[] {
  const { id, domain } = name
  return [
    line(1, `${yamlText(id)}:`),
    ...machineLines(domain),
    line(2, `domain: ${yamlText(domain.name)}`),
    ...stateLines(domain),
    ...(domain.run === 'running' ? [...addressLines(name, context), ...serviceLines(domain)] : []),
    ...needLines(name, context),
  ]
}

function machineLines(domain: DomainFacts): DraftLine[] {
  const { memoryMib, memoryMaxMib, cpus, disks, interfaces } = domain
  return [
    note(2, { code: 'machine', memoryMib, memoryMaxMib, cpus }),
    ...disks.map((disk) => note(2, { code: 'disk', ...disk })),
    ...interfaces.map((one) => note(2, { code: 'interface', ...one })),
    ...(domain.autostart ? [note(2, { code: 'autostart' })] : []),
    ...(domain.persistent ? [] : [note(2, { code: 'transient' })]),
  ]
}

/** What is off now stays off: applying a draft starts nothing. */
function stateLines({ run }: DomainFacts): DraftLine[] {
  if (run === 'running') return []
  if (run === 'paused') return [line(2, 'state: ignored', { code: 'paused' })]
  return [line(2, 'state: stopped', { code: 'off' })]
}

/**
 * An address from a lease or an agent is found again when it is needed. One from the ARP table is there only for as long
 * as somebody speaks with the guest: it is written down.
 */
function addressLines({ id, domain }: GuestName, { addresses }: Context): DraftLine[] {
  const own = domain.addresses.filter(({ address }) => addresses.get(address) === id)
  const [best, ...others] = own
  if (best === undefined) return [note(2, { code: 'no-address' })]
  const { address, source } = best
  const more = [...new Set(others.map((one) => one.address).filter((other) => other !== address))]
  return [
    source === 'arp'
      ? line(2, `address: ${yamlText(address)}`, { code: 'address-from-arp' })
      : note(2, { code: 'address-found', address, source }),
    ...(more.length === 0 ? [] : [note(2, { code: 'more-addresses', addresses: more })]),
  ]
}

function serviceLines({ ports }: DomainFacts): DraftLine[] {
  if (ports === null) return [note(2, { code: 'not-asked' })]
  if (ports.length === 0) return [note(2, { code: 'no-answer' })]
  return [line(2, `services: [${ports.map(({ port, protocol }) => portKey(port, protocol)).join(', ')}]`)]
}

function needLines({ id }: GuestName, { facts, addresses }: Context): DraftLine[] {
  if (facts.traffic.kind === 'unseen') return []
  const { needs, more } = seenNeeds(id, facts.traffic.flows, addresses)
  if (needs.length === 0) return []
  return [
    commented(2, 'needs:', { code: 'needs-seen' }),
    ...needs.map(({ text, external, count }) => {
      const target = external ? `{ external: "${text}", onLoss: keep }` : `"${text}"`
      return commented(2, `  - ${target}`, { code: 'need-seen', count })
    }),
    ...(more === 0 ? [] : [note(2, { code: 'more-needs', count: more })]),
  ]
}

function leftOutLines({ domains }: HostFacts, names: readonly GuestName[]): DraftLine[] {
  const notes: DraftNote[] = [
    ...names
      .filter(({ problem }) => problem === 'unnameable')
      .map(({ domain }) => ({ code: 'unnameable', domain: domain.name }) as const),
    ...domains
      .flatMap(({ madeFor }) => (madeFor === null ? [] : [madeFor]))
      .sort(byName)
      .map((guest) => ({ code: 'made-by-vigia', guest }) as const),
  ]
  return notes.length === 0 ? [] : [blank, ...notes.map((one) => note(0, one))]
}
