import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sleep, until } from '../lab/run.ts'
import { milliseconds, nowNs } from './daemon.ts'
import { DomainEvents } from './domain-events.ts'
import { exactly, figure, type Measured } from './figures.ts'
import { chainFile } from './gates.ts'
import type { RunOptions } from './run-options.ts'
import { type Actor, BOOT_LIMIT_MS, DOWN_LIMIT_MS, labAddress, labGuestOf, Stage } from './stage.ts'
import { largest, median, smallest } from './statistics.ts'

/** A small cluster with a fork and a join: four levels. */
const shape: Readonly<Record<string, readonly string[]>> = {
  base: [],
  left: ['base'],
  right: ['base'],
  join: ['left', 'right'],
  leaf: ['join'],
}
const names = Object.keys(shape)
const dependents = names.filter((name) => name !== 'base')

/** Orderly shutdowns take this long, so that a kill falls into them. */
const SHUTDOWN_S = 1

/** A moment is drawn from so long a span: a little more than the phase takes on a quiet machine. */
const spansMs = { launch: 14_000, watch: 4_000, shutdown: 7_000 } as const
export type Phase = keyof typeof spansMs
const phases: readonly Phase[] = ['launch', 'watch', 'shutdown']

/** How long the daemon is away after a kill, at most. */
const AWAY_MS = 1_500

/** One in so many commands is cut off while it is being given. */
const CUT_OFF = 5

/** What is still on its way from libvirt when all is quiet. */
const LATE_MS = 500

export interface Kill {
  readonly phase: Phase
  readonly afterMs: number
  readonly awayMs: number
  /** The kill came before the command was answered: then it holds or it does not, for all guests alike. */
  readonly cutOff: boolean
  /** From the new daemon's first answer until all was as wished. */
  readonly settledMs: number
  /** What must not be; empty = all as promised. */
  readonly wrong: readonly string[]
}

/** Kills vigiad with SIGKILL at random moments of launch, watch and shutdown, in turn; starts it again each time. */
export async function killRounds(options: RunOptions, count: number, done: (kill: Kill) => void): Promise<void> {
  const stage = await Stage.open({ id: 'bkills', say: options.say })
  let events: DomainEvents | undefined
  try {
    events = await DomainEvents.listen(stage.host.libvirtUri)
    const actors = names.map(
      (name, index): Actor => ({ name, address: labAddress(index), port: 22, needs: shape[name] ?? [] }),
    )
    await stage.define(actors.map((actor) => ({ ...labGuestOf(actor), shutdownSeconds: SHUTDOWN_S })))
    await stage.startDaemon(true)
    // A guest that a busy machine lets wait for a moment has lost nothing: it is counted how often anything was done to each.
    await stage.apply('kills.yaml', chainFile(actors, 'probe: { timeout: 5s, fall: 5 }'))
    for (let round = 0; round < count; round++) {
      const phase = phases[round % phases.length] ?? 'launch'
      const kill = await during[phase](stage, events).catch((error: unknown) => unsettled(phase, error))
      if (kill.wrong.length > 0) options.say(stage.lastWords())
      options.say(`kill ${round + 1} of ${count}: ${phase} after ${kill.afterMs.toFixed(0)} ms, ${verdict(kill)}`)
      done(kill)
      // What follows on a broken stage would say nothing.
      if (Number.isNaN(kill.settledMs)) return
    }
  } finally {
    events?.stop()
    await stage.close()
  }
}

const during = { launch: duringLaunch, watch: duringWatch, shutdown: duringShutdown } as const

/** A stage that did not come to rest is a broken promise like any other, and must not be lost. */
function unsettled(phase: Phase, error: unknown): Kill {
  const wrong = [error instanceof Error ? error.message : String(error)]
  return { phase, afterMs: Number.NaN, awayMs: Number.NaN, cutOff: false, settledMs: Number.NaN, wrong }
}

async function duringLaunch(stage: Stage): Promise<Kill> {
  const before = startsOf(stage)
  const ended = endsOf(stage)
  const kill = await killDuring(stage, 'launch', () => stage.daemon.client.launch({ guests: names }))
  const settled = await settle(stage, 'running', kill.cutOff)
  const wrong = [
    ...settled.wrong,
    ...counts('was started', names, before, startsOf(stage), 1),
    ...counts('went down', names, ended, endsOf(stage), 0),
  ]
  return { ...kill, settledMs: settled.ms, wrong }
}

async function duringShutdown(stage: Stage): Promise<Kill> {
  const before = startsOf(stage)
  const ended = endsOf(stage)
  const kill = await killDuring(stage, 'shutdown', () => stage.daemon.client.shutdown({}))
  const settled = await settle(stage, 'stopped', kill.cutOff)
  const wrong = [
    ...settled.wrong,
    ...counts('was started', names, before, startsOf(stage), 0),
    ...counts('went down', names, ended, endsOf(stage), 1),
  ]
  return { ...kill, settledMs: settled.ms, wrong }
}

/** A service fails around the moment of the kill: whoever notices it, everything that needs it is paused once and resumed once. */
async function duringWatch(stage: Stage, events: DomainEvents): Promise<Kill> {
  const starts = startsOf(stage)
  const ended = endsOf(stage)
  const began = nowNs()
  const control = stage.lab.control('base')
  const kill = await killDuring(stage, 'watch', () => control.close('22/tcp'))
  const from = nowNs()
  const paused = () => eachCount(events.since(began).map(({ domain, event }) => `${domain} ${event.split(' ')[0]}`))
  await until('dependents paused', BOOT_LIMIT_MS, () => dependents.every((name) => paused().has(`${name} Suspended`)))
  await control.open('22/tcp')
  await stage.daemon.allReady(BOOT_LIMIT_MS)
  const settledMs = milliseconds(from, nowNs())
  // They are ready before virsh has told of it, which is a process like any other.
  const told = (): boolean => dependents.every((name) => paused().has(`${name} Resumed`))
  await until('virsh tells of it', BOOT_LIMIT_MS, told).catch(() => undefined)
  await sleep(LATE_MS)
  const wrong = [
    ...dependents.flatMap((name) => expected(`${name} was paused`, paused().get(`${name} Suspended`) ?? 0, 1)),
    ...dependents.flatMap((name) => expected(`${name} was resumed`, paused().get(`${name} Resumed`) ?? 0, 1)),
    ...counts('was started', names, starts, startsOf(stage), 0),
    ...counts('went down', names, ended, endsOf(stage), 0),
  ]
  return { ...kill, settledMs, wrong }
}

/** Does what begins the phase, kills the daemon at a random moment of it and starts another one. */
async function killDuring(stage: Stage, phase: Phase, begin: () => Promise<unknown>) {
  const cutOff = phase !== 'watch' && Math.random() < 1 / CUT_OFF
  const afterMs = cutOff ? Math.random() * 20 : Math.random() * spansMs[phase]
  const awayMs = Math.random() * AWAY_MS
  const began = nowNs()
  let answered = false
  const beginning = begin().then(
    () => {
      answered = true
    },
    // The answer is missing because the daemon is: that is what was wanted.
    () => undefined,
  )
  if (!cutOff) await beginning
  await sleep(Math.max(0, afterMs - milliseconds(began, nowNs())))
  const known = answered
  await stage.daemon.kill()
  await beginning
  await sleep(awayMs)
  await stage.startDaemon(false)
  return { phase, afterMs, awayMs, cutOff: !known }
}

/** Waits until all is as wished. A command that was cut off holds for all or for none; where for none, it is given again. */
async function settle(
  stage: Stage,
  wished: 'running' | 'stopped',
  cutOff: boolean,
): Promise<{ ms: number; wrong: string[] }> {
  const from = nowNs()
  const { guests } = await stage.daemon.client.status()
  const held = guests.filter(({ wish }) => wish === wished).length
  const whole = held === guests.length || (cutOff && held === 0)
  const wrong = whole ? [] : [`the wish '${wished}' is known for ${held} of ${guests.length} guests`]
  if (held < guests.length) {
    if (wished === 'running') await stage.daemon.client.launch({ guests: names })
    else await stage.daemon.client.shutdown({})
  }
  await (wished === 'running' ? stage.daemon.allReady(BOOT_LIMIT_MS) : stage.daemon.allStopped(DOWN_LIMIT_MS))
  const ms = milliseconds(from, nowNs())
  await sleep(LATE_MS)
  return { ms, wrong }
}

type Counts = ReadonlyMap<string, number>

/** By libvirt's own log of each guest: a count that no missed event can spoil. */
export function startsOf(stage: Stage): Counts {
  return logged(stage, ': starting up libvirt')
}

export function endsOf(stage: Stage): Counts {
  return logged(stage, ': shutting down, reason=')
}

function logged(stage: Stage, words: string): Counts {
  return new Map(
    names.map((name) => {
      const file = join(stage.host.folder, 'log', 'qemu', `${name}.log`)
      return [name, existsSync(file) ? readFileSync(file, 'utf8').split(words).length - 1 : 0]
    }),
  )
}

function counts(what: string, of: readonly string[], before: Counts, after: Counts, wanted: number): string[] {
  return of.flatMap((name) => expected(`${name} ${what}`, (after.get(name) ?? 0) - (before.get(name) ?? 0), wanted))
}

function expected(what: string, got: number, wanted: number): string[] {
  return got === wanted ? [] : [`${what} ${got} times, expected ${wanted}`]
}

function eachCount(words: readonly string[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const word of words) found.set(word, (found.get(word) ?? 0) + 1)
  return found
}

function verdict({ wrong, settledMs }: Kill): string {
  return wrong.length === 0 ? `as wished again after ${settledMs.toFixed(0)} ms` : `WRONG: ${wrong.join('; ')}`
}

export function killFigures(kills: readonly Kill[]): Measured {
  const of = (phase: Phase) => kills.filter((kill) => kill.phase === phase)
  const settled = kills.map((kill) => kill.settledMs / 1000).filter((seconds) => !Number.isNaN(seconds))
  const figures = [
    ...phases.map((phase) =>
      figure({
        name: `kills.${phase}`,
        what: `killed during ${phase}`,
        unit: 'count',
        value: of(phase).length,
        n: of(phase).length,
      }),
    ),
    figure({
      name: 'kills.wrong',
      what: 'guests started or paused twice, gone down unasked, or wishes lost',
      unit: 'count',
      value: kills.reduce((sum, kill) => sum + kill.wrong.length, 0),
      n: kills.length,
      limit: exactly(0),
    }),
    figure({
      name: 'kills.settled',
      what: 'from the new daemon to all as wished (boots and shutdowns included)',
      unit: 's',
      value: median(settled),
      least: smallest(settled),
      most: largest(settled),
      n: settled.length,
    }),
  ]
  const notes = [
    'SIGKILL at a moment drawn at random from the whole phase, one in five while the command is being given; the daemon comes back within 1.5 s.',
    "Starts and ends are counted in libvirt's own log of each guest, pauses by its events.",
  ]
  return { figures, details: { kills }, notes }
}
