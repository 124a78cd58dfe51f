import { readFileSync, statSync } from 'node:fs'
import type { LabCluster, LabMember } from '../lab/cluster.ts'
import { qemuProcesses } from '../lab/qemu.ts'
import { sleep, until } from '../lab/run.ts'
import { shortestLeaseMs } from '../src/model/cluster.ts'
import { allGuestsReady, deedsOn, onCluster, scenarioB } from './cluster-stage.ts'
import { milliseconds, nowNs } from './daemon.ts'
import { counted, exactly, type Figure, figure, type Measured } from './figures.ts'
import { Load } from './load.ts'
import type { RunOptions } from './run-options.ts'
import { largest } from './statistics.ts'

/** Guests of each host, the first of which serves pages all the time. */
const EACH = 3

/** After everything is ready: the launch is digested, whole leases of renewals are behind everybody. */
const SETTLE_MS = 20_000

/** At the end, of each host that does not lead: its daemon is killed and started again at once, so often. */
const RESTARTS_EACH = 3

/** Between two of them, and what one may take at most: after a lease the host counts as lost. */
const RESTART_GAP_MS = 3 * shortestLeaseMs

/** A stretch of time without an interruption of the measurement. Counts are of the whole stretch. */
export interface FastStretch {
  readonly minutes: number
  /** Powers taken: by the fence device, by a watchdog. */
  readonly fenced: number
  readonly watchdogs: number
  /** Times that the device was asked how a host's power is: somebody was suspected. */
  readonly suspected: number
  /** QEMU processes of the beginning that are not there any more: guests moved, restarted, stopped. */
  readonly replaced: number
  /** Requests to libvirt that change a guest. */
  readonly deeds: number
  readonly notReady: number
  /** Times that another host began to lead. */
  readonly leaders: number
  readonly lateRenewals: number
  /** Silences of three quarters of what makes a host suspect, as its leader logged them. */
  readonly near: Readonly<Record<'store' | 'direct', { readonly count: number; readonly longestMs: number }>>
  readonly pages: number
  readonly pagesFailed: number
}

/** A daemon killed under load. `silentMs`: between its record's changes, as the leader saw it; null: less than is logged. */
export interface Restart {
  readonly host: string
  readonly silentMs: number | null
  readonly died: boolean
}

/** An hour of it, minute by minute. */
export async function fastSoak(
  options: RunOptions,
  minutes: number,
  everyMinute: (stretch: FastStretch) => void,
): Promise<void> {
  await onBusyCluster(options, async (cluster, load) => {
    const watch = new Watch(cluster, load)
    for (let minute = 1; minute <= minutes; minute++) {
      await sleep(Math.max(0, minute * 60_000 - watch.sinceMs))
      const stretch = await watch.lookBack()
      everyMinute(stretch)
      options.say(`fast-soak: ${minute} of ${minutes} min, ${shown(stretch)}`)
    }
  })
}

/** W must be longer than a restart of the daemon and one feed: tried under the same load. */
export async function fastRestarts(options: RunOptions): Promise<Restart[]> {
  const done: Restart[] = []
  await onBusyCluster(options, async (cluster) => {
    done.push(...(await restarts(cluster, options)))
  })
  return done
}

/** Three hosts at the fast lease with three guests each, on a machine that is kept busy. */
async function onBusyCluster(
  options: RunOptions,
  during: (cluster: LabCluster, load: Load) => Promise<void>,
): Promise<void> {
  await onCluster({ id: 'bfast', say: options.say }, async (cluster) => {
    const guests = scenarioB().map((guest, place) =>
      place % EACH === 0 ? { ...guest, services: [...new Set([...guest.services, '80/http'])] } : guest,
    )
    const rules = cluster.members.map(({ host }, place) => {
      const own = guests.slice(place * EACH, (place + 1) * EACH).map(({ name }) => name)
      return `{ kind: hosts, guests: [${own.join(', ')}], hosts: [${host.name}] }`
    })
    const text = cluster.file(guests, {
      settings: `{ lease: ${shortestLeaseMs}ms }`,
      rules: `[${rules.join(', ')}]`,
    })
    await cluster.members[0]!.client.apply({ path: 'vigia.yaml', text })
    await allGuestsReady(cluster, guests.length)
    await sleep(SETTLE_MS)
    const load = new Load(cluster.lab.client)
    try {
      load.start(guests.filter((_, place) => place % EACH === 0).map(({ address }) => address))
      await during(cluster, load)
    } finally {
      await load.stop()
    }
  })
}

function shown({ fenced, watchdogs, replaced, deeds, near, leaders, pages }: FastStretch): string {
  const silences = `store ${near.store.count} (${near.store.longestMs} ms), direct ${near.direct.count} (${near.direct.longestMs} ms)`
  return `${fenced + watchdogs} powers taken, ${replaced + deeds} guests touched, long silences: ${silences}, ${leaders} new leaders, ${pages} pages`
}

/** What happened since it was made, from outside of Vigia where that can be. */
class Watch {
  readonly #cluster: LabCluster
  readonly #load: Load
  readonly #began = nowNs()
  readonly #qemu: ReadonlySet<string>
  readonly #asked: number
  readonly #logs: ReadonlyMap<LabMember, number>

  constructor(cluster: LabCluster, load: Load) {
    this.#cluster = cluster
    this.#load = load
    this.#qemu = running(cluster)
    this.#asked = cluster.fence.asked.length
    this.#logs = new Map(cluster.members.map((member) => [member, statSync(member.vigiad.logFile).size]))
  }

  get sinceMs(): number {
    return milliseconds(this.#began, nowNs())
  }

  async lookBack(): Promise<FastStretch> {
    const { fence, members } = this.#cluster
    const asked = fence.asked.slice(this.#asked)
    const log = [...this.#logs].map(([{ vigiad }, from]) => logSince(vigiad.logFile, from)).join('')
    const now = running(this.#cluster)
    // Any member that has power tells.
    const status = await Promise.any(members.map(({ client }) => client.status())).catch(() => null)
    return {
      minutes: Math.floor(this.sinceMs / 60_000),
      fenced: asked.filter((one) => one.startsWith('off ')).length,
      watchdogs: members.filter(({ watchdog }) => watchdog?.fired === true).length,
      suspected: asked.filter((one) => one.startsWith('status ')).length,
      replaced: [...this.#qemu].filter((one) => !now.has(one)).length,
      deeds: deedsOn(members, this.#began).length,
      notReady:
        status === null ? EACH * members.length : status.guests.filter(({ phase }) => phase.kind !== 'ready').length,
      leaders: count(log, /this host leads/g),
      lateRenewals: count(log, /the lease could not be renewed/g),
      near: { store: silences(log, 'store'), direct: silences(log, 'direct') },
      pages: this.#load.pages,
      pagesFailed: this.#load.failed,
    }
  }
}

function running({ lab }: LabCluster): Set<string> {
  return new Set(qemuProcesses(lab.hosts).map(({ guest, host, pid }) => `${guest} ${host} ${pid}`))
}

function logSince(file: string, from: number): string {
  return readFileSync(file).subarray(from).toString('utf8')
}

function count(log: string, pattern: RegExp): number {
  return [...log.matchAll(pattern)].length
}

function silences(log: string, path: 'store' | 'direct'): FastStretch['near']['store'] {
  const pattern = new RegExp(`a member was silent for long member=\\S+ path=${path} silentMs=(\\d+)`, 'g')
  const found = [...log.matchAll(pattern)].map(([, ms]) => Number(ms))
  return { count: found.length, longestMs: Math.max(0, ...found) }
}

async function restarts(cluster: LabCluster, { say }: RunOptions): Promise<Restart[]> {
  const done: Restart[] = []
  const leader = await cluster.leader()
  for (const member of cluster.members.filter((one) => one !== leader)) {
    for (let time = 1; time <= RESTARTS_EACH; time++) {
      const from = leader === undefined ? 0 : statSync(leader.vigiad.logFile).size
      await member.vigiad.kill()
      // A host whose watchdog fires while its daemon is on the way takes that with it.
      await member.vigiad.start().catch((thrown: unknown) => {
        if (member.watchdog?.fired !== true) throw thrown
      })
      await sleep(RESTART_GAP_MS)
      const log = leader === undefined ? '' : logSince(leader.vigiad.logFile, from)
      const died = member.watchdog?.fired === true
      const { longestMs } = silences(
        log
          .split('\n')
          .filter((line) => line.includes(`member=${member.host.name} `))
          .join('\n'),
        'store',
      )
      done.push({ host: member.host.name, silentMs: longestMs === 0 ? null : longestMs, died })
      say(
        `fast-restarts: daemon of ${member.host.name} killed and back: ${longestMs} ms without renewal${died ? ', AND ITS HOST DIED' : ''}`,
      )
      if (died) await until(`${member.host.name} off`, 60_000, () => !member.host.isOn).catch(() => undefined)
      if (died) break
    }
  }
  return done
}

export function fastSoakFigures(stretches: readonly FastStretch[]): Measured {
  const sum = (of: (stretch: FastStretch) => number): number => stretches.reduce((total, one) => total + of(one), 0)
  const one = counted('fast-soak', stretches.length)
  const longest = (path: 'store' | 'direct'): Figure =>
    figure({
      ...{ name: `fast-soak.longest-${path}`, what: `  the longest of them on the ${path} path`, unit: 'ms' },
      ...{ value: largest(stretches.map(({ near }) => near[path].longestMs)), n: sum(({ near }) => near[path].count) },
    })
  const figures = [
    one(
      'minutes',
      'minutes under load',
      sum(({ minutes }) => minutes),
    ),
    one('unbroken', 'longest unbroken stretch, minutes', largest(stretches.map(({ minutes }) => minutes))),
    one(
      'fenced',
      'hosts fenced, by a device or their watchdog',
      sum((part) => part.fenced + part.watchdogs),
      exactly(0),
    ),
    one(
      'moved',
      'guests moved, restarted or stopped',
      sum(({ replaced }) => replaced),
      exactly(0),
    ),
    one(
      'deeds',
      'guests paused, or anything else asked of libvirt',
      sum(({ deeds }) => deeds),
      exactly(0),
    ),
    one(
      'not-ready',
      'guests not ready at the end',
      sum(({ notReady }) => notReady),
      exactly(0),
    ),
    one(
      'suspected',
      'hosts suspected: a device was asked for their power',
      sum(({ suspected }) => suspected),
    ),
    one(
      'near',
      'silences of three quarters of what makes a host suspect',
      sum(({ near }) => near.store.count + near.direct.count),
    ),
    longest('store'),
    longest('direct'),
    one(
      'late',
      'renewals that failed and were tried again',
      sum(({ lateRenewals }) => lateRenewals),
    ),
    one(
      'leaders',
      'new leaders',
      sum(({ leaders }) => leaders),
    ),
    one(
      'pages',
      'pages served by three guests',
      sum(({ pages }) => pages),
    ),
  ]
  const notes = [conditions, 'Silences are those that the leader saw and logged, shorter ones are not counted.']
  return { figures, details: { parts: stretches }, notes }
}

const conditions = `Lease ${shortestLeaseMs / 1_000} s. Three hosts on one machine, three guests of scenario B each, a busy loop on each core, pages fetched from three guests without a pause; each host has a watchdog and a fence device.`

export function fastRestartFigures(restarts: readonly Restart[]): Measured {
  const back = restarts.flatMap(({ silentMs }) => silentMs ?? [])
  const figures = [
    figure({
      ...{
        name: 'fast-restarts.silence',
        what: 'a daemon killed: without renewal until it is back, the longest',
        unit: 'ms',
      },
      ...{ value: largest(back), n: restarts.length },
    }),
    figure({
      ...{ name: 'fast-restarts.died', what: 'hosts that lost their power over it', unit: 'count' },
      ...{ value: restarts.filter(({ died }) => died).length, n: restarts.length, limit: exactly(0) },
    }),
  ]
  return { figures, details: { restarts }, notes: [conditions] }
}
