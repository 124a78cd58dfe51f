import { readFileSync } from 'node:fs'
import { processesInNamespaceOf } from '../lab/process-mark.ts'
import { sleep, until } from '../lab/run.ts'
import { type Daemon, type Deed, milliseconds, nowNs } from './daemon.ts'
import { DomainEvents } from './domain-events.ts'
import { chainFile } from './gates.ts'
import type { RunOptions } from './run-options.ts'
import { type Actor, BOOT_LIMIT_MS, labAddress, labGuestOf, Stage } from './stage.ts'

/** A guest whose service fails, and a row of guests, each needing the one before: depths 1 to 4. */
const names = ['need', 'depth1', 'depth2', 'depth3', 'depth4'] as const
const depths = names.slice(1)

/** The usual interval between two questions; the phase of a failure within it is random. */
const INTERVAL_MS = 1_000

/** How exactly the closing of a port is seen. */
const KNOCK_MS = 10

/** Ready for so long, an earlier crash is forgotten: each one here is a first one, without back-off. */
const STABLE_MS = 1_000

/** All to be paused, or resumed, after a change of one service. */
const SPREAD_LIMIT_MS = 180_000

const NOTED_LIMIT_MS = 60_000

export interface LossRun {
  /** From the last time the port was seen to answer, so from a little before it closed, to each request to pause; by depth, from 1. */
  readonly pauseIssuedMs: readonly number[]
  /** To libvirt's event that it is paused. */
  readonly pausedMs: readonly number[]
  /** Between the first and the last of these events. */
  readonly spreadMs: number
  /** From the first SYN-ACK of the need to the request to resume, level by level. */
  readonly resumeMs: readonly number[]
  /** From the first SYN-ACK of the closed service to the last guest resumed. */
  readonly allResumedMs: number
}

export interface CrashRun {
  readonly restartIssuedMs: number
  readonly answersMs: number
}

/** One measurement: a service lost and back, or a crash. */
export type LossPart =
  | { readonly kind: 'loss'; readonly loss: LossRun }
  | { readonly kind: 'crash'; readonly crash: CrashRun }
  | { readonly kind: 'lost-packets'; readonly count: number }

export async function lossRounds(
  { say }: RunOptions,
  rounds: number,
  crashes: number,
  done: (part: LossPart) => void,
): Promise<void> {
  const stage = await Stage.open({ id: 'bloss', say })
  let events: DomainEvents | undefined
  try {
    const actors = names.map(actor)
    await stage.define(actors.map(labGuestOf))
    // Nothing runs yet, and the launch is an event: it is heard before anything is measured.
    events = await DomainEvents.listen(stage.host.libvirtUri)
    const daemon = await stage.startDaemon(true)
    await stage.apply('losses.yaml', chainFile(actors, `stableAfter: ${STABLE_MS}ms`))
    await daemon.client.launch({ guests: [...names] })
    await daemon.allReady(2 * BOOT_LIMIT_MS)
    for (let round = 1; round <= rounds; round++) {
      done({ kind: 'loss', loss: await oneLoss(stage, events, actors) })
      say(`lost and back: ${round} of ${rounds}`)
    }
    for (let round = 1; round <= crashes; round++) {
      done({ kind: 'crash', crash: await oneCrash(stage, actors) })
      say(`crash: ${round} of ${crashes}`)
    }
    done({ kind: 'lost-packets', count: await stage.observer.lost() })
    await daemon.stop()
  } catch (error) {
    // The lab is taken down, and all that could explain it is gone then.
    say(stage.lastWords())
    throw error
  } finally {
    events?.stop()
    await stage.close()
  }
}

function actor(name: string, index: number): Actor {
  return { name, address: labAddress(index), port: 22, needs: index === 0 ? [] : [names[index - 1] ?? ''] }
}

async function oneLoss(stage: Stage, events: DomainEvents, actors: readonly Actor[]): Promise<LossRun> {
  const { daemon, observer } = stage
  const need = actors[0] ?? missing('need')
  const control = stage.lab.control(need.name)
  await sleep(INTERVAL_MS + Math.random() * INTERVAL_MS)
  await observer.clear()
  const stopKnocking = knock(stage, need)
  await until(
    'the port is seen to answer',
    SPREAD_LIMIT_MS,
    () => observer.firstUp(need.address, need.port) !== undefined,
  )
  const ordered = nowNs()
  await control.close(`${need.port}/tcp`)
  const paused = () => firstEach(events.since(ordered).filter(({ event }) => event.startsWith('Suspended')))
  await until('all dependents paused', SPREAD_LIMIT_MS, () => paused().size === depths.length)
  const pausedNs = depths.map((name) => found(paused(), name))
  const issuedNs = await issued(daemon, ordered, 'suspend')
  await until('the port is seen to refuse', SPREAD_LIMIT_MS, async () => {
    await observer.caughtUp()
    return observer.lastUpBeforeDown(need.address, need.port) !== undefined
  })
  await stopKnocking()
  const closing = observer.lastUpBeforeDown(need.address, need.port) ?? missing(need.name)
  await sleep(INTERVAL_MS + Math.random() * INTERVAL_MS)
  await observer.clear()
  const opening = nowNs()
  await control.open(`${need.port}/tcp`)
  await daemon.allReady(SPREAD_LIMIT_MS)
  await until('each is seen to answer', SPREAD_LIMIT_MS, async () => {
    await observer.caughtUp()
    return actors.every(({ address, port }) => observer.firstUp(address, port) !== undefined)
  })
  const resumedNs = await issued(daemon, opening, 'resume')
  const answeredNs = actors.map(({ name, address, port }) => observer.firstUp(address, port) ?? missing(name))
  return {
    pauseIssuedMs: issuedNs.map((at) => milliseconds(closing, at)),
    pausedMs: pausedNs.map((at) => milliseconds(closing, at)),
    spreadMs: milliseconds(least(pausedNs), most(pausedNs)),
    resumeMs: resumedNs.map((at, level) => milliseconds(answeredNs[level] ?? missing(String(level)), at)),
    allResumedMs: milliseconds(answeredNs[0] ?? missing('need'), most(resumedNs)),
  }
}

/** Tries a port all the time, so that the observer sees when it closed; returns what stops it. */
function knock(stage: Stage, { address, port }: Actor): () => Promise<void> {
  let stopped = false
  const knocking = (async () => {
    while (!stopped) {
      await stage.lab.client.tcp(address, port)
      await sleep(KNOCK_MS)
    }
  })()
  // Where the measurement fails first, it is that failure that shall be told.
  knocking.catch(() => undefined)
  return () => {
    stopped = true
    return knocking
  }
}

/** SIGKILL of QEMU, of the guest that nothing needs: its restart is all that happens. */
async function oneCrash(stage: Stage, actors: readonly Actor[]): Promise<CrashRun> {
  const victim = actors.at(-1) ?? missing('victim')
  await sleep(STABLE_MS * 2)
  const before = stage.daemon.deeds().length
  const pid = emulatorOf(victim.name, stage.daemon.mark.pid)
  await stage.observer.clear()
  const crashed = nowNs()
  process.kill(pid, 'SIGKILL')
  await stage.daemon.follow('restart begun', SPREAD_LIMIT_MS, () => {
    return stage.daemon
      .deeds()
      .slice(before)
      .some(({ deed, domain }) => deed === 'start' && domain === victim.name)
  })
  const [start] = stage.daemon.deeds(crashed).filter(({ deed }) => deed === 'start')
  // What answered between the kill and the start was the dying guest.
  await stage.observer.clear()
  const answer = await stage.lab.client.wait(victim.address, victim.port, BOOT_LIMIT_MS)
  if (answer.verdict !== 'answered') missing(victim.name)
  await stage.daemon.allReady(BOOT_LIMIT_MS)
  await stage.observer.caughtUp()
  const answeredNs = stage.observer.firstUp(victim.address, victim.port) ?? missing(victim.name)
  return {
    restartIssuedMs: milliseconds(crashed, start?.atNs ?? missing('start')),
    answersMs: milliseconds(crashed, answeredNs),
  }
}

/** The process of a guest on the host that `neighbour`, any process of it, runs on. */
export function emulatorOf(guest: string, neighbour: number): number {
  const found = processesInNamespaceOf(neighbour).find((pid) => commandLineOf(pid).includes(`guest=${guest},`))
  if (found === undefined) throw new Error(`no process of guest ${guest}`)
  return found
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // It ended meanwhile.
    return ''
  }
}

/** When each dependent was first asked for. Libvirt may have told us of it before the daemon has noted it. */
async function issued(daemon: Daemon, sinceNs: bigint, deed: Deed['deed']): Promise<bigint[]> {
  const first = () => firstEach(daemon.deeds(sinceNs).filter((one) => one.deed === deed))
  await until(`each ${deed} noted`, NOTED_LIMIT_MS, () => depths.every((name) => first().has(name)))
  return depths.map((name) => found(first(), name))
}

function firstEach(list: readonly { readonly domain: string; readonly atNs: bigint }[]): Map<string, bigint> {
  return new Map([...list].reverse().map(({ domain, atNs }) => [domain, atNs]))
}

function found(times: ReadonlyMap<string, bigint>, name: string): bigint {
  return times.get(name) ?? missing(name)
}

function missing(name: string): never {
  throw new Error(`${name}: what was to be measured was not seen`)
}

function least(times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (a < b ? a : b))
}

function most(times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (b > a ? b : a))
}
