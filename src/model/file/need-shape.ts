import { isName, type ServiceKey } from '../ids.ts'
import type { OnLoss } from '../need.ts'
import { defaultProbe, type ProbePolicy, type ProbeSpec } from '../service.ts'
import { isAddress, isIpv4, isIpv6 } from './address.ts'
import { type ScalarNode, shorten } from './node.ts'
import { type ProbeRead, probeFields, probeOf } from './probe-shape.ts'
import type { Reader } from './reader.ts'
import { oneOf, scalar } from './scalar-shape.ts'
import { type Port, parsePort, parseServiceKey, policyOf } from './service-shape.ts'
import { either, field, type MapRead, named, record, type Shape } from './shape.ts'

export const onLossWords = ['pause', 'keep', 'restart', 'stop'] as const

/** A need as written, before the names are known to be anybody's. */
export interface NeedDraft {
  readonly target: NeedTarget
  readonly onLoss: OnLoss
}

export type NeedTarget =
  | { readonly kind: 'guest'; readonly name: string; readonly service: ServiceKey | null }
  | { readonly kind: 'tag'; readonly tag: string; readonly service: ServiceKey | null }
  | ExternalTarget

export interface ExternalTarget extends Port {
  readonly kind: 'external'
  readonly address: string
  /** Said to be external; without it, a guest that is named like an address is meant before the address. */
  readonly explicit: boolean
  readonly probe: ProbeSpec
  readonly probePolicy: Partial<ProbePolicy>
}

const targetText: Shape<NeedTarget> = scalar('text', { type: 'string' }, (node, reader) => parseTarget(node, reader))

/** `db.example.com:3306/tcp`: an address, or a name that is found when it is probed. */
const externalText: Shape<ExternalTarget> = scalar('text', { type: 'string' }, (node, reader) => {
  const split = splitExternal(node.text)
  if (split === null) return reader.error(node, { code: 'bad-form', expected: 'external', got: shorten(node.text) })
  return externalOf(split.address, split.port, true, node, reader)
})

const needFields = {
  need: field(targetText, 'What is needed: `guest:22/tcp`, `guest`, `@tag:22/tcp`, `192.0.2.1:3306/tcp`.'),
  external: field(externalText, 'A service outside the file, by address or by name: `db.example.com:3306/tcp`.'),
  onLoss: field(
    oneOf(onLossWords),
    'When the need is lost: pause this guest; keep it going; or, once it is lost for good, restart or stop it.',
    'pause',
  ),
  ...probeFields,
}

const needMap: Shape<NeedDraft> = {
  read: (node, reader) => {
    const read = record(needFields).read(node, reader)
    return read === undefined ? undefined : needOf(read, reader)
  },
  schema: (definitions) => record(needFields).schema(definitions),
}

const needText: Shape<NeedDraft> = {
  read: (node, reader) => {
    const target = targetText.read(node, reader)
    return target === undefined ? undefined : { target, onLoss: 'pause' }
  },
  schema: (definitions) => targetText.schema(definitions),
}

export const need: Shape<NeedDraft> = named('need', either('text-or-map', needText, needMap))

function needOf(read: MapRead<typeof needFields>, reader: Reader): NeedDraft | undefined {
  const { need: inner, external, onLoss = 'pause' } = read.values
  if (read.places.need !== undefined && read.places.external !== undefined) {
    return reader.error(read, { code: 'conflict', got: ['need', 'external'] })
  }
  if (read.places.need === undefined && read.places.external === undefined) {
    return reader.error(read, { code: 'missing-key', expected: 'need' })
  }
  const target = inner ?? external
  if (target === undefined) return undefined
  if (target.kind !== 'external') return onlyExternal(read, reader) ? { target, onLoss } : undefined
  const probe = probeOf(read as ProbeRead, target, reader)
  return probe === undefined
    ? undefined
    : { target: { ...target, probe, probePolicy: policyOf(read as ProbeRead) }, onLoss }
}

/** A guest's services are probed as that guest says; only an external need says it itself. */
function onlyExternal(read: MapRead<typeof needFields>, reader: Reader): boolean {
  const given = Object.keys(probeFields).filter((key) => read.places[key as keyof typeof probeFields] !== undefined)
  for (const key of given) {
    const at = read.places[key as keyof typeof probeFields] ?? read.at
    reader.error({ at }, { code: 'key-not-here', got: key, expected: 'external-need' })
  }
  return given.length === 0
}

function parseTarget(node: ScalarNode, reader: Reader): NeedTarget | undefined {
  const { text } = node
  const bad = () => reader.error(node, { code: 'bad-form', expected: 'need', got: shorten(text) })
  const external = splitExternal(text)
  if (external !== null && isAddress(external.address)) {
    return externalOf(external.address, external.port, false, node, reader)
  }
  if (isIpv6(text)) return reader.error(node, { code: 'bad-form', expected: 'external', got: shorten(text) })
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  const rest = colon < 0 ? null : text.slice(colon + 1)
  const isTag = name.startsWith('@')
  if (!isName(isTag ? name.slice(1) : name)) return bad()
  const service = rest === null ? null : parseServiceKey(rest, node, reader)
  if (service === undefined) return undefined
  return isTag ? { kind: 'tag', tag: name.slice(1), service } : { kind: 'guest', name, service }
}

/** Address and port of `192.0.2.1:22/tcp`, `[2001:db8::1]:22/tcp`, `db.example.com:22/tcp`. */
function splitExternal(text: string): { address: string; port: string } | null {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):([^:]+)$/.exec(text)
  if (match === null) return null
  const [, bracketed, bare = '', port = ''] = match
  if (bracketed !== undefined) return isIpv6(bracketed) ? { address: bracketed, port } : null
  return isIpv4(bare) || (isHostName(bare) && !/^[0-9.]+$/.test(bare)) ? { address: bare, port } : null
}

export function isHostName(text: string): boolean {
  return text.length <= 253 && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text)
}

function externalOf(
  address: string,
  portText: string,
  explicit: boolean,
  node: ScalarNode,
  reader: Reader,
): ExternalTarget | undefined {
  const port = parsePort(portText, node, reader)
  if (port === undefined) return undefined
  return {
    kind: 'external',
    address,
    explicit,
    ...port,
    probe: defaultProbe(port.port, port.protocol),
    probePolicy: {},
  }
}
