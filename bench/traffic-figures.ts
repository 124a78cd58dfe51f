import { type Figure, figure, type Measured } from './figures.ts'
import { largest, median, percentile, smallest } from './statistics.ts'
import type { NoTraffic, Traffic } from './store-traffic.ts'

export function trafficFigures(all: readonly (Traffic | NoTraffic)[]): Measured {
  const runs = all.filter((run) => run.measured)
  // Thousands of single values say no more than their percentiles.
  const details = all.map((run) =>
    run.measured ? { ...run, renewals: { ...run.renewals, tookMs: summary(run.renewals.tookMs) } } : run,
  )
  const notes = all.map((run) => (run.measured ? sentence(run) : `${whoOf(run)}: not measured: ${run.why}`))
  return { figures: runs.flatMap(figuresOf), details: { runs: details }, notes: [...general, ...notes] }
}

function whoOf({ kind }: Pick<Traffic, 'kind'>): string {
  return `${kind.hosts} hosts${kind.watching === 'all' ? '' : ', only the leader watching'}`
}

function summary(values: readonly number[]): object {
  return { n: values.length, p50: median(values), p99: percentile(values, 99), most: largest(values) }
}

function nameOf({ kind }: Traffic): string {
  return `traffic-${kind.hosts}${kind.watching === 'all' ? '' : '-writing'}`
}

function overGPercent({ renewals }: Traffic): number {
  return (100 * (renewals.late + renewals.failed)) / Math.max(1, renewals.done + renewals.failed)
}

function figuresOf(run: Traffic): Figure[] {
  const { counters, spanMs, renewals, leader, loss } = run
  const who = whoOf(run)
  const second = (total: number): number => (total * 1_000) / spanMs
  const of = (name: string, what: string, unit: Figure['unit'], value: number): Figure =>
    figure({ name: `${nameOf(run)}.${name}`, what: `${who}: ${what}`, unit, value, n: 1 })
  const took = { n: renewals.tookMs.length, least: smallest(renewals.tookMs), most: largest(renewals.tookMs) }
  return [
    of('transactions', 'transactions a second at rest', 'count', second(counters.transactions)),
    of('events', 'changes told to watchers a second', 'count', second(counters.events)),
    of('client', 'with clients, a second', 'MiB', second(counters.clientBytes) / 2 ** 20),
    of('peers', 'between the members of etcd, a second', 'MiB', second(counters.peerBytes) / 2 ** 20),
    of('etcd', 'CPU of the three members together', '%', run.etcdCpuPercent),
    figure({
      ...took,
      ...{
        name: `${nameOf(run)}.renewal`,
        what: `${who}: a renewal takes, the median`,
        unit: 'ms',
        value: median(renewals.tookMs),
      },
    }),
    of('renewal-p99', 'the 99th percentile', 'ms', percentile(renewals.tookMs, 99)),
    of('over-gap', 'renewals over the gap allowed, or failed', '%', overGPercent(run)),
    of('leader', "CPU of the leader's daemon", '%', leader.cpuPercent),
    ...(loss.writtenMs === null
      ? []
      : [of('loss', 'a host lost -> its starts are written', 's', loss.writtenMs / 1_000)]),
  ]
}

/** What this run says about where it ends. */
function sentence(run: Traffic): string {
  const { kind, ready, players, renewals, loss, etcdCpuPercent } = run
  const wanted = (kind.hosts - 1) * 10
  const over = overGPercent(run)
  const words = [
    `${whoOf(run)}: ${Math.round((renewals.done * 1_000) / run.spanMs)} renewals a second`,
    `${over.toFixed(1)} % over G`,
    `etcd ${etcdCpuPercent.toFixed(0)} % and the programs that play the hosts ${players.cpuPercent.toFixed(0)} % of a core (event loops late by ${players.loopMs.toFixed(0)} ms at the 99th percentile)`,
    ready === wanted ? 'all guests launched' : `only ${ready} of ${wanted} guests launched within four minutes`,
    loss.writtenMs === null
      ? 'the lost host was not replaced within a minute'
      : `starts written ${(loss.writtenMs / 1_000).toFixed(1)} s after the loss`,
  ]
  return `${words.join('; ')}.`
}

const general = [
  "A real etcd of three members, the leader's loop, each host's lease and observations through the real driver, at the default lease; guests are pretended, and so is the direct way between daemons (lines over TCP instead of HTTPS). All of it shares the cores of one machine.",
  'Each host renews once a second and follows the records of all others: transactions grow with the number of hosts, changes told to watchers with its square. That is where it ends; runs with only the leader watching show what the writing alone takes.',
  'A host that falls silent is suspected after two seconds; its power reads off at once here.',
]
