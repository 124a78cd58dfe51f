import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { sleep, until } from '../lab/run.ts'
import { paths } from '../src/contract/protocol.ts'
import { type Daemon, milliseconds, nowNs } from './daemon.ts'
import { atMost, exactly, type Figure, figure, type Measured } from './figures.ts'
import { LiveClients } from './live-clients.ts'
import { PretendHost } from './pretend-host.ts'
import type { RunOptions } from './run-options.ts'
import { largest, median, smallest } from './statistics.ts'

export const apiGuests = 100

const READS_A_SECOND = 1_000
const CONNECTIONS = 20
const CLIENTS = 200

const LAUNCH_LIMIT_MS = 120_000
const CONNECT_LIMIT_MS = 30_000

/** Between two events: an event must not wait for the one before it. */
const EVENT_APART_MS = 500
const ARRIVAL_LIMIT_MS = 10_000

export interface Reads {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly mostMs: number
  readonly aSecond: number
  readonly failed: number
}

export interface ApiRun {
  readonly seconds: number
  readonly ours: Reads
  readonly bare: Reads
  /** Of each event: milliseconds until the last client had it. */
  readonly eventsMs: readonly number[]
  /** Clients that missed an event, or were cut off. */
  readonly missed: number
  readonly answerBytes: number
  /** Percent of one core. */
  readonly readsCpuPercent: number
  readonly liveCpuPercent: number
  readonly rssMib: number
}

/** A real daemon with guests of libvirt's test driver: status reads at a steady rate, and one event to many live clients. */
export async function apiRun({ say }: RunOptions, seconds: number, events: number): Promise<ApiRun> {
  const host = await PretendHost.open(apiGuests)
  const folder = mkdtempSync(join(tmpdir(), 'vigia-api-'))
  try {
    const daemon = await host.startDaemon()
    await host.apply(daemon)
    await daemon.allReady(LAUNCH_LIMIT_MS)
    const answer = JSON.stringify(await daemon.client.status())
    const bare = await bareReads(folder, answer, seconds)
    say(`api: a bare route of ${answer.length} bytes, p99 ${bare.p99Ms} ms`)
    const [ours, readsCpuPercent] = await withCpu(daemon, () => reads(daemon.socket, paths.status, seconds))
    say(`api: the status, p99 ${ours.p99Ms} ms, ${readsCpuPercent.toFixed(0)} % of a core`)
    const [told, liveCpuPercent] = await withCpu(daemon, () => toldEvents(daemon, events))
    say(`api: an event at ${CLIENTS} clients after ${largest(told.eventsMs)} ms at most`)
    const { rssMib } = daemon.usage()
    await daemon.stop()
    return { seconds, ours, bare, ...told, answerBytes: answer.length, readsCpuPercent, liveCpuPercent, rssMib }
  } finally {
    rmSync(folder, { recursive: true })
    await host.close()
  }
}

async function withCpu<T>(daemon: Daemon, work: () => Promise<T>): Promise<[T, number]> {
  const [began, before] = [nowNs(), daemon.usage()]
  const done = await work()
  const after = daemon.usage()
  return [done, (100 * (after.cpuMs - before.cpuMs)) / milliseconds(began, nowNs())]
}

async function reads(socketPath: string, path: string, seconds: number): Promise<Reads> {
  const { latency, requests, errors, timeouts, non2xx } = await autocannon({
    ...{ url: `http://localhost${path}`, socketPath, connections: CONNECTIONS },
    ...{ duration: seconds, overallRate: READS_A_SECOND },
  })
  return {
    ...{ p50Ms: latency.p50, p99Ms: latency.p99, mostMs: latency.max, aSecond: requests.average },
    failed: errors + timeouts + non2xx,
  }
}

async function bareReads(folder: string, answer: string, seconds: number): Promise<Reads> {
  const [socket, file] = [join(folder, 'bare.sock'), join(folder, 'answer.json')]
  writeFileSync(file, answer)
  const program = join(import.meta.dirname, 'bare-route.ts')
  const child = spawn(process.execPath, [program, socket, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    let ready = false
    child.stdout.once('data', () => {
      ready = true
    })
    await until('bare route', CONNECT_LIMIT_MS, () => ready)
    return await reads(socket, '/', seconds)
  } finally {
    child.stdin.end()
  }
}

async function toldEvents(daemon: Daemon, events: number): Promise<Pick<ApiRun, 'eventsMs' | 'missed'>> {
  const clients = new LiveClients(daemon.socket, CLIENTS)
  try {
    await until('live clients', CONNECT_LIMIT_MS, () => clients.begun === CLIENTS)
    const [guest] = (await daemon.client.status()).guests
    for (let event = 0; event < events; event++) {
      await daemon.client.watch(guest!.id, event % 2 === 1)
      await sleep(EVENT_APART_MS)
    }
    const arrived = () => clients.arrivals('watch')
    await until('events', ARRIVAL_LIMIT_MS, () => {
      return arrived().length >= events && arrived().every((one) => one.clients === CLIENTS)
    }).catch(() => undefined)
    const missed = arrived().reduce((sum, one) => sum + (CLIENTS - one.clients), (events - arrived().length) * CLIENTS)
    return { eventsMs: arrived().map(({ lastMs }) => lastMs), missed: missed + clients.broken }
  } finally {
    clients.close()
  }
}

export function apiFigures(runs: readonly ApiRun[]): Measured {
  const all = runs.flatMap(({ eventsMs }) => eventsMs)
  const p99 = runs.map(({ ours }) => ours.p99Ms)
  const ratio = runs.map(({ ours, bare }) => ours.p99Ms / Math.max(1, bare.p99Ms))
  const middle = (
    name: string,
    what: string,
    unit: Figure['unit'],
    values: readonly number[],
    limit?: Figure['limit'],
  ) =>
    figure({
      ...{ name: `api.${name}`, what, unit, value: median(values), n: values.length },
      ...{ least: smallest(values), most: largest(values) },
      ...(limit && { limit }),
    })
  const count = (name: string, what: string, value: number) =>
    figure({ name: `api.${name}`, what, unit: 'count', value, n: runs.length, limit: exactly(0) })
  const sum = (of: (run: ApiRun) => number) => runs.reduce((total, run) => total + of(run), 0)
  return {
    figures: [
      middle('status.p99', `${READS_A_SECOND} status reads a second, 99th percentile`, 'ms', p99, atMost(50)),
      middle(
        'status.p50',
        'the same, median',
        'ms',
        runs.map(({ ours }) => ours.p50Ms),
      ),
      middle(
        'bare.p99',
        'a bare Fastify route of the same size, 99th percentile',
        'ms',
        runs.map(({ bare }) => bare.p99Ms),
      ),
      middle('status.ratio', 'the status against the bare route', 'times', ratio),
      middle(
        'status.cpu',
        'CPU of the daemon meanwhile',
        '%',
        runs.map((run) => run.readsCpuPercent),
      ),
      count(
        'status.failed',
        'status reads that failed',
        sum(({ ours }) => ours.failed),
      ),
      figure({
        ...{ name: 'api.event.last', what: `an event at the last of ${CLIENTS} live clients`, unit: 'ms' },
        ...{ value: largest(all), n: all.length, least: smallest(all), most: largest(all), limit: atMost(250) },
      }),
      middle(
        'event.cpu',
        'CPU of the daemon meanwhile',
        '%',
        runs.map((run) => run.liveCpuPercent),
      ),
      count(
        'event.missed',
        'events that a client missed, and clients cut off',
        sum(({ missed }) => missed),
      ),
      middle(
        'rss',
        'RSS of the daemon afterwards',
        'MiB',
        runs.map((run) => run.rssMib),
      ),
    ],
    details: { runs },
    notes: [
      `A compiled vigiad with ${apiGuests} guests of libvirt's test driver, asked over its unix socket by autocannon with ${CONNECTIONS} connections; the answer has ${Math.max(...runs.map(({ answerBytes }) => answerBytes))} bytes.`,
      'The load generator runs on the same machine. autocannon tells whole milliseconds; in the ratio a bare route below one counts as one.',
      'An event counts from its own time in the history to its arrival at the last client; the commands that make them are half a second apart.',
    ],
  }
}
