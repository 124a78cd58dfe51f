import { join } from 'node:path'
import { isAlive } from '../lab/process-mark.ts'
import { sleep } from '../lab/run.ts'
import { type Daemon, milliseconds, nowNs, usageOf } from './daemon.ts'
import { atMost, exactly, type Figure, figure, type Measured } from './figures.ts'
import { chainFile } from './gates.ts'
import { root } from './machine.ts'
import { PretendHost } from './pretend-host.ts'
import type { RunOptions } from './run-options.ts'
import { actorsOf, BOOT_LIMIT_MS, labGuestOf, Stage } from './stage.ts'

export type Size = 9 | 100 | 1000

export const sizes: readonly Size[] = [9, 100, 1000]

/** A thousand take longer to come up than all else of a quick run together. */
export const quickSizes: readonly Size[] = [9, 100]

/** What the task of the daemon may cost, percent of one core and MiB. */
const limits: Partial<Record<Size, { readonly cpuPercent: number; readonly rssMib: number }>> = {
  9: { cpuPercent: 1, rssMib: 120 },
  1000: { cpuPercent: 30, rssMib: 300 },
}

/** After everything is ready, until the launch is digested: a garbage collection, the last writes, the end of the thread that read the file. */
const SETTLE_MS = 30_000

/** Where only is to be seen that everything works. */
const QUICK_SETTLE_MS = 5_000

const LAUNCH_LIMIT_MS = 300_000

export interface Footprint {
  readonly guests: Size
  readonly minutes: number
  readonly cpuPercent: number
  readonly rssMib: number
  readonly pssMib: number
  /** The largest RSS of the daemon's life, launch included. */
  readonly peakRssMib: number
  /** What libvirtd spent meanwhile, mostly on the daemon's questions. */
  readonly libvirtdPercent: number
  readonly launchMs: number
  /** Guests touched while nothing happened. */
  readonly deeds: number
  /** Guests that were not ready at the end. */
  readonly notReady: number
}

/** The daemon at rest, watching so many guests for so long. */
export async function footprintOf(options: RunOptions, guests: Size, minutes: number): Promise<Footprint> {
  options.say(
    `footprint: ${guests} ${guests === 9 ? 'real guests' : "guests of libvirt's test driver"}, ${minutes} min`,
  )
  return guests === 9 ? realGuests(options, minutes) : pretendGuests(options, guests, minutes)
}

async function realGuests({ say, quick }: RunOptions, minutes: number): Promise<Footprint> {
  const stage = await Stage.open({ id: 'bfoot', say })
  try {
    const actors = actorsOf(join(root, 'examples', 'scenario-b.conf'))
    await stage.define(actors.map(labGuestOf))
    const daemon = await stage.startDaemon(true)
    const began = nowNs()
    // The needs of scenario B without its memory: what 40 MiB do to a guest's services is not measured here.
    await stage.apply('footprint.yaml', chainFile(actors))
    await daemon.client.launch({ guests: actors.map(({ name }) => name) })
    const launched = await daemon.allReady(BOOT_LIMIT_MS)
    const libvirtd = stage.pidOf('libvirtd')
    return await atRest(daemon, { libvirtd, guests: 9, minutes, quick, launchMs: milliseconds(began, launched) })
  } finally {
    await stage.close()
  }
}

async function pretendGuests({ quick }: RunOptions, guests: Size, minutes: number): Promise<Footprint> {
  const host = await PretendHost.open(guests)
  try {
    const daemon = await host.startDaemon()
    const began = nowNs()
    await host.apply(daemon)
    const launched = await daemon.allReady(LAUNCH_LIMIT_MS)
    const of = { libvirtd: host.libvirtdPid, guests, minutes, quick, launchMs: milliseconds(began, launched) }
    const measured = await atRest(daemon, of)
    await daemon.stop()
    return measured
  } finally {
    await host.close()
  }
}

interface RestOf extends Pick<Footprint, 'guests' | 'minutes' | 'launchMs'> {
  readonly libvirtd: number
  readonly quick: boolean
}

async function atRest(daemon: Daemon, { libvirtd, guests, minutes, launchMs, quick }: RestOf): Promise<Footprint> {
  await sleep(quick ? QUICK_SETTLE_MS : SETTLE_MS)
  const began = nowNs()
  const before = { daemon: daemon.usage(), libvirtd: usageOf(libvirtd) }
  await sleep(minutes * 60_000)
  const spanMs = milliseconds(began, nowNs())
  if (!isAlive(daemon.mark)) throw new Error('vigiad ended while it was at rest')
  const after = { daemon: daemon.usage(), libvirtd: usageOf(libvirtd) }
  const { guests: seen } = await daemon.client.status()
  return {
    guests,
    minutes,
    cpuPercent: (100 * (after.daemon.cpuMs - before.daemon.cpuMs)) / spanMs,
    rssMib: after.daemon.rssMib,
    pssMib: after.daemon.pssMib,
    peakRssMib: after.daemon.peakRssMib,
    libvirtdPercent: (100 * (after.libvirtd.cpuMs - before.libvirtd.cpuMs)) / spanMs,
    launchMs,
    deeds: daemon.deeds(began).length,
    notReady: seen.filter(({ phase }) => phase.kind !== 'ready').length,
  }
}

export function footprintFigures(runs: readonly Footprint[]): Measured {
  const notes = [
    'CPU: user and system time of the whole process, in percent of one core. RSS: all resident pages, those shared with other processes included.',
    "9 guests are real ones, booted; 100 and 1 000 are of libvirt's test driver, each with a real TCP listener that is connected to once a second.",
    ...new Set(runs.map(({ minutes }) => `Idle time measured: ${minutes} min.`)),
  ]
  return { figures: runs.flatMap(ofRun), details: { runs }, notes }
}

function ofRun(run: Footprint): Figure[] {
  const { guests } = run
  const limit = limits[guests]
  const of = (id: string, what: string, unit: Figure['unit'], value: number, promised?: number): Figure =>
    figure({
      name: `footprint-${guests}.${id}`,
      what: `${guests} guests: ${what}`,
      unit,
      value,
      n: 1,
      ...(promised !== undefined && { limit: atMost(promised) }),
    })
  return [
    of('cpu', 'CPU of vigiad at rest', '%', run.cpuPercent, limit?.cpuPercent),
    of('memory', 'RSS of vigiad', 'MiB', run.rssMib, limit?.rssMib),
    of('peak-memory', 'largest RSS of vigiad, launch included', 'MiB', run.peakRssMib),
    of('libvirtd', 'CPU of libvirtd meanwhile', '%', run.libvirtdPercent),
    of('launch', 'launched', 's', run.launchMs / 1000),
    figure({
      name: `footprint-${guests}.untouched`,
      what: `${guests} guests: deeds at rest, and guests not ready at the end`,
      unit: 'count',
      value: run.deeds + run.notReady,
      n: 1,
      limit: exactly(0),
    }),
  ]
}
