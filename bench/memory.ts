import { readFileSync } from 'node:fs'
import { clusterFile, type DefinedGuest } from '../lab/cluster-file.ts'
import type { NeededMemory } from '../lab/control.ts'
import { processesInNamespaceOf } from '../lab/process-mark.ts'
import { sleep } from '../lab/run.ts'
import { programOf } from './daemon.ts'
import { atMost, counted, exactly, figure, type Measured } from './figures.ts'
import type { RunOptions } from './run-options.ts'
import { BOOT_LIMIT_MS, labAddress, Stage } from './stage.ts'
import { largest, median, smallest } from './statistics.ts'

/** By what they need, and the host's memory in nine equal parts. */
export const memoryWays = ['by-need', 'static'] as const
export type MemoryWay = (typeof memoryWays)[number]

const COUNT = 9
const MOST_MIB = 192
/** Together the guests may have half as much again as the host can give. */
const HOST_MIB = (COUNT * MOST_MIB) / 1.5
const PART_MIB = HOST_MIB / COUNT
const LEAST_MIB = 80

/** Of what a guest is to need beside its kernel: a third of them much, the others little, and each time others. */
const MUCH_MIB = 84
const LITTLE_MIB = 8
const BUSY = 3

/** What was promised. */
const HAS_WITHIN_S = 5
const LOOKED_FOR_MS = 12_000
const LOOK_EACH_MS = 250
/** Each wandering lasts so long; killed at the end counts as well. */
const WANDERING_MS = 20_000

/** One wandering: how each guest fared. */
export interface Wandering {
  readonly way: MemoryWay
  readonly guests: readonly (NeededMemory & { readonly guest: string; readonly mib: number })[]
  /** The most that all guests together were ever told to have; 0: they were told nothing. */
  readonly toldMostMib: number
  /** The most that all guests together ever had, as libvirt tells, and for how long that was more than there is. */
  readonly givenMostMib: number
  readonly overMs: number
  /** What guests held beyond what they were told to have: their balloons give way before anything is killed. */
  readonly bythemselvesMib: number
  /** Of the guests' processes on the host. */
  readonly residentMostMib: number
  readonly swappedMostMib: number
  /** Processes that the host's kernel killed for want of memory. */
  readonly hostKills: number
}

export async function memoryRounds(
  { say }: RunOptions,
  way: MemoryWay,
  from: number,
  rounds: number,
  done: (one: Wandering) => void,
): Promise<void> {
  const stage = await Stage.open({ id: 'bmem', say })
  try {
    const guests = Array.from({ length: COUNT }, (_, index): DefinedGuest => {
      return { name: `g${index + 1}`, address: labAddress(index), services: ['22/tcp'], needs: [] }
    })
    for (const guest of guests) stage.lab.nameGuest(guest)
    const daemon = await stage.startDaemon(true)
    await stage.apply('memory.yaml', fileOf(stage, guests, way))
    await daemon.client.launch({ guests: guests.map(({ name }) => name) })
    await daemon.allReady(BOOT_LIMIT_MS)
    for (let round = from; round < rounds; round++) {
      const one = await wander(stage, guests, way, round)
      done(one)
      say(`memory ${way}, ${round + 1} of ${rounds}: ${shown(one)}`)
    }
    await daemon.stop()
  } finally {
    await stage.close()
  }
}

function fileOf(stage: Stage, guests: readonly DefinedGuest[], way: MemoryWay): string {
  const more = `hosts:\n  h1: { memory: ${HOST_MIB} MiB, reserved: 0 MiB }\n`
  const memory =
    way === 'static' ? `${PART_MIB} MiB` : `{ min: ${LEAST_MIB} MiB, start: 112 MiB, max: ${MOST_MIB} MiB }`
  return clusterFile(guests, stage.lab.image, (name) => stage.lab.consoleFile('h1', name), more, memory)
}

async function wander(
  stage: Stage,
  guests: readonly DefinedGuest[],
  way: MemoryWay,
  round: number,
): Promise<Wandering> {
  const wanted = guests.map(({ name }, index) => {
    const busy = (index - round * BUSY + COUNT * BUSY * (round + 1)) % COUNT < BUSY
    return { guest: name, mib: busy ? MUCH_MIB : LITTLE_MIB, control: stage.lab.control(name) }
  })
  const watch = new Watch(stage)
  const killsBefore = hostKills()
  const begun = performance.now()
  // All at once: what one gives back, another takes in the same moment.
  await Promise.all(wanted.map(({ control, mib }) => control.need(mib)))
  await Promise.all(
    wanted.map(async ({ control }) => {
      while (performance.now() - begun < LOOKED_FOR_MS && (await control.needed()).state === 'waits')
        await sleep(LOOK_EACH_MS)
    }),
  )
  await sleep(Math.max(0, WANDERING_MS - (performance.now() - begun)))
  const ended = await Promise.all(
    wanted.map(async ({ guest, mib, control }) => ({ guest, mib, ...(await control.needed()) })),
  )
  return { way, guests: ended, ...(await watch.stop()), hostKills: hostKills() - killsBefore }
}

/** Looks at the host while guests wander. */
class Watch {
  readonly #stage: Stage
  readonly #running: Promise<void>
  #stopped = false
  #told = 0
  #given = 0
  #overMs = 0
  #beyond = 0
  #resident = 0
  #swapped = 0

  constructor(stage: Stage) {
    this.#stage = stage
    this.#running = this.#run()
  }

  async stop() {
    this.#stopped = true
    await this.#running
    return {
      ...{ toldMostMib: this.#told, givenMostMib: this.#given, overMs: Math.round(this.#overMs) },
      bythemselvesMib: this.#beyond,
      ...{ residentMostMib: this.#resident, swappedMostMib: this.#swapped },
    }
  }

  async #run(): Promise<void> {
    let lookedAt = performance.now()
    while (!this.#stopped) {
      const told = await this.#stage.host.virsh(['domstats', '--balloon', '--list-running'])
      const given = [...told.matchAll(/balloon\.current=(\d+)/g)].reduce((sum, [, kib]) => sum + Number(kib) / 1024, 0)
      this.#given = Math.max(this.#given, Math.round(given))
      const now = performance.now()
      if (given > HOST_MIB) this.#overMs += now - lookedAt
      lookedAt = now
      const { guests } = await this.#stage.daemon.client.status()
      const targets = guests.reduce((sum, { memory }) => sum + (memory.targetMib ?? 0), 0)
      this.#told = Math.max(this.#told, targets)
      for (const { memory } of guests) {
        if (memory.targetMib === undefined || memory.givenMib === null) continue
        this.#beyond = Math.max(this.#beyond, memory.givenMib - memory.targetMib)
      }
      const pids = processesInNamespaceOf(this.#stage.daemon.mark.pid).filter((pid) =>
        programOf(pid).startsWith('qemu'),
      )
      const sum = (word: string) => pids.reduce((all, pid) => all + mibOf(pid, word), 0)
      this.#resident = Math.max(this.#resident, Math.round(sum('VmRSS')))
      this.#swapped = Math.max(this.#swapped, Math.round(sum('VmSwap')))
      await sleep(LOOK_EACH_MS)
    }
  }
}

function mibOf(pid: number, word: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`^${word}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024
  } catch {
    // Ended between the look at the list and this one.
    return 0
  }
}

function hostKills(): number {
  return Number(/^oom_kill (\d+)/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0)
}

function shown({ guests, givenMostMib }: Wandering): string {
  const times = guests.filter(({ state }) => state === 'has').map(({ seconds }) => seconds)
  const failed = guests.length - times.length
  return `${times.length} have it, the slowest after ${largest(times).toFixed(1)} s; ${failed} do not; ${givenMostMib} MiB given`
}

export function memoryFigures(wanderings: readonly Wandering[]): Measured {
  const [needed, fixed] = memoryWays.map((way) => wanderings.filter((one) => one.way === way))
  const of = (ones: readonly Wandering[] = []) => ones.flatMap(({ guests }) => guests)
  const late = ({ state, seconds }: NeededMemory) => state !== 'has' || seconds > HAS_WITHIN_S
  const all = of(needed)
  const times = all.filter(({ state }) => state === 'has').map(({ seconds }) => seconds)
  const busy = all.filter(({ mib, state }) => mib === MUCH_MIB && state === 'has').map(({ seconds }) => seconds)
  const kills = (ones: readonly Wandering[] = []) => of(ones.slice(-1)).reduce((sum, { kills }) => sum + kills, 0)
  const most = (pick: (one: Wandering) => number) => largest((needed ?? []).map(pick))
  const count = counted('memory', all.length)
  const figures = [
    count(
      'late',
      `guests that did not have what they needed within ${HAS_WITHIN_S} s`,
      all.filter(late).length,
      exactly(0),
    ),
    figure({
      ...{ name: 'memory.slowest', what: 'until a guest has what it needs, the slowest, measured inside', unit: 's' },
      ...{
        value: largest(times),
        n: times.length,
        least: smallest(times),
        most: largest(times),
        limit: atMost(HAS_WITHIN_S),
      },
    }),
    figure({
      ...{ name: 'memory.median', what: `the same, of those that need ${MUCH_MIB} MiB more, the median`, unit: 's' },
      ...{ value: median(busy), n: busy.length, least: smallest(busy), most: largest(busy) },
    }),
    count('kills', 'processes that guests killed for want of memory', kills(needed), exactly(0)),
    figure({
      ...{ name: 'memory.told', what: `the most that all together were told to have, of ${HOST_MIB} MiB`, unit: 'MiB' },
      ...{ value: most((one) => one.toldMostMib), n: (needed ?? []).length, limit: atMost(HOST_MIB) },
    }),
    figure({
      ...{ name: 'memory.given', what: 'the most that all together ever had', unit: 'MiB' },
      ...{ value: most((one) => one.givenMostMib), n: (needed ?? []).length },
    }),
    figure({
      ...{ name: 'memory.over', what: 'the longest that they had more than the host has, of one wandering', unit: 's' },
      ...{ value: most((one) => one.overMs) / 1_000, n: (needed ?? []).length },
    }),
    figure({
      ...{ name: 'memory.beyond', what: 'the most that a guest held beyond what it was told to have', unit: 'MiB' },
      ...{ value: most((one) => one.bythemselvesMib), n: (needed ?? []).length },
    }),
    figure({
      ...{ name: 'memory.swapped', what: 'memory of guests swapped out by the host', unit: 'MiB' },
      ...{ value: most((one) => one.swappedMostMib), n: (needed ?? []).length, limit: exactly(0) },
    }),
    count(
      'host-kills',
      'processes that the host killed for want of memory',
      most((one) => one.hostKills),
      exactly(0),
    ),
    figure({
      ...{
        name: 'memory.static-had',
        what: `static memory: guests that had what they needed within ${HAS_WITHIN_S} s`,
        unit: 'count',
      },
      ...{ value: of(fixed).filter((one) => !late(one)).length, n: of(fixed).length },
      limit: { kind: 'below', value: of(fixed).length },
    }),
    counted('memory', of(fixed).length)(
      'static-kills',
      'static memory: processes that guests killed for want of memory',
      kills(fixed),
    ),
  ]
  const notes = [
    `${COUNT} guests of at most ${MOST_MIB} MiB each on a host that has ${HOST_MIB} MiB to give: over-committed 1.5 times. Each ${WANDERING_MS / 1_000} s other ${BUSY} of them need ${MUCH_MIB} MiB beside their kernel, the others ${LITTLE_MIB} MiB.`,
    'A program inside the guest takes the memory as fast as it comes, writes to every page, and times it. Its balloon gives way before its kernel kills anything (`autodeflate`): what is taken so beyond what was told is shown, and is given back by others within seconds.',
    `Static: the same guests with ${PART_MIB} MiB each, the host's memory in equal parts, under the same load.`,
    'The host is a pretended one on a larger machine: what it has to give is what its cluster file says, and the machine has swap only where the figures show its use.',
  ]
  return { figures, details: { wanderings }, notes }
}
