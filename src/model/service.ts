import type { ServiceKey } from './ids.ts'
import { serviceKey } from './ids.ts'

export type Protocol = 'tcp' | 'udp'

/**
 * How one service is asked. What counts as an answer:
 * - `tcp`: the connection is accepted. A reset is a refusal; nothing within the timeout is silence.
 * - `udp`: any datagram from that port after ours, or (`answer: 'unless-refused'`) no ICMP port-unreachable within the timeout.
 * - `http`: a status inside `status`, and `body` (a substring) where given.
 * - `dns`: a reply with our id for `name` that is not SERVFAIL or REFUSED.
 * - `command`: exit code 0 of a program run on the host.
 * - `agent`: the guest agent answers a ping.
 */
export type ProbeSpec =
  | { readonly kind: 'tcp' }
  | { readonly kind: 'udp'; readonly payloadHex: string; readonly answer: 'required' | 'unless-refused' }
  | {
      readonly kind: 'http'
      readonly scheme: 'http' | 'https'
      readonly path: string
      readonly hostHeader: string | null
      readonly statusFrom: number
      readonly statusTo: number
      readonly body: string | null
      readonly verifyCertificate: boolean
    }
  | { readonly kind: 'dns'; readonly question: string; readonly recordType: 'A' | 'AAAA' | 'SOA' | 'NS' }
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | { readonly kind: 'agent' }

/** How often a service is asked and how many answers in a row change its verdict. */
export interface ProbePolicy {
  readonly intervalMs: number
  readonly timeoutMs: number
  /** Silences in a row before the service counts as silent. A refusal is confirmed once, at once, instead. */
  readonly fall: number
  /** Answers in a row before a lost service counts as answering again. */
  readonly rise: number
}

export interface ServiceSpec {
  readonly key: ServiceKey
  /** Null where the probe needs no port (`command`, `agent`). */
  readonly port: number | null
  readonly protocol: Protocol | null
  readonly probe: ProbeSpec
  readonly probePolicy: ProbePolicy
}

export const defaultProbePolicy: ProbePolicy = { intervalMs: 1_000, timeoutMs: 1_000, fall: 3, rise: 1 }

/** The probe a bare `port/protocol` stands for. Port 53/udp is asked a DNS question; other UDP ports get an empty datagram that must not be refused. */
export function defaultProbe(port: number, protocol: Protocol): ProbeSpec {
  if (protocol === 'tcp') return { kind: 'tcp' }
  if (port === 53) return { kind: 'dns', question: '.', recordType: 'NS' }
  return { kind: 'udp', payloadHex: '', answer: 'unless-refused' }
}

export function portKey(port: number, protocol: Protocol): ServiceKey {
  return serviceKey(`${port}/${protocol}`)
}
