import { join } from 'node:path'
import { sleep } from '../lab/run.ts'
import { milliseconds, nowNs } from './daemon.ts'
import { counted, exactly, type Measured } from './figures.ts'
import { HTTP_PORT, Load } from './load.ts'
import { root } from './machine.ts'
import type { RunOptions } from './run-options.ts'
import { type Actor, actorsOf, BOOT_LIMIT_MS, labGuestOf, Stage } from './stage.ts'
import { largest } from './statistics.ts'

/** So many guests serve pages all the time. */
const SERVING = 3
/** What changes guests: none of it may happen. */
const alarms = ['suspend', 'resume', 'start', 'shutdown', 'destroy'] as const

/** A stretch of time without an interruption of the measurement. Counts are of the whole stretch. */
export interface Stretch {
  readonly minutes: number
  readonly alarms: Readonly<Record<(typeof alarms)[number], number>>
  /** Verdicts that a service is lost: noticed, though nobody was paused or restarted for it. */
  readonly lost: number
  readonly pages: number
  readonly pagesFailed: number
  readonly notReady: number
}

/** Nine guests on a machine that is kept busy: a loop on each core, and pages fetched from three guests without a pause. */
export async function soak(
  options: RunOptions,
  minutes: number,
  everyMinute: (stretch: Stretch) => void,
): Promise<Stretch> {
  const stage = await Stage.open({ id: 'bsoak', say: options.say })
  const load = new Load(stage.lab.client)
  try {
    const actors = actorsOf(join(root, 'examples', 'scenario-b.conf'))
    await stage.define(actors.map((actor, index) => servingGuest(actor, index)))
    const daemon = await stage.startDaemon(true)
    await stage.apply('soak.yaml', soakFile(actors))
    await daemon.allReady(BOOT_LIMIT_MS)
    load.start(actors.slice(0, SERVING).map(({ address }) => address))
    const began = nowNs()
    const from = Date.now()
    let stretch = await lookBack(stage, load, began, from)
    for (let minute = 1; minute <= minutes; minute++) {
      await sleep(Math.max(0, minute * 60_000 - milliseconds(began, nowNs())))
      stretch = await lookBack(stage, load, began, from)
      everyMinute(stretch)
      options.say(`soak: ${minute} of ${minutes} min, ${stretch.pages} pages, ${alarmCount(stretch)} false alarms`)
    }
    return stretch
  } finally {
    await load.stop()
    await stage.close()
  }
}

function servingGuest(actor: Actor, index: number) {
  const guest = labGuestOf(actor)
  return index < SERVING ? { ...guest, services: [...guest.services, `${HTTP_PORT}/http`] } : guest
}

function soakFile(actors: readonly Actor[]): string {
  const guests = actors.map(({ name, address, port, needs }, index) => {
    const web = index < SERVING ? `, { port: ${HTTP_PORT}/tcp, probe: http }` : ''
    const needed = needs.map((need) => `"${need}:22/tcp"`).join(', ')
    return `  ${name}: { address: ${address}, services: [${port}/tcp${web}], needs: [${needed}] }`
  })
  return `version: 1\nname: soak\nguests:\n${guests.join('\n')}\n`
}

async function lookBack({ daemon }: Stage, load: Load, began: bigint, from: number): Promise<Stretch> {
  const deeds = daemon.deeds(began)
  const count = (deed: string): number => deeds.filter((one) => one.deed === deed).length
  const { events } = await daemon.client.events({ from: String(from), words: 'lost', limit: '10000' })
  const { guests } = await daemon.client.status()
  return {
    minutes: Math.floor(milliseconds(began, nowNs()) / 60_000),
    alarms: {
      suspend: count('suspend'),
      resume: count('resume'),
      start: count('start'),
      shutdown: count('shutdown'),
      destroy: count('destroy'),
    },
    lost: events.length,
    pages: load.pages,
    pagesFailed: load.failed,
    notReady: guests.filter(({ phase }) => phase.kind !== 'ready').length,
  }
}

function alarmCount(stretch: Stretch): number {
  return Object.values(stretch.alarms).reduce((sum, count) => sum + count, 0)
}

export function soakFigures(stretches: readonly Stretch[]): Measured {
  const sum = (of: (stretch: Stretch) => number): number => stretches.reduce((total, stretch) => total + of(stretch), 0)
  const one = counted('soak', stretches.length)
  const figures = [
    one(
      'minutes',
      'minutes under load',
      sum(({ minutes }) => minutes),
    ),
    one('unbroken', 'longest unbroken stretch, minutes', largest(stretches.map(({ minutes }) => minutes))),
    one('alarms', 'guests paused, restarted or stopped', sum(alarmCount), exactly(0)),
    one(
      'not-ready',
      'guests not ready at the end',
      sum(({ notReady }) => notReady),
      exactly(0),
    ),
    one(
      'lost',
      'services taken for lost without consequence',
      sum(({ lost }) => lost),
    ),
    one(
      'pages',
      'pages served by three guests',
      sum(({ pages }) => pages),
    ),
  ]
  const notes = [
    'Nine guests of scenario B, a busy loop on each core at nice 0, pages fetched from three guests without a pause.',
  ]
  return { figures, details: { stretches }, notes }
}
