import { disturbances, drillLimits, drillMeasures } from '../drill.ts'
import { usualClientNode } from '../drill-settings.ts'
import { isCron } from './cron.ts'
import { shorten } from './node.ts'
import { command } from './probe-shape.ts'
import { duration, flag, form, isNameKey, name, nameSource, oneOf, scalar, text, whole } from './scalar-shape.ts'
import { field, listOf, type MapRead, made, mapOf, named, record, required, type Shape } from './shape.ts'
import { zone } from './sla-shape.ts'

/** Schedules and ways to fail of one file at most. */
const maxDrills = 100

const client = named(
  'drillClient',
  record({
    ssh: required(
      form('one-line', /^[^\s-][^\s]{0,200}$/),
      'As ssh names it: `user@host`. It must get in without a password.',
    ),
    options: field(listOf(text, 20), 'Further words for ssh: `[-p, "2222"]`.'),
    node: field(form('one-line', /^\S{1,200}$/), 'Node there, 18 or newer.', usualClientNode),
  }),
)

/** Run as root: looked for along no path. */
const program: Shape<readonly string[]> = made(command, (words, node, reader) =>
  words[0]?.startsWith('/')
    ? words
    : reader.error(node, { code: 'bad-form', expected: 'command', got: shorten(words.join(' ')) }),
)

const failure = named(
  'drillFailure',
  record({
    guest: required(name, 'Whose service it is.'),
    service: required(form('service', /^\S{1,63}$/), 'Which one: `80/tcp`.'),
    break: required(program, 'Program and arguments that make it fail, run as root on the host that drills.'),
    mend: required(program, 'What makes it work again; harmless if repeated.'),
  }),
)

const cron: Shape<string> = scalar('text', { type: 'string' }, (node, reader) =>
  isCron(node.text) ? node.text : reader.error(node, { code: 'bad-form', expected: 'cron', got: shorten(node.text) }),
)

const schedule = named(
  'drillSchedule',
  record({
    guest: required(name, 'The guest that is drilled.'),
    measures: required(listOf(oneOf(drillMeasures), drillMeasures.length), 'What is measured.'),
    during: required(listOf(oneOf(disturbances), disturbances.length), 'What is done to the guest meanwhile.'),
    runs: field(whole(1, drillLimits.runs), 'How often each of them.', 3),
    when: required(cron, 'When its window opens, as cron writes it: `0 3 * * sun`.'),
    timeZone: field(zone, 'By whose clocks: a name of the IANA tables. Without it, those of the host that leads.'),
    window: required(
      duration(60_000, 7 * 86_400_000),
      'For how long it is open: nothing begins later, and no further run when it closes.',
    ),
  }),
)

const drillFields = {
  production: field(flag, 'Whether people use this cluster: then `vigia drill run` asks first.', true),
  client: field(
    client,
    'A host outside the cluster that drills are measured from. Without it, the host that is asked.',
  ),
  failures: field(listOf(failure, maxDrills), 'How services are made to fail.'),
  schedules: field(mapOf(isNameKey, schedule, nameSource, maxDrills), 'Drills that are done by themselves, by name.'),
}

export const drills = record(drillFields)

export type DrillsRead = MapRead<typeof drillFields>
