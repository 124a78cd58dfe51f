import { shortestLeaseMs } from '../cluster.ts'
import { drills } from './drill-shape.ts'
import { defaults, guest, tagSource } from './guest-table.ts'
import { host } from './host-shape.ts'
import { maxFiles, maxGuests, maxHosts, maxRules } from './limits.ts'
import { duration, flag, form, isNameKey, name, nameSource, oneOf, path, size, text, whole } from './scalar-shape.ts'
import { field, listOf, type MapRead, made, mapOf, named, orEmpty, record, type Shape, wrongType } from './shape.ts'
import { slaFields } from './sla-shape.ts'

/** Name of a cluster that was given none. */
export const defaultClusterName = 'vigia'

const rankList = made(listOf(name, maxHosts), (names) => names.map(({ value }) => ({ host: value, rank: 0 })))

const rankMap = made(mapOf(isNameKey, whole(-1_000_000, 1_000_000), nameSource, maxHosts, 'hosts'), (ranks) =>
  ranks.map(({ key, value }) => ({ host: key, rank: value ?? 0 })),
)

/** A number is a priority, higher wins; hosts in a list have 0. */
const ranks: Shape<readonly { readonly host: string; readonly rank: number }[]> = {
  read: (node, reader) => {
    if (node.kind === 'scalar') return wrongType(node, reader, 'list-or-map')
    return (node.kind === 'list' ? rankList : rankMap).read(node, reader)
  },
  schema: (definitions) => ({ anyOf: [rankList.schema(definitions), rankMap.schema(definitions)] }),
}

const member = form('name', new RegExp(`^@?${tagSource.slice(1)}`))

const rule = named(
  'rule',
  record({
    kind: field(oneOf(['hosts', 'together', 'apart']), 'On these hosts; on one host together; on different hosts.'),
    guests: field(listOf(member), 'Guests, or `@tag`.'),
    hosts: field(ranks, 'Only with `kind: hosts`: names, or names with a priority (higher wins).'),
    strict: field(flag, 'True: never broken; false: a preference.', false),
  }),
)

const settings = named(
  'settings',
  record({
    onHostShutdown: field(
      oneOf(['migrate', 'freeze', 'failover', 'conditional']),
      'What becomes of the guests of a host that is shut down in an orderly way.',
      'conditional',
    ),
    lease: field(
      duration(shortestLeaseMs, 600_000),
      'How long a host may go without renewing before it counts as lost, from `4s` to `10min`: `4s` is fast, `10s` usual, `30s` for slow or noisy networks (an even number of seconds where there are watchdogs).',
      '10s',
    ),
    freeze: field(duration(0, 86_400_000), 'How long the guests of a rebooting host wait for it.', '10min'),
    coldStartWait: field(
      duration(0, 86_400_000),
      'How long hosts not yet seen are waited for after a power-on of the whole site.',
      '2min',
    ),
    survive: field(whole(0, 100), 'The loss of so many hosts at once must leave room for all guests.', 0),
    survivePolicy: field(
      oneOf(['refuse', 'warn']),
      'A start that would leave too little room for that: refused, or done and reported.',
      'refuse',
    ),
    maxMovesAtOnce: field(whole(1, 100), 'Guests on their way from one host, and to one host, at once.', 2),
    migrationBandwidth: field(size(1, 1_048_576), 'For each move, a second; without it, what the network gives.'),
    migrationTimeLimit: field(duration(1_000, 86_400_000), 'How long the move of a running guest may take.', '30min'),
    onMigrationTimeLimit: field(
      oneOf(['cancel', 'pause', 'post-copy']),
      'A move that takes longer: given up; ended with the guest paused; or the guest runs on at its new host while the rest of its memory follows (lost if either host is lost meanwhile).',
      'cancel',
    ),
    hook: field(
      path,
      'A program that the host which leads runs when a host is fenced, a guest fails over or waits for a host (docs/operating/hook.md).',
    ),
    historyDays: field(whole(1, 36_500), 'History older than this is pruned.', 400),
    historyMaxEvents: field(whole(1_000, 1_000_000_000), 'The oldest events beyond this many are pruned.', 2_000_000),
  }),
)

export const rootFields = {
  $schema: field(text, 'For editors; not read.'),
  version: field(whole(0, 1_000_000), 'The version of this format: 1.'),
  name: field(name, 'Name of the cluster.', defaultClusterName),
  defaults: field(
    defaults,
    'What holds for all guests of this file and of those it includes, unless they say otherwise.',
  ),
  include: field(
    listOf(path, maxFiles),
    "Further files, relative to this one: hosts, guests and rules, also in LauXen's format.",
  ),
  hosts: field(
    mapOf(isNameKey, orEmpty(host), nameSource, maxHosts, 'hosts'),
    'The machines that run guests, by name.',
  ),
  guests: field(mapOf(isNameKey, orEmpty(guest), nameSource, maxGuests, 'guests'), 'The guests, by name.'),
  rules: field(listOf(rule, maxRules), 'Which guests run where, together or apart.'),
  ...slaFields,
  drills: field(drills, 'What is measured on purpose while something is done to a guest (docs/operating/drills.md).'),
  settings: field(settings, 'How the cluster behaves as a whole.'),
}

export const root = record(rootFields)

export type RootRead = MapRead<typeof rootFields>
