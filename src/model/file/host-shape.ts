import { defaultHostWatchdog, type HostSpec } from '../cluster.ts'
import {
  defaultFenceTimeoutMs,
  type FenceDeviceSpec,
  fenceAgentPattern,
  fenceDeviceIds,
  fenceParameterPattern,
} from '../fence-device.ts'
import { hostId } from '../ids.ts'
import { maxAddresses, maxFenceDevices } from './limits.ts'
import { onlyOnce } from './lists.ts'
import { type MapEntry, shorten } from './node.ts'
import type { Reader } from './reader.ts'
import { address, decimal, duration, form, path, scalar, size, whole } from './scalar-shape.ts'
import { field, listOf, made, mapOf, named, record, required, type Shape } from './shape.ts'

/** Kept for the host itself unless the file says otherwise: a small Debian with libvirt and this daemon. */
export const defaultReservedMib = 512

/** A name under which a value is likely to be one that nobody should read; a script or file that holds one may be named. */
const secretName = /(?:passw|secret|token|api_?key|hexadecimal_kg)(?!.*_(?:script|file|path)$)/i

/** One line, of any kind: `lanplus: 1` and `lanplus: "1"` mean the same to a program that reads lines. */
const optionValue: Shape<string> = scalar(
  'text',
  { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  (node, reader) =>
    /^[^\p{Cc}]{0,4096}$/u.test(node.text)
      ? node.text
      : reader.error(node, { code: 'bad-form', expected: 'one-line', got: shorten(node.text) }),
)

const fenceDeviceFields = {
  agent: required(
    form('fence-agent', fenceAgentPattern),
    'A program of `fence-agents` by its name (`fence_ipmilan`), or the path of one that speaks like them.',
  ),
  options: field(
    mapOf(isOptionName, optionValue, fenceParameterPattern.source),
    'Its parameters by the names of its own metadata, without `action`. No secret: they are shown.',
  ),
  secrets: field(
    mapOf(isParameterName, path, fenceParameterPattern.source),
    'Parameters that are read from these files at each call, such as `password`.',
  ),
  timeout: field(duration(1_000, 600_000), 'Longest wait for one answer; the program is ended then.', '20s'),
}

const fenceDevice: Shape<Omit<FenceDeviceSpec, 'id'>> = named(
  'fenceDevice',
  made(record(fenceDeviceFields), ({ values, places }, _node, reader) => {
    const { agent, options = [], secrets = [], timeout = defaultFenceTimeoutMs } = values
    const given = new Set(options.map(({ key }) => key))
    for (const { key, keyAt } of secrets) {
      if (given.has(key)) reader.error({ at: keyAt }, { code: 'conflict', got: [`options.${key}`, `secrets.${key}`] })
    }
    if (agent === undefined || places.agent === undefined) return undefined
    return { agent, options: pairs(options), secrets: pairs(secrets), timeoutMs: timeout }
  }),
)

/** Null: none is to be armed. */
const watchdog: Shape<string | null> = {
  read: (node, reader) => (node.kind === 'scalar' && node.text === 'none' ? null : path.read(node, reader)),
  schema: (definitions) => path.schema(definitions),
}

export const host = named(
  'host',
  record({
    memory: field(size(), 'Without it, what the hypervisor reports.'),
    cpus: field(whole(1, 65_536), 'Without it, what the hypervisor reports.'),
    reserved: field(size(0), 'Memory kept for the host itself, never given to guests.', '512 MiB'),
    overcommit: field(decimal(0.1, 100), '1: guests may be given what the host has; 1.5: half as much again.', 1),
    headroom: field(size(0), 'Memory kept free on this host for guests of a host that is lost.', '0 MiB'),
    addresses: field(
      listOf(address, maxAddresses),
      'IP addresses at which the other hosts reach its daemon; several for several paths.',
    ),
    migrationAddress: field(
      address,
      'IP address that guests are moved to it by; without it, the first of its addresses.',
    ),
    fence: field(
      listOf(fenceDevice, maxFenceDevices),
      'Devices that take its power, tried in this order until one reads "off".',
    ),
    watchdog: field(
      watchdog,
      'Its watchdog device, or `none`: then only a fence device proves that it is dead.',
      defaultHostWatchdog,
    ),
  }),
)

type HostRead = NonNullable<ReturnType<typeof host.read>>

export function hostSpecOf(name: string, values: HostRead['values']): HostSpec {
  const devices = (values.fence ?? []).map(({ value }) => value)
  const ids = fenceDeviceIds(devices.map(({ agent }) => agent))
  return {
    id: hostId(name),
    memoryMib: values.memory ?? null,
    cpus: values.cpus ?? null,
    reservedMib: values.reserved ?? defaultReservedMib,
    overcommit: values.overcommit ?? 1,
    headroomMib: values.headroom ?? 0,
    addresses: onlyOnce((values.addresses ?? []).map(({ value }) => value)),
    migrationAddress: values.migrationAddress ?? null,
    fence: devices.map((device, index) => ({ id: ids[index]!, ...device })),
    watchdog: values.watchdog === undefined ? defaultHostWatchdog : values.watchdog,
  }
}

function isParameterName(entry: MapEntry, reader: Reader): boolean {
  if (fenceParameterPattern.test(entry.key) && entry.key !== 'action') return true
  reader.error({ at: entry.keyAt }, { code: 'bad-form', expected: 'fence-parameter', got: shorten(entry.key) })
  return false
}

/** A password in the cluster file would be read by everybody who may read the file, and lie in the store of every host. */
function isOptionName(entry: MapEntry, reader: Reader): boolean {
  if (!isParameterName(entry, reader)) return false
  if (!secretName.test(entry.key)) return true
  reader.error({ at: entry.keyAt }, { code: 'secret-written', got: entry.key })
  return false
}

function pairs(
  entries: readonly { readonly key: string; readonly value: string | undefined }[],
): Record<string, string> {
  return Object.fromEntries(entries.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]])))
}
