import type { ProbeSpec } from '../service.ts'
import { defaultProbe } from '../service.ts'
import { nearest } from './nearest.ts'
import { shorten } from './node.ts'
import type { Reader } from './reader.ts'
import { duration, flag, form, oneOf, scalar, text, whole } from './scalar-shape.ts'
import type { Port } from './service-shape.ts'
import { field, listOf, type MapRead, made, type Shape } from './shape.ts'

const probeKinds = ['tcp', 'udp', 'http', 'https', 'dns', 'command', 'agent'] as const

type ProbeKind = (typeof probeKinds)[number]

interface StatusRange {
  readonly from: number
  readonly to: number
}

const status: Shape<StatusRange> = scalar(
  'text',
  {
    anyOf: [
      { type: 'integer', minimum: 100, maximum: 599 },
      { type: 'string', pattern: '^[1-5][0-9]{2}(-[1-5][0-9]{2})?$' },
    ],
  },
  (node, reader) => {
    const match = /^([1-5][0-9]{2})(?:\s*-\s*([1-5][0-9]{2}))?$/.exec(node.text)
    if (match === null) return reader.error(node, { code: 'bad-form', expected: 'status', got: shorten(node.text) })
    const from = Number(match[1])
    const to = Number(match[2] ?? match[1])
    return from <= to
      ? { from, to }
      : reader.error(node, { code: 'range-order', expected: 'from-below-to', got: node.text })
  },
)

export const command: Shape<readonly string[]> = made(listOf(text), (parts, node, reader) => {
  const words = parts.map((part) => part.value)
  const sound = words.length > 0 && words[0] !== '' && words.every((word) => !word.includes('\u0000'))
  return sound ? words : reader.error(node, { code: 'bad-form', expected: 'command', got: shorten(words.join(' ')) })
})

/** How often and how patiently a service is asked; also a guest's own default under `probe:`. */
export const probePolicyFields = {
  interval: field(duration(50, 3_600_000), 'Time from one question to the next.', '1s'),
  timeout: field(duration(10, 600_000), 'An answer that takes longer is none.', '1s'),
  fall: field(
    whole(1, 100),
    'Silences in a row before the service counts as silent (a refusal is confirmed once, at once).',
    3,
  ),
  rise: field(whole(1, 100), 'Answers in a row before a lost service counts as answering again.', 1),
}

export const probeFields = {
  probe: field(
    oneOf(probeKinds),
    'How the service is asked. Without it: a TCP port must accept a connection; 53/udp must answer a DNS question; another UDP port must not refuse.',
  ),
  path: field(form('http-path', /^\/[!-~]*$/), 'http, https: what is asked for.', '/'),
  host: field(
    form('dns-name', /^[A-Za-z0-9]([A-Za-z0-9.:-]{0,252})$/),
    'http, https: the Host header; without it, the address.',
  ),
  status: field(status, 'http, https: the status that counts as an answer, one or a range.', '200-399'),
  body: field(text, 'http, https: text that must be in the answer.'),
  verifyCertificate: field(flag, 'https: whether the certificate must be valid for `host`.', false),
  question: field(form('dns-name', /^(?:\.|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}))$/), 'dns: the name asked for.', '.'),
  recordType: field(
    oneOf(['A', 'AAAA', 'SOA', 'NS']),
    'dns: the type asked for; without it NS for `.`, A for other names.',
  ),
  payload: field(text, 'udp: text that is sent.'),
  payloadHex: field(form('hex', /^(?:[0-9A-Fa-f]{2}){0,1400}$/), 'udp: bytes that are sent, in hexadecimal.', ''),
  answer: field(
    oneOf(['required', 'unless-refused']),
    'udp: whether a datagram must come back, or only no refusal (ICMP port unreachable) within the timeout. Required by default where something is sent.',
  ),
  command: field(command, 'command: program and arguments, run on the host without a shell; exit code 0 is an answer.'),
  ...probePolicyFields,
}

export type ProbeRead = MapRead<typeof probeFields>

/** Which probes each key belongs to; keys not named here belong to all. */
const probesOfKey: Readonly<Partial<Record<keyof typeof probeFields, readonly ProbeKind[]>>> = {
  path: ['http', 'https'],
  host: ['http', 'https'],
  status: ['http', 'https'],
  body: ['http', 'https'],
  verifyCertificate: ['https'],
  question: ['dns'],
  recordType: ['dns'],
  payload: ['udp'],
  payloadHex: ['udp'],
  answer: ['udp'],
  command: ['command'],
}

/** The probe that is meant, on this port or on none. */
export function probeOf(read: ProbeRead, port: Port | null, reader: Reader): ProbeSpec | undefined {
  const kind =
    read.values.probe ?? (port === null ? undefined : (defaultProbe(port.port, port.protocol).kind as ProbeKind))
  if (kind === undefined) return undefined
  if (!keysFit(read, kind, reader) || !protocolFits(read, kind, port, reader)) return undefined
  const { values } = read
  switch (kind) {
    case 'tcp':
    case 'agent':
      return { kind }
    case 'udp':
      return udpProbe(read, reader)
    case 'http':
    case 'https':
      return {
        kind: 'http',
        scheme: kind,
        path: values.path ?? '/',
        hostHeader: values.host ?? null,
        statusFrom: values.status?.from ?? 200,
        statusTo: values.status?.to ?? 399,
        body: values.body ?? null,
        verifyCertificate: values.verifyCertificate ?? false,
      }
    case 'dns': {
      const question = values.question ?? '.'
      return { kind, question, recordType: values.recordType ?? (question === '.' ? 'NS' : 'A') }
    }
    case 'command':
      if (values.command !== undefined) return { kind, command: values.command }
      if (read.places.command === undefined) reader.error(read, { code: 'missing-key', expected: 'command' })
      return undefined
  }
}

function udpProbe(read: ProbeRead, reader: Reader): ProbeSpec | undefined {
  const { payload, payloadHex, answer } = read.values
  if (payload !== undefined && payloadHex !== undefined) {
    return reader.error(read, { code: 'conflict', got: ['payload', 'payloadHex'] })
  }
  const hex = payload === undefined ? (payloadHex ?? '').toLowerCase() : hexOf(payload)
  if (hex.length > 2_800) {
    const got = String(hex.length / 2)
    return reader.error(
      { at: read.places.payload ?? read.at },
      { code: 'out-of-range', from: 0, to: 1_400, unit: 'bytes', got },
    )
  }
  return { kind: 'udp', payloadHex: hex, answer: answer ?? (hex === '' ? 'unless-refused' : 'required') }
}

function keysFit(read: ProbeRead, kind: ProbeKind, reader: Reader): boolean {
  let fit = true
  for (const [key, kinds] of Object.entries(probesOfKey)) {
    const at = read.places[key as keyof typeof probesOfKey]
    if (at === undefined || kinds.includes(kind)) continue
    reader.error({ at }, { code: 'key-of-other-probe', expected: kinds, got: key })
    fit = false
  }
  return fit
}

/** A TCP question cannot be put to a UDP port, nor the other way round. DNS goes over both. */
function protocolFits(read: ProbeRead, kind: ProbeKind, port: Port | null, reader: Reader): boolean {
  if (port === null || kind === 'dns') return true
  const choices: readonly ProbeKind[] = port.protocol === 'udp' ? ['udp', 'dns'] : ['tcp', 'http', 'https', 'dns']
  if (choices.includes(kind)) return true
  reader.error(
    { at: read.places.probe ?? read.at },
    { code: 'bad-choice', expected: choices, got: kind, nearest: nearest(kind, choices) },
  )
  return false
}

/** UTF-8 bytes in hexadecimal; half a surrogate pair becomes `?`, as it can be no text. */
function hexOf(payload: string): string {
  const sound = payload.replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '?')
  return encodeURIComponent(sound).replaceAll(/%([0-9A-F]{2})|([^%])/g, (_, byte: string | undefined, char: string) =>
    byte === undefined ? char.charCodeAt(0).toString(16).padStart(2, '0') : byte.toLowerCase(),
  )
}
