import type { FoundPort } from '../../model/host-facts.ts'
import type { ProbeSpec } from '../../model/service.ts'
import { defaultProbe } from '../../model/service.ts'
import type { Prober } from '../../ports/prober.ts'
import { Pace, scanPorts } from './port-scan.ts'

/** Connects and datagrams of one survey, at most. At the usual rate it then takes under seven minutes. */
export const questionsMax = 20_000

const answerLimitMs = 1_000

export interface ScanTarget {
  /** Name of the domain. */
  readonly domain: string
  readonly address: string
}

export interface ScanResult {
  /** Ports that answered, by domain; a domain that was not asked is not in it. */
  readonly open: ReadonlyMap<string, readonly FoundPort[]>
  readonly asked: number
  readonly leftOut: readonly string[]
}

/**
 * Asks each guest each port once, port by port, so that no guest gets them all at once. UDP counts only where something
 * comes back: a guest that drops packets must not seem to serve everything.
 */
export async function scanServices(
  targets: readonly ScanTarget[],
  ports: readonly FoundPort[],
  perSecond: number,
  prober: Pick<Prober, 'ask'>,
  signal?: AbortSignal,
): Promise<ScanResult> {
  const affordable = ports.length === 0 ? targets.length : Math.floor(questionsMax / ports.length)
  const asked = targets.slice(0, affordable)
  const open = new Map<string, FoundPort[]>(asked.map(({ domain }) => [domain, []]))
  const tcp = ports.filter(({ protocol }) => protocol === 'tcp')
  const connects = tcp.flatMap(({ port }) => asked.map((target) => ({ ...target, port })))
  for (const { domain, port } of (await scanPorts(connects, perSecond, signal)) as typeof connects) {
    open.get(domain)?.push({ port, protocol: 'tcp' })
  }
  const udp = ports.filter(({ protocol }) => protocol === 'udp')
  const pace = new Pace(perSecond)
  for (const { port } of udp) {
    for (const { domain, address } of asked) {
      if (signal?.aborted) break
      await pace.turn()
      const target = { address, port, protocol: 'udp', probe: udpProbe(port), domain } as const
      const { kind } = await prober.ask(target, answerLimitMs)
      if (kind === 'answered') open.get(domain)?.push({ port, protocol: 'udp' })
    }
  }
  return {
    open,
    asked: ports.length === 0 ? 0 : asked.length * ports.length,
    leftOut: targets.slice(affordable).map(({ domain }) => domain),
  }
}

/** A request of NTP version 3 (RFC 1305): a first byte that says so, and zeros. */
const ntpRequest = `1b${'00'.repeat(47)}`

function udpProbe(port: number): ProbeSpec {
  if (port === 53) return defaultProbe(port, 'udp')
  return { kind: 'udp', payloadHex: port === 123 ? ntpRequest : '', answer: 'required' }
}
