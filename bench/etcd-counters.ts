import type { PrivateEtcd } from '../lab/private-etcd.ts'

const ANSWER_LIMIT_MS = 10_000

/** What all members of an etcd have done so far, by their own counters. */
export class Counters {
  /** Proposals committed: each transaction is one. Of the member that has seen most. */
  readonly transactions: number
  /** Changes sent to watchers. */
  readonly events: number
  /** From and to clients. */
  readonly clientBytes: number
  /** Between members. */
  readonly peerBytes: number
  readonly residentMib: number

  constructor(values: Pick<Counters, 'transactions' | 'events' | 'clientBytes' | 'peerBytes' | 'residentMib'>) {
    this.transactions = values.transactions
    this.events = values.events
    this.clientBytes = values.clientBytes
    this.peerBytes = values.peerBytes
    this.residentMib = values.residentMib
  }

  minus(before: Counters): Counters {
    return new Counters({
      transactions: this.transactions - before.transactions,
      events: this.events - before.events,
      clientBytes: this.clientBytes - before.clientBytes,
      peerBytes: this.peerBytes - before.peerBytes,
      residentMib: this.residentMib,
    })
  }
}

export async function countersOf({ members }: PrivateEtcd): Promise<Counters> {
  const pages = await Promise.all(
    members.map(async ({ endpoint }) =>
      (await fetch(`${endpoint}/metrics`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })).text(),
    ),
  )
  const all = (name: string): number[] => pages.map((page) => metricOf(page, name))
  const sum = (name: string): number => all(name).reduce((total, one) => total + one, 0)
  return new Counters({
    transactions: Math.max(...all('etcd_server_proposals_committed_total')),
    events: sum('etcd_debugging_mvcc_events_total'),
    clientBytes:
      sum('etcd_network_client_grpc_sent_bytes_total') + sum('etcd_network_client_grpc_received_bytes_total'),
    peerBytes: sum('etcd_network_peer_sent_bytes_total'),
    residentMib: sum('process_resident_memory_bytes') / 2 ** 20,
  })
}

/** Of a metric in Prometheus' text, all its labels together. */
function metricOf(page: string, name: string): number {
  const found = [...page.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))]
  if (found.length === 0) throw new Error(`etcd tells no ${name}`)
  return found.reduce((total, [, value]) => total + Number(value), 0)
}
