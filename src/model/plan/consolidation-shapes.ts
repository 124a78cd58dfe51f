import { type FileNode, isNothing, shorten, shown } from '../file/node.ts'
import { isNameKey, name, nameSource, oneOf, path, scalar, size, text, whole } from '../file/scalar-shape.ts'
import { field, listOf, mapOf, record, required, type Shape, wrongType } from '../file/shape.ts'
import { currency, exact, mostOfAnything, remarkField } from './cost-shapes.ts'
import { asNumber, type Ratio, ratio, rounded, times } from './ratio.ts'

/** GB with at most three digits after the point, as thousandths: sums of them are exact. */
export const gigabytes: Shape<number> = {
  read: (node, reader) => {
    const value = exact(0, mostOfAnything).read(node, reader)
    if (value === undefined) return undefined
    const milli = times(value, ratio(1_000n))
    if (milli.under === 1n) return Number(milli.over)
    return reader.error(node, { code: 'bad-form', expected: 'decimal', got: shown(node) })
  },
  schema: () => ({ type: 'number', minimum: 0 }),
}

/** `6 x 300 GB SAS`: MiB of all of them, as the maker counts (1 GB = 10^9 bytes). */
const disk: Shape<number> = scalar('text', { type: 'string' }, (node, reader) => {
  const match = /^(\d{1,4}) ?x ?(\d{1,6}(?:\.\d{1,3})?) ?(GB|TB)\b/i.exec(node.text)
  if (match === null) return reader.error(node, { code: 'bad-form', expected: 'disks', got: shorten(node.text) })
  const gigabyte = Number(match[2]) * (match[3]!.toUpperCase() === 'TB' ? 1_000 : 1)
  return Math.floor((Number(match[1]) * gigabyte * 1e9) / (1024 * 1024))
})

const price = exact(0, Number.MAX_SAFE_INTEGER)

const hostFields = {
  model: field(text, 'For people.'),
  cpu: field(text, 'For people.'),
  cores: field(whole(1, 65_536), 'Cores it has.'),
  memory: field(size(), 'Memory it has (32 GiB).'),
  memoryGb: field(gigabytes, 'The same as a number of GB.'),
  reserved: field(size(0), 'Memory kept for the host itself.', '512 MiB'),
  disks: field(listOf(disk, 100), 'Its disks, raw, as in "6 x 300 GB SAS"; `diskUsable` of them is used.'),
  disk: field(size(), 'Room on its disks, in place of `disks`.'),
  price: field(price, 'What it costs to have it; without prices each host counts one.'),
}

const guestFields = {
  host: field(name, 'Where it is today.'),
  service: field(text, 'For people.'),
  cores: field(exact(0, 65_536), 'Virtual cores, or processors it uses.', 1),
  memory: field(size(), 'Memory it has or uses (2 GiB).'),
  memoryGb: field(gigabytes, 'The same as a number of GB.'),
  disk: field(size(0), 'Room of its disks.'),
  diskGb: field(gigabytes, 'The same as a number of GB.'),
  growth: field(exact(-1, 10), 'Of all it needs, a year: 0.2 is 20 %.', 0),
}

const guestRecord = record(guestFields)

export interface GuestRead {
  readonly at: number
  readonly hostAt: number | null
  readonly host: string | null
  readonly service: string | null
  readonly cores: Ratio
  readonly memoryMib: number | null
  readonly memoryMilli: number | null
  readonly diskMib: number | null
  readonly diskMilli: number | null
  readonly growth: number | null
}

/** `[host, cores, memory GB, disk GB, service]`, or keys that say the same. */
const guest: Shape<GuestRead> = {
  read: (node, reader) => {
    if (node.kind === 'map') return fromKeys(node, guestRecord.read(node, reader))
    if (node.kind !== 'list') return wrongType(node, reader, 'list-or-map')
    const [host, cores, memory, room, service] = node.items
    if (memory === undefined) return wrongType(node, reader, 'list')
    const under = <T>(index: number, item: FileNode | undefined, shape: Shape<T>): T | undefined =>
      item === undefined || isNothing(item) ? undefined : reader.under(index, () => shape.read(item, reader))
    return {
      at: node.at,
      hostAt: host?.at ?? null,
      host: under(0, host, name) ?? null,
      cores: under(1, cores, guestFields.cores.shape) ?? ratio(1n),
      memoryMib: null,
      memoryMilli: under(2, memory, gigabytes) ?? null,
      diskMib: null,
      diskMilli: under(3, room, gigabytes) ?? null,
      service: under(4, service, text) ?? null,
      growth: null,
    }
  },
  schema: (definitions) => ({ anyOf: [{ type: 'array' }, guestRecord.schema(definitions)] }),
}

function fromKeys(node: FileNode, read: ReturnType<typeof guestRecord.read>): GuestRead | undefined {
  if (read === undefined) return undefined
  const { values, places } = read
  return {
    at: node.at,
    hostAt: places.host ?? null,
    host: values.host ?? null,
    service: values.service ?? null,
    cores: values.cores ?? ratio(1n),
    memoryMib: values.memory ?? null,
    memoryMilli: values.memoryGb ?? null,
    diskMib: values.disk ?? null,
    diskMilli: values.diskGb ?? null,
    growth: values.growth === undefined ? null : asNumber(values.growth, 9),
  }
}

const bareMetalRecord = record({ role: field(text, 'For people.'), memoryGb: field(gigabytes, 'Memory it has.') })

/** In `{ role: web, databases, memoryGb: 4 }` YAML takes `databases` for a key with nothing after it: it goes on with the role. */
const bareMetal: Shape<{ readonly role: string; readonly memoryMilli: number | null }> = {
  read: (node, reader) => {
    if (node.kind !== 'map') return wrongType(node, reader, 'map')
    const known = node.entries.filter(({ key, value }) => key === 'role' || key === 'memoryGb' || !isNothing(value))
    const more = node.entries.filter((entry) => !known.includes(entry)).map(({ key }) => key)
    const read = bareMetalRecord.read({ ...node, entries: known }, reader)
    if (read === undefined) return undefined
    return { role: [read.values.role ?? '', ...more].join(', '), memoryMilli: read.values.memoryGb ?? null }
  },
  schema: (definitions) => ({ ...bareMetalRecord.schema(definitions), additionalProperties: { type: 'null' } }),
}

/** A figure, or words that stand for one. */
const figure: Shape<number | string> = scalar('text', { type: ['number', 'string'] }, (node) =>
  node.plain && /^\d{1,15}(?:\.\d+)?$/.test(node.text) ? Number(node.text) : node.text,
)

const totals = record({
  cores: field(whole(0, mostOfAnything), 'Virtual cores.'),
  memoryGb: field(gigabytes, 'GB.'),
  diskGb: field(gigabytes, 'GB.'),
})

const fileList = listOf(path, 1_000)

/** One file, or a list of them. */
const useFiles: Shape<readonly string[]> = {
  read: (node, reader) => {
    if (node.kind === 'list') return fileList.read(node, reader)?.map(({ value }) => value)
    const one = path.read(node, reader)
    return one === undefined ? undefined : [one]
  },
  schema: (definitions) => ({ anyOf: [path.schema(definitions), fileList.schema(definitions)] }),
}

const many = 20_000

export const consolidationRoot = record({
  $schema: field(text, 'For editors; not read.'),
  currency: field(currency, 'Of the prices, by its three letters (ISO 4217).'),
  hosts: required(mapOf(isNameKey, record(hostFields), nameSource, 1_000, 'hosts'), 'The hosts there are, by name.'),
  offers: field(
    mapOf(
      isNameKey,
      record({ ...hostFields, count: field(whole(1, 1_000), 'So many of them.', 1) }),
      nameSource,
      1_000,
      'hosts',
    ),
    'Hosts that could be had.',
  ),
  bareMetal: field(
    mapOf(isNameKey, bareMetal, nameSource),
    'Servers without virtualisation: told, and left where they are.',
  ),
  guests: required(mapOf(isNameKey, guest, nameSource, many, 'guests'), 'The guests, by name.'),
  use: field(
    useFiles,
    'Files of what guests were measured to use: CSV (time, guest, memoryMib, cores, diskMib), sadf -j of sysstat, or virsh domstats.',
  ),
  unspecified: field(
    record({
      host: required(name, 'Where they are.'),
      count: required(whole(0, 10_000), 'How many.'),
      assumed: required(
        record({
          cores: required(whole(1, 65_536), 'Of each.'),
          memoryGb: required(gigabytes, 'Of each.'),
          diskGb: field(gigabytes, 'Of each.'),
        }),
        'What each is taken to need.',
      ),
    }),
    'Guests of whom nobody knows what they need.',
  ),
  dependencies: field(mapOf(isNameKey, listOf(name), nameSource), 'Who needs whom: told with the critical services.'),
  critical: field(
    listOf(
      record({
        service: required(text, 'What people call it.'),
        guest: field(name, 'Who gives it.'),
        guests: field(listOf(name), 'Or several.'),
        users: field(figure, 'Customers or employees who use it.'),
        requests: field(figure, 'Requests in some time, the same for all.'),
        volume: field(figure, 'What it serves.'),
      }),
    ),
    'Services that must not be lost.',
  ),
  weights: field(
    record({
      users: field(exact(0, 1_000), 'Weight of the users.', 1),
      requests: field(exact(0, 1_000), 'Weight of the requests.', 1),
      volume: field(exact(0, 1_000), 'Weight of the volume.', 1),
    }),
    'How much each figure counts.',
  ),
  criteria: remarkField,
  proposal: remarkField,
  printedTotals: field(totals, 'Totals of the critical guests as somebody printed them: compared with ours.'),
  checkedTotals: field(totals, 'The same, checked.'),
  rules: field(
    listOf(
      record({
        kind: required(
          oneOf(['hosts', 'together', 'apart']),
          'On these hosts; on one host together; on different hosts.',
        ),
        guests: required(listOf(name), 'Their names.'),
        hosts: field(listOf(name), 'Only with `kind: hosts`.'),
      }),
      10_000,
    ),
    'Who must be where, with whom, or without whom. All are strict.',
  ),
  survive: field(whole(0, 4), 'So many hosts may be lost at once.', 1),
  growth: field(exact(-1, 10), 'Of what all guests need, a year: 0.2 is 20 %.', 0),
  cpuOvercommit: field(exact(1, 100), 'Virtual cores for each core of a host.', 4),
  diskUsable: field(exact(0, 1), 'Part of raw disks that can be used: 0.5 with mirrored pairs.', 0.5),
  storage: field(
    oneOf(['mirrored', 'shared']),
    'Disks of the hosts, copied to where a guest would go; or disks that all hosts reach. Without it, mirrored where one host may be lost and all disks are known.',
  ),
})

export const milliOf = (value: Ratio): number => Number(rounded(times(value, ratio(1_000n))))
