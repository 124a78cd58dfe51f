import { maxServices } from './limits.ts'
import { onlyOnce } from './lists.ts'
import { machine, memory } from './machine-shape.ts'
import { need } from './need-shape.ts'
import { probePolicyFields } from './probe-shape.ts'
import { address, duration, flag, form, name, oneOf, path, whole } from './scalar-shape.ts'
import { service } from './service-shape.ts'
import { either, field, listOf, type MapRead, made, named, record, type Shape } from './shape.ts'

const addressSources = ['lease', 'agent', 'arp', 'name'] as const

const find = made(
  record({
    find: field(
      listOf(oneOf(addressSources)),
      'Where the address is looked for, in this order: DHCP lease, guest agent, ARP table of the host, name resolution.',
    ),
  }),
  ({ values }, node, reader) => {
    const order = values.find === undefined ? [] : onlyOnce(values.find.map((one) => one.value))
    if (order.length === 0) return reader.error(node, { code: 'missing-key', expected: 'find' })
    return { kind: 'find', order } as const
  },
)

const backOffMap = record({
  initial: field(duration(0, 86_400_000), 'Wait before the second restart in a row.', '5s'),
  max: field(duration(0, 86_400_000), 'It doubles up to this.', '5min'),
})

/** Initial and longest wait; null = not said. */
const backOff: Shape<{ readonly initialMs: number | null; readonly maxMs: number | null }> = either(
  'duration-or-map',
  made(duration(0, 86_400_000), (initialMs) => ({ initialMs, maxMs: null })),
  made(backOffMap, ({ values }) => ({ initialMs: values.initial ?? null, maxMs: values.max ?? null })),
)

export const tagSource = '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'
const tag = form('tag', new RegExp(tagSource))

/** What may be said once for many guests under `defaults:`, and by each guest for itself. */
const commonFields = {
  services: field(
    listOf(service, maxServices),
    'What the guest offers: `22/tcp`, `53/udp`, or a map with a probe. It is ready once all of them answer.',
  ),
  state: field(
    oneOf(['running', 'stopped', 'disabled', 'ignored']),
    'What is wished: running; stopped (watched and kept down); disabled (kept down, failures forgotten); ignored (not touched at all).',
    'running',
  ),
  host: field(name, 'The host it runs on; without it, any.'),
  startAtBoot: field(flag, 'Whether it is started when its host boots.', true),
  priority: field(whole(-1_000_000, 1_000_000), 'Higher goes first where not all can.', 0),
  tags: field(listOf(tag), 'Words under which several guests are named together: `@tag`.'),
  memory: field(memory, 'One size, or min, start, run and max. Without it, as the machine itself is defined.'),
  cpus: field(whole(1, 1024), 'Virtual CPUs. Without it, as the machine itself is defined.'),
  grace: field(duration(0, 86_400_000), 'How long a service may be lost before the guest is restarted.', '20s'),
  restarts: field(whole(0, 100), 'Further tries on the same host after a start that failed.', 1),
  relocations: field(
    whole(0, 100),
    'Other hosts on which it is then tried; where none can take it, it is tried again.',
    1,
  ),
  backOff: field(backOff, 'Wait before a further restart in a row; doubles up to its maximum.'),
  stableAfter: field(duration(1_000, 30 * 86_400_000), 'Ready for so long: earlier restarts are forgotten.', '10min'),
  bootLimit: field(duration(1_000, 86_400_000), 'From start to all services answering.', '5min'),
  shutdownLimit: field(duration(1_000, 86_400_000), 'From the orderly request to the force.', '1min'),
  onRefusedShutdown: field(
    oneOf(['force', 'fail']),
    'A guest that does not go down in time: force it, or report and leave it.',
    'force',
  ),
  onPowerOff: field(
    oneOf(['start', 'leave']),
    'A guest powered off from inside: start it again, or leave it down.',
    'start',
  ),
  probe: field(record(probePolicyFields), "How often its services are asked; a service's own word goes first."),
  failback: field(flag, 'Returns to a better host once there is one, and home after maintenance.', true),
  liveMigration: field(flag, 'May be moved while it runs.', true),
}

export const defaultsFields = {
  ...commonFields,
  address: field(find, 'Where addresses are looked for.'),
  define: field(machine, 'What guests with a `define` of their own have in common.'),
}

export const guestFields = {
  ...commonFields,
  domain: field(
    form('name', /^[^\p{Cc}/]{1,200}$/u),
    'An existing libvirt domain, which keeps its definition. Without domain, define and xml: the one with the name of the guest.',
  ),
  define: field(machine, 'A machine defined here.'),
  xml: field(path, "A file with the administrator's own libvirt domain XML."),
  address: field(
    either(
      'address-or-map',
      made(address, (fixed) => ({ kind: 'fixed', address: fixed }) as const),
      find,
    ),
    'Its IP address, or where it is looked for. Without it: DHCP lease, guest agent, ARP table, name resolution, in this order.',
  ),
  standby: field(
    name,
    'A guest of this file that is kept down, and takes the place of this one once it has been given up: what others need of this one is then asked of it.',
  ),
  needs: field(
    listOf(need),
    'What must answer before it starts: `dns:53/udp`, `dns` (it runs), `@tag:22/tcp`, `192.0.2.1:3306/tcp`, or a map with `onLoss`.',
  ),
}

export const guest = named('guest', record(guestFields))
export const defaults = named('defaults', record(defaultsFields))

export type GuestRead = MapRead<typeof guestFields>
export type DefaultsRead = MapRead<typeof defaultsFields>
