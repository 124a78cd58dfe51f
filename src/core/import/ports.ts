import type { FoundPort } from '../../model/host-facts.ts'
import type { Protocol } from '../../model/service.ts'

/** Asked unless told otherwise: what servers of small companies usually offer. */
const usualTcp = [
  21, 22, 25, 53, 80, 110, 143, 389, 443, 445, 465, 587, 636, 993, 995, 1433, 1521, 2049, 3128, 3260, 3306, 3389, 5432,
  5672, 6379, 8080, 8443, 9200, 11211, 27017,
]
const usualUdp = [53, 123]

export const usualPorts: readonly FoundPort[] = [...ports(usualTcp, 'tcp'), ...ports(usualUdp, 'udp')]

/** Asked a second, at most, unless told otherwise. */
export const usualQuestionsPerSecond = 50

/** More ports for each guest would be a search, not a question. */
export const portsMax = 2_000

export type PortListResult =
  | { readonly ok: true; readonly ports: readonly FoundPort[] }
  /** `got`: the part that is no port, or the whole where it is too long. */
  | { readonly ok: false; readonly got: string }

/** `22,80/tcp,53/udp,8000-8010`; without a protocol it is TCP. `none`: an empty list. Each port once, in the order of the numbers. */
export function parsePortList(text: string): PortListResult {
  if (text.trim() === 'none') return { ok: true, ports: [] }
  const found = new Map<string, FoundPort>()
  for (const part of text.split(',').map((one) => one.trim())) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp))?$/i.exec(part)
    if (match === null) return { ok: false, got: part }
    const [, from, to, protocol] = match
    const [first, last] = [Number(from), Number(to ?? from)]
    if (first < 1 || last > 65_535 || first > last || last - first >= portsMax) return { ok: false, got: part }
    const kind = (protocol ?? 'tcp').toLowerCase() as Protocol
    for (let port = first; port <= last; port += 1) found.set(`${port}/${kind}`, { port, protocol: kind })
    if (found.size > portsMax) return { ok: false, got: part }
  }
  return { ok: true, ports: [...found.values()].sort(byNumber) }
}

/** As `parsePortList` reads it. */
export function portListText(ports: readonly FoundPort[]): string {
  return ports.map(({ port, protocol }) => (protocol === 'tcp' ? `${port}` : `${port}/${protocol}`)).join(', ')
}

export function byNumber(a: FoundPort, b: FoundPort): number {
  return a.port - b.port || (a.protocol === b.protocol ? 0 : a.protocol === 'tcp' ? -1 : 1)
}

function ports(numbers: readonly number[], protocol: Protocol): FoundPort[] {
  return numbers.map((port) => ({ port, protocol }))
}
