import { cpuMsOf, type PrivateEtcd, startPrivateEtcd } from '../lab/private-etcd.ts'
import { sleep, until } from '../lab/run.ts'
import { milliseconds, nowNs } from './daemon.ts'
import { type Counters, countersOf } from './etcd-counters.ts'
import { PretendProgram, seedStore } from './pretend-programs.ts'
import type { RunOptions } from './run-options.ts'
import { Stage } from './stage.ts'

/** Hosts, and whether each follows what all others write, as every daemon does. */
export const trafficKinds = [
  { hosts: 10, watching: 'all' },
  { hosts: 50, watching: 'all' },
  { hosts: 100, watching: 'all' },
  { hosts: 200, watching: 'all' },
  { hosts: 1_000, watching: 'all' },
  // Only the leader does: what is left is the writing.
  { hosts: 1_000, watching: 'none' },
] as const
export type TrafficKind = (typeof trafficKinds)[number]

/** Pretend hosts of one process: more would measure its event loop. */
const HOSTS_A_PROCESS = 100

/** As Vigia asks of any etcd (docs/operating/three-hosts.md). */
const FLAGS = ['--max-txn-ops=20480', `--max-request-bytes=${16 * 1024 * 1024}`, '--pre-vote=true']

const LAUNCH_LIMIT_MS = 240_000
const SETTLE_MS = 8_000
const LOSS_LIMIT_MS = 60_000
const GUESTS_EACH = 10

/** No figures: hosts could not read the store to begin with, or those who play them found no time to say what they saw. */
export interface NoTraffic {
  readonly kind: TrafficKind
  readonly measured: false
  readonly why: string
}

export interface Traffic {
  readonly kind: TrafficKind
  readonly measured: true
  /** Guests that were ready after the launch; fewer than all: it did not come about in time. */
  readonly ready: number
  readonly spanMs: number
  /** All members of etcd together, over the span. */
  readonly counters: Counters
  readonly etcdCpuPercent: number
  readonly etcdRssMib: number
  readonly leader: { readonly cpuPercent: number; readonly rssMib: number; readonly loopMs: number }
  /** Of the programs that play the hosts: one that is late itself measures itself. */
  readonly players: { readonly cpuPercent: number; readonly loopMs: number }
  readonly renewals: {
    readonly done: number
    /** Came so late after the one before that its host had to say "I cannot renew" (G), and failed. */
    readonly late: number
    readonly failed: number
    readonly tookMs: readonly number[]
  }
  /** From the loss of one host: until it is proven, until all its guests are written down to be started elsewhere. Null: not in time. */
  readonly loss: { readonly provenMs: number | null; readonly writtenMs: number | null }
}

/** Pretend hosts of ten guests each on a real etcd of three members: at rest, then one of them is lost. */
export async function trafficOf({ say }: RunOptions, kind: TrafficKind, seconds: number): Promise<Traffic | NoTraffic> {
  say(`traffic: ${kind.hosts} hosts, ${kind.watching === 'all' ? 'each watching all' : 'only the leader watching'}`)
  const etcd = await startPrivateEtcd({ members: 3, flags: FLAGS })
  const programs: PretendProgram[] = []
  const without = ({ message }: Error): NoTraffic => {
    // A program that ended says so with its whole trace.
    const lines = message.split('\n')
    const why = (lines.find((line) => /^\w*(Error|Fault)\b/.test(line)) ?? lines[0] ?? '').slice(0, 300)
    say(`traffic: not measured: ${why}`)
    return { kind, measured: false, why }
  }
  const stop = Stage.closing(async () => {
    for (const program of programs) program.stop()
    await etcd.stop()
  })
  try {
    const config = { endpoints: etcd.endpoints, hosts: kind.hosts, watching: kind.watching }
    await seedStore(config)
    const begun = await Promise.all(
      rangesOf(kind.hosts).map(async ([from, to]) => {
        const player = new PretendProgram({ ...config, role: 'hosts', from, to, places: [] })
        programs.push(player)
        return { from, to, player, port: await player.listening() }
      }),
    ).catch((error: Error) => error)
    if (begun instanceof Error) return without(begun)
    const players = begun
    const places = players.map(({ from, to, port }) => ({ from, to, port }))
    const leader = new PretendProgram({ ...config, role: 'leader', from: 0, to: 1, places })
    programs.push(leader)
    await leader.listening()
    const wanted = (kind.hosts - 1) * GUESTS_EACH
    await until('all guests ready', LAUNCH_LIMIT_MS, () => leader.ready === wanted, 200).catch(() => undefined)
    const { ready } = leader
    say(`traffic: ${ready} of ${wanted} guests ready`)
    await sleep(SETTLE_MS)
    const { player, from, to } = players.at(-1)!
    const rest = await atRest(
      etcd,
      leader,
      players.map((one) => one.player),
      seconds,
    ).catch((error: Error) => error)
    if (rest instanceof Error) return without(rest)
    const loss = await lose(leader, player, (from + to) >> 1)
    const traffic = { kind, measured: true as const, ready, ...rest, loss }
    say(`traffic: ${shown(traffic)}`)
    return traffic
  } finally {
    await stop()
  }
}

function shown({ renewals, loss, etcdCpuPercent }: Traffic): string {
  const over = (100 * (renewals.late + renewals.failed)) / Math.max(1, renewals.done + renewals.failed)
  const written = loss.writtenMs === null ? 'never' : `after ${(loss.writtenMs / 1_000).toFixed(1)} s`
  return `${over.toFixed(1)} % of renewals over G, etcd ${etcdCpuPercent.toFixed(0)} % of a core, starts written ${written}`
}

/** Host 0 is the leader's. */
function rangesOf(hosts: number): [number, number][] {
  const programs = Math.ceil((hosts - 1) / HOSTS_A_PROCESS)
  const each = Math.ceil((hosts - 1) / programs)
  return Array.from({ length: programs }, (_, place) => [1 + place * each, Math.min(hosts, 1 + (place + 1) * each)])
}

async function atRest(
  etcd: PrivateEtcd,
  leader: PretendProgram,
  players: readonly PretendProgram[],
  seconds: number,
): Promise<Omit<Traffic, 'kind' | 'measured' | 'ready' | 'loss'>> {
  for (const program of [leader, ...players]) program.say('reset')
  const began = nowNs()
  const before = { counters: await countersOf(etcd), cpuMs: cpuOf(etcd) }
  await sleep(seconds * 1_000)
  const spanMs = milliseconds(began, nowNs())
  const after = { counters: await countersOf(etcd), cpuMs: cpuOf(etcd) }
  const own = await leader.report()
  const others = await Promise.all(players.map((player) => player.report()))
  const sum = (of: (report: (typeof others)[number]) => number): number => others.reduce((all, one) => all + of(one), 0)
  return {
    spanMs,
    counters: after.counters.minus(before.counters),
    etcdCpuPercent: (100 * (after.cpuMs - before.cpuMs)) / spanMs,
    etcdRssMib: after.counters.residentMib,
    leader: { cpuPercent: (100 * own.cpuMs) / spanMs, rssMib: own.rssMib, loopMs: own.loopMs },
    players: {
      cpuPercent: (100 * sum(({ cpuMs }) => cpuMs)) / spanMs,
      loopMs: Math.max(...others.map(({ loopMs }) => loopMs)),
    },
    renewals: {
      done: sum(({ done }) => done),
      late: sum(({ late }) => late),
      failed: sum(({ failed }) => failed),
      tookMs: others.flatMap(({ tookMs }) => tookMs),
    },
  }
}

function cpuOf({ members }: PrivateEtcd): number {
  return members.reduce((sum, member) => sum + cpuMsOf(member), 0)
}

async function lose(leader: PretendProgram, player: PretendProgram, index: number): Promise<Traffic['loss']> {
  const host = `host${String(index).padStart(4, '0')}`
  leader.say(`lose ${host}`)
  player.say(`lose ${host}`)
  const written = (): number => leader.lines('taken').reduce((sum, { guests = 0 }) => sum + guests, 0)
  await until('starts written', LOSS_LIMIT_MS, () => written() >= GUESTS_EACH, 20).catch(() => undefined)
  const lostAt = player.lines('lost')[0]?.atMs ?? Number.NaN
  const last = leader.lines('taken').at(-1)?.atMs
  const proven = leader.lines('proven')[0]?.atMs
  return {
    provenMs: proven === undefined ? null : proven - lostAt,
    writtenMs: last === undefined || written() < GUESTS_EACH ? null : last - lostAt,
  }
}
