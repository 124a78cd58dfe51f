import { isName, serviceKey } from '../ids.ts'
import { defaultProbe, type ProbePolicy, type ProbeSpec, type Protocol, portKey, type ServiceSpec } from '../service.ts'
import type { ScalarNode } from './node.ts'
import { shorten } from './node.ts'
import { type ProbeRead, probeFields, probeOf } from './probe-shape.ts'
import type { Reader } from './reader.ts'
import { badName, name, scalar } from './scalar-shape.ts'
import { either, field, type MapRead, named, record, type Shape } from './shape.ts'

/** A service as written; the probe policy is completed once the guest's own is known. */
export interface ServiceDraft extends Omit<ServiceSpec, 'probePolicy'> {
  readonly probePolicy: Partial<ProbePolicy>
}

export interface Port {
  readonly port: number
  readonly protocol: Protocol
}

const portShape: Shape<Port> = scalar('text', { type: 'string', pattern: '^[0-9]+/(tcp|udp)$' }, (node, reader) =>
  parsePort(node.text, node, reader),
)

const serviceText: Shape<ServiceDraft> = scalar(
  'text',
  { type: 'string', pattern: '^([0-9]+/(tcp|udp)|agent)$' },
  (node, reader) => {
    if (node.text === 'agent') return namedService('agent', { kind: 'agent' }, {})
    const port = parsePort(node.text, node, reader)
    return port === undefined ? undefined : portService(port, defaultProbe(port.port, port.protocol), {})
  },
)

const serviceFields = {
  port: field(portShape, 'Port and protocol: `80/tcp`, `53/udp`.'),
  name: field(
    name,
    'Name of a service whose probe needs no port (`command`, `agent`); needs refer to it by this name.',
  ),
  ...probeFields,
}

const serviceMap: Shape<ServiceDraft> = {
  read: (node, reader) => {
    const read = record(serviceFields).read(node, reader)
    return read === undefined ? undefined : serviceOf(read, reader)
  },
  schema: (definitions) => record(serviceFields).schema(definitions),
}

/** `22/tcp`, `agent`, or a map with a probe. */
export const service: Shape<ServiceDraft> = named('service', either('text-or-map', serviceText, serviceMap))

function serviceOf(read: MapRead<typeof serviceFields>, reader: Reader): ServiceDraft | undefined {
  const { port, name: given, probe: kind } = read.values
  if (kind === 'command' || kind === 'agent') {
    if (read.places.port !== undefined) return notHere(read.places.port, 'port', 'service-without-port', reader)
    const probe = probeOf(read as ProbeRead, null, reader)
    const called = given ?? (kind === 'agent' ? 'agent' : undefined)
    if (called === undefined && read.places.name === undefined)
      reader.error(read, { code: 'missing-key', expected: 'name' })
    return probe === undefined || called === undefined
      ? undefined
      : namedService(called, probe, policyOf(read as ProbeRead))
  }
  if (read.places.name !== undefined) return notHere(read.places.name, 'name', 'service-without-port', reader)
  if (read.places.port === undefined) return reader.error(read, { code: 'missing-key', expected: 'port' })
  if (port === undefined) return undefined
  const probe = probeOf(read as ProbeRead, port, reader)
  return probe === undefined ? undefined : portService(port, probe, policyOf(read as ProbeRead))
}

function notHere(at: number, got: string, expected: 'service-without-port', reader: Reader): undefined {
  return reader.error({ at }, { code: 'key-not-here', got, expected })
}

export function policyOf(read: ProbeRead): Partial<ProbePolicy> {
  const { interval, timeout, fall, rise } = read.values
  return {
    ...(interval === undefined ? {} : { intervalMs: interval }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(fall === undefined ? {} : { fall }),
    ...(rise === undefined ? {} : { rise }),
  }
}

function portService(port: Port, probe: ProbeSpec, probePolicy: Partial<ProbePolicy>): ServiceDraft {
  return { key: portKey(port.port, port.protocol), port: port.port, protocol: port.protocol, probe, probePolicy }
}

function namedService(called: string, probe: ProbeSpec, probePolicy: Partial<ProbePolicy>): ServiceDraft {
  return { key: serviceKey(called), port: null, protocol: null, probe, probePolicy }
}

/** `22/tcp`; says whether the protocol is missing, the number out of range, or the whole something else. */
export function parsePort(text: string, node: { readonly at: number }, reader: Reader): Port | undefined {
  const match = /^([0-9]+)(?:\/(.*))?$/.exec(text)
  if (match === null) return reader.error(node, { code: 'bad-form', expected: 'port', got: shorten(text) })
  const protocol = match[2]?.toLowerCase()
  if (protocol === undefined) return reader.error(node, { code: 'port-without-protocol', got: shorten(text) })
  if (protocol !== 'tcp' && protocol !== 'udp') {
    return reader.error(node, { code: 'bad-choice', expected: ['tcp', 'udp'], got: shorten(protocol), nearest: null })
  }
  const port = Number(match[1])
  if (port < 1 || port > 65_535) return reader.error(node, { code: 'port-out-of-range', got: shorten(text) })
  return { port, protocol }
}

/** The service part of a need: a port, or the name of a service without one. Text that begins with a digit and has a `/`, or is all digits, means a port. */
export function parseServiceKey(
  text: string,
  node: ScalarNode | { readonly at: number },
  reader: Reader,
): ServiceSpec['key'] | undefined {
  if (/^[0-9]+(?:\/|$)/.test(text)) {
    const port = parsePort(text, node, reader)
    return port === undefined ? undefined : portKey(port.port, port.protocol)
  }
  return isName(text) ? serviceKey(text) : badName(text, node, reader)
}
