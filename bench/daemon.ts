import { existsSync, readFileSync } from 'node:fs'
import { isAlive, type ProcessMark, signal, waitGone } from '../lab/process-mark.ts'
import { until } from '../lab/run.ts'
import { type Client, createClient } from '../src/client/client.ts'
import { unixTransport } from '../src/client/unix-transport.ts'
import type { GuestSummary, StatusView } from '../src/contract/status.ts'

/** A daemon of the bench: longer than this for its first answer, or its end, is a failure. */
const DAEMON_LIMIT_MS = 90_000

/** Clock ticks of /proc/PID/stat; the kernel shows 100 a second to programs whatever it counts in. */
export const TICK_MS = 10

/** A request to libvirt, as it was written to its socket. */
export interface Deed {
  readonly atNs: bigint
  readonly deed: string
  readonly domain: string
}

/** All deeds in this file since `sinceNs`; none where there is no file. */
export function deedsIn(file: string, sinceNs: bigint): Deed[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.slice(0, -1).flatMap((line) => {
    const [at = '', deed = '', ...domain] = line.split(' ')
    // A line that a killed daemon left half written.
    if (!/^\d+$/.test(at) || domain.length === 0) return []
    const one = { atNs: BigInt(at), deed, domain: domain.join(' ') }
    return one.atNs >= sinceNs ? [one] : []
  })
}

export interface Usage {
  readonly cpuMs: number
  readonly rssMib: number
  readonly peakRssMib: number
  /** What would be free if it ended: pages shared with other processes of the same node count in part. */
  readonly pssMib: number
}

export interface DaemonPlace {
  readonly socket: string
  readonly deedsFile: string
  /** Starts `vigiad` with these further arguments at the place it shall run; resolves with its process. */
  readonly start: (args: readonly string[]) => Promise<ProcessMark>
}

/** One run of vigiad, from start to end. */
export class Daemon {
  readonly client: Client
  readonly mark: ProcessMark
  readonly socket: string
  readonly #place: DaemonPlace

  private constructor(place: DaemonPlace, mark: ProcessMark) {
    this.#place = place
    this.mark = mark
    this.socket = place.socket
    this.client = createClient(unixTransport(place.socket), 'bench')
  }

  /** Resolves when it answers its clients. */
  static async start(place: DaemonPlace): Promise<Daemon> {
    const mark = await place.start(['--socket', place.socket, '--deeds-file', place.deedsFile])
    const daemon = new Daemon(place, mark)
    await until('first answer of vigiad', DAEMON_LIMIT_MS, async () => {
      if (!isAlive(mark)) throw new Error('vigiad ended at once: see its log in the folder of the host')
      return daemon.client.status().then(
        () => true,
        () => false,
      )
    })
    return daemon
  }

  get alive(): boolean {
    return isAlive(this.mark)
  }

  /** All deeds of this place's daemons since `sinceNs`, this run's and earlier ones'. */
  deeds(sinceNs = 0n): Deed[] {
    return deedsIn(this.#place.deedsFile, sinceNs)
  }

  usage(): Usage {
    return usageOf(this.mark.pid)
  }

  /** SIGKILL: as a crash, or the kernel's out-of-memory killer. */
  async kill(): Promise<void> {
    signal(this.mark, 'SIGKILL')
    await waitGone(this.mark, DAEMON_LIMIT_MS)
    this.client.close()
  }

  async stop(): Promise<void> {
    signal(this.mark, 'SIGTERM')
    await waitGone(this.mark, DAEMON_LIMIT_MS)
    this.client.close()
  }

  /** Follows the status until `wanted` holds; returns the time of that status, nanoseconds of CLOCK_MONOTONIC. */
  async follow(what: string, limitMs: number, wanted: (view: StatusView) => boolean): Promise<bigint> {
    const stop = AbortSignal.timeout(limitMs)
    let last = 'no status at all'
    for await (const live of this.client.liveStatus(stop)) {
      if (live.kind === 'lost') continue
      if (wanted(live.value)) return process.hrtime.bigint()
      last = briefly(live.value.guests)
    }
    throw new Error(`${what}: not within ${limitMs} ms; last seen: ${last}`)
  }

  allReady(limitMs: number): Promise<bigint> {
    return this.follow('all guests ready', limitMs, ({ guests }) => guests.every(isReady))
  }

  allStopped(limitMs: number): Promise<bigint> {
    return this.follow('all guests stopped', limitMs, ({ guests }) => guests.every(isStopped))
  }
}

export function isReady({ wish, phase }: GuestSummary): boolean {
  return wish === 'running' && phase.kind === 'ready'
}

export function isStopped({ wish, phase, run }: GuestSummary): boolean {
  return wish === 'stopped' && phase.kind === 'stopped' && (run === 'stopped' || run === 'absent')
}

/** The first few that are neither ready nor stopped as wished: enough to see what went wrong. */
function briefly(guests: readonly GuestSummary[]): string {
  const odd = guests.filter((guest) => !isReady(guest) && !isStopped(guest))
  const shown = odd.slice(0, 5).map(({ id, wish, phase, run, because }) => {
    return `${id} wish ${wish} phase ${phase.kind} run ${run} because ${JSON.stringify(because)}`
  })
  return [`${odd.length} of ${guests.length} not settled`, ...shown].join('; ')
}

export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return {
    cpuMs: ticks * TICK_MS,
    rssMib: mibOf(pid, 'status', 'VmRSS'),
    peakRssMib: mibOf(pid, 'status', 'VmHWM'),
    pssMib: mibOf(pid, 'smaps_rollup', 'Pss'),
  }
}

function mibOf(pid: number, file: string, word: string): number {
  const text = readFileSync(`/proc/${pid}/${file}`, 'utf8')
  return Number(new RegExp(`^${word}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) / 1024
}

/** A process's own short name; empty for one that ended meanwhile. */
export function programOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    // Ended between the look at the list and this one.
    return ''
  }
}

export function milliseconds(fromNs: bigint, toNs: bigint): number {
  return Number(toNs - fromNs) / 1e6
}

export function nowNs(): bigint {
  return process.hrtime.bigint()
}
