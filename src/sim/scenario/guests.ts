import { nearest } from '../../model/file/nearest.ts'
import type { WishState } from '../../model/guest.ts'
import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'
import { byName, guestId, hostId, isName, nameMaxLength, serviceKey } from '../../model/ids.ts'
import type { GuestFaults, ParsedService, ScenarioGuest, ScenarioHost, ScenarioNeed } from './scenario.ts'
import { noGuestFaults } from './scenario.ts'
import type { Field, PlacedText, Source } from './source.ts'
import { quote } from './source.ts'

/** Limits on a file: what a pretend world of one process can still play. */
const maxHosts = 64
const maxGuests = 1_000
const maxCpus = 4_096
const maxMemoryMib = 64 * 1024 * 1024
const maxTries = 1_000

const hostKeys = ['cpus', 'memoryMib', 'watchdog', 'fence'] as const
const guestKeys = [
  'host',
  'state',
  'memoryMib',
  'cpus',
  'maxRestarts',
  'maxRelocations',
  'failback',
  'liveMigration',
  'services',
  'needs',
  'standby',
  'faults',
] as const
const faultKeys = ['failStarts', 'failMigrations', 'failStops', 'onlyOn'] as const
const wishStates: readonly WishState[] = ['running', 'stopped', 'disabled', 'ignored']

export function readHosts(source: Source, field: Field | undefined): ScenarioHost[] {
  if (field === undefined) {
    source.refuse(source.root, 'hosts', 'none')
    return []
  }
  const fields = source.fields(field.value, 'a mapping of hosts') ?? []
  if (fields.length === 0) source.refuse(field.keyNode, 'at least one host', 'none')
  if (fields.length > maxHosts) source.refuse(field.keyNode, `at most ${maxHosts} hosts`, String(fields.length))
  return fields.slice(0, maxHosts).map((entry) => {
    checkName(source, entry, 'host')
    const record = source.record(entry.value, 'a mapping, {} for a host as usual', hostKeys)
    return {
      id: hostId(entry.key),
      cpus: integerOr(source, record?.get('cpus'), 24, 1, maxCpus),
      memoryMib: integerOr(source, record?.get('memoryMib'), 131_072, 1, maxMemoryMib),
      watchdog: booleanOr(source, record?.get('watchdog'), true),
      fence: oneOfOr(source, record?.get('fence'), ['none', 'device'] as const, 'none'),
    }
  })
}

interface Placed<T> {
  readonly at: Field['value']
  readonly value: T
}

interface DraftGuest extends Omit<ScenarioGuest, 'needs' | 'standby' | 'servedForOthers'> {
  readonly needs: readonly Placed<ScenarioNeed>[]
  readonly standby: Placed<GuestId> | null
  readonly field: Field
}

export function readGuests(
  source: Source,
  field: Field | undefined,
  hosts: ReadonlySet<string>,
): readonly ScenarioGuest[] {
  if (field === undefined) {
    source.refuse(source.root, 'guests', 'none')
    return []
  }
  const fields = source.fields(field.value, 'a mapping of guests') ?? []
  if (fields.length > maxGuests) source.refuse(field.keyNode, `at most ${maxGuests} guests`, String(fields.length))
  const drafts = fields.slice(0, maxGuests).map((entry) => readGuest(source, entry, hosts))
  const known = new Set<string>(drafts.map((guest) => guest.id))
  for (const guest of drafts) checkNeeds(source, guest, known)
  checkStandbys(source, drafts)
  refuseCycle(source, drafts)
  return drafts.map(({ field: _, needs, standby, ...rest }) => ({
    ...rest,
    standby: standby?.value ?? null,
    needs: needs.map((need) => need.value).filter((need) => known.has(need.guest)),
    servedForOthers: servedForOthers(rest.id, rest.services, drafts),
  }))
}

function readGuest(source: Source, entry: Field, hosts: ReadonlySet<string>): DraftGuest {
  checkName(source, entry, 'guest')
  const record = source.record(entry.value, 'a mapping with at least host and state', guestKeys)
  if (record !== null && !record.has('host')) source.refuse(entry.keyNode, `a host for ${entry.key}`, 'none')
  return {
    id: guestId(entry.key),
    field: entry,
    host: record?.has('host') ? readHostName(source, record.get('host')!, hosts) : hostId(''),
    state: oneOfOr(source, record?.get('state'), wishStates, 'running'),
    memoryMib: integerOr(source, record?.get('memoryMib'), 256, 1, maxMemoryMib),
    cpus: integerOr(source, record?.get('cpus'), 1, 1, maxCpus),
    maxRestarts: integerOr(source, record?.get('maxRestarts'), 1, 0, maxTries),
    maxRelocations: integerOr(source, record?.get('maxRelocations'), 1, 0, maxTries),
    failback: booleanOr(source, record?.get('failback'), true),
    liveMigration: booleanOr(source, record?.get('liveMigration'), true),
    services: readServices(source, record?.get('services')),
    needs: readNeeds(source, record?.get('needs')),
    standby: readStandby(source, record?.get('standby')),
    faults: readFaults(source, record?.get('faults'), hosts),
  }
}

function readServices(source: Source, field: Field | undefined): ServiceKey[] {
  if (field === undefined) return []
  const keys: ServiceKey[] = []
  for (const item of source.list(field.value, 'a list of services such as [80/tcp]') ?? []) {
    const placed = source.text(item, 'a service such as 80/tcp')
    if (placed === null) continue
    const service = parseService(placed.text)
    if (service === null) source.refuse(placed.offset, 'a service such as 80/tcp', quote(placed.text))
    else if (keys.includes(service.key)) source.refuse(placed.offset, 'each service once', quote(placed.text))
    else keys.push(service.key)
  }
  return keys
}

export function parseService(text: string): ParsedService | null {
  const match = /^([1-9]\d{0,4})\/(tcp|udp)$/.exec(text)
  if (match === null || Number(match[1]) > 65_535) return null
  return { key: serviceKey(text), port: Number(match[1]), protocol: match[2] === 'udp' ? 'udp' : 'tcp' }
}

function readNeeds(source: Source, field: Field | undefined): Placed<ScenarioNeed>[] {
  if (field === undefined) return []
  return (source.list(field.value, 'a list of needs such as ["dns:53/udp"]') ?? []).flatMap((item) => {
    const placed = source.text(item, 'a need such as dns:53/udp')
    const need = placed === null ? null : parseNeed(source, placed)
    return need === null ? [] : [{ at: item, value: need }]
  })
}

function parseNeed(source: Source, placed: PlacedText): ScenarioNeed | null {
  const colon = placed.text.indexOf(':')
  if (colon < 0) return { guest: guestId(placed.text), service: null }
  const service = parseService(placed.text.slice(colon + 1))
  if (service !== null) return { guest: guestId(placed.text.slice(0, colon)), service: service.key }
  source.refuse(placed.offset + colon + 1, 'a port such as 53/udp', quote(placed.text.slice(colon + 1)))
  return null
}

function checkNeeds(source: Source, guest: DraftGuest, known: ReadonlySet<string>): void {
  const seen = new Set<string>()
  for (const { at, value } of guest.needs) {
    const text = value.service === null ? value.guest : `${value.guest}:${value.service}`
    if (!known.has(value.guest))
      source.refuse(at, 'a guest of this file', quote(value.guest), nearest(value.guest, known))
    else if (value.guest === guest.id) source.refuse(at, 'another guest', `${quote(guest.id)} needing itself`)
    else if (seen.has(text)) source.refuse(at, 'each need once', quote(text))
    seen.add(text)
  }
}

function readStandby(source: Source, field: Field | undefined): Placed<GuestId> | null {
  const placed = field === undefined ? null : source.text(field.value, 'a guest of this file')
  return placed === null ? null : { at: field!.value, value: guestId(placed.text) }
}

/** As the cluster file: one standby for one guest, and needed by nobody for itself. */
function checkStandbys(source: Source, guests: readonly DraftGuest[]): void {
  const byId = new Map(guests.map((guest) => [guest.id, guest]))
  const taken = new Set<GuestId>()
  for (const { id, services, standby } of guests) {
    if (standby === null) continue
    const { at, value } = standby
    const other = byId.get(value)
    if (other === undefined) source.refuse(at, 'a guest of this file', quote(value), nearest(value, byId.keys()))
    else if (value === id) source.refuse(at, 'another guest', `${quote(id)} as its own standby`)
    else if (taken.has(value)) source.refuse(at, 'a standby of one guest', `${quote(value)} a second time`)
    else if (other.standby !== null) source.refuse(at, 'a standby without one of its own', quote(value))
    else if (other.state !== 'running') source.refuse(at, 'a standby that is to run', `${quote(value)}, ${other.state}`)
    else if (!services.every((key) => other.services.includes(key)))
      source.refuse(at, `a standby with the services of ${id}`, quote(value))
    taken.add(value)
  }
  for (const guest of guests) {
    for (const { at, value } of guest.needs) {
      if (byId.get(value.guest)?.standby?.value === guest.id)
        source.refuse(at, 'no need on whom it stands in for', quote(value.guest))
      if (taken.has(value.guest))
        source.refuse(at, 'a need on the guest itself', `one on its standby ${quote(value.guest)}`)
    }
  }
}

/** Prints one cycle of the needs as a path, at the guest it is met first. */
function refuseCycle(source: Source, guests: readonly DraftGuest[]): void {
  const byId = new Map(guests.map((guest) => [guest.id, guest]))
  // Whoever needs a guest needs its standby in turn.
  const withStandby = (id: GuestId) => [id, ...(byId.get(id)?.standby ? [byId.get(id)!.standby!.value] : [])]
  const targets = new Map(
    guests.map((guest) => [guest.id, guest.needs.flatMap(({ value }) => withStandby(value.guest))]),
  )
  const done = new Set<GuestId>()
  for (const start of guests) {
    const path: GuestId[] = []
    const stack: { id: GuestId; next: number }[] = [{ id: start.id, next: 0 }]
    while (stack.length > 0) {
      const top = stack.at(-1)!
      if (top.next === 0) path.push(top.id)
      const need = targets.get(top.id)?.[top.next++]
      if (need === undefined) {
        done.add(top.id)
        path.pop()
        stack.pop()
      } else if (path.includes(need) && need !== top.id) {
        const cycle = [...path.slice(path.indexOf(need)), need]
        source.refuse(byId.get(need)!.field.keyNode, 'needs without a cycle', cycle.join(' -> '))
        return
      } else if (!done.has(need) && need !== top.id && byId.has(need)) {
        stack.push({ id: need, next: 0 })
      }
    }
  }
}

function servedForOthers(id: GuestId, own: readonly ServiceKey[], guests: readonly DraftGuest[]): ServiceKey[] {
  const asked = [id, ...guests.filter((guest) => guest.standby?.value === id).map((guest) => guest.id)]
  const keys = guests
    .flatMap((guest) => guest.needs)
    .flatMap(({ value }) => (asked.includes(value.guest) && value.service !== null ? [value.service] : []))
  return [...new Set(keys)].filter((key) => !own.includes(key)).sort(byName)
}

function readFaults(source: Source, field: Field | undefined, hosts: ReadonlySet<string>): GuestFaults {
  const record = field === undefined ? null : source.record(field.value, 'a mapping of faults', faultKeys)
  if (record === null) return noGuestFaults
  const onlyOn = record.get('onlyOn')
  return {
    failStarts: integerOr(source, record.get('failStarts'), 0, 0, maxTries),
    failStops: integerOr(source, record.get('failStops'), 0, 0, maxTries),
    failMigrations: integerOr(source, record.get('failMigrations'), 0, 0, maxTries),
    onlyOn: onlyOn === undefined ? null : readHostName(source, onlyOn, hosts),
  }
}

export function readHostName(source: Source, field: Pick<Field, 'value'>, hosts: ReadonlySet<string>): HostId {
  const placed = source.text(field.value, 'a host')
  if (placed !== null && !hosts.has(placed.text)) {
    source.refuse(placed.offset, 'a host of this file', quote(placed.text), nearest(placed.text, hosts))
  }
  return hostId(placed?.text ?? '')
}

function checkName(source: Source, field: Field, what: string): void {
  if (isName(field.key)) return
  const expected = `a ${what} name of at most ${nameMaxLength} letters, digits, dots, dashes and underlines`
  source.refuse(field.keyNode, expected, quote(field.key))
}

export function integerOr(
  source: Source,
  field: Field | undefined,
  otherwise: number,
  least: number,
  most: number,
): number {
  return (field === undefined ? null : source.integer(field.value, least, most)) ?? otherwise
}

function booleanOr(source: Source, field: Field | undefined, otherwise: boolean): boolean {
  return (field === undefined ? null : source.boolean(field.value)) ?? otherwise
}

export function oneOfOr<T extends string>(
  source: Source,
  field: Field | undefined,
  known: readonly T[],
  otherwise: T,
): T {
  return (field === undefined ? null : source.oneOf(field.value, known)) ?? otherwise
}
