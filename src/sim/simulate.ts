import type { EventWord, HistoryEvent } from '../model/event.ts'
import type { FaultData } from '../model/fault.ts'
import type { GuestId, HostId, ServiceKey } from '../model/ids.ts'
import type { Reason } from '../model/reason.ts'
import type { Broken } from './checkers/broken.ts'
import { BrokenRules } from './checkers/broken.ts'
import type { FinalGuest } from './checkers/expectations.ts'
import { checkExpectations, finalGuests } from './checkers/expectations.ts'
import { checkLiveness } from './checkers/liveness.ts'
import { Outages } from './checkers/outages.ts'
import { Owners } from './checkers/owners.ts'
import { Safety } from './checkers/safety.ts'
import { Truth } from './checkers/truth.ts'
import { perform } from './perform.ts'
import { readScenarioOrThrow } from './scenario/read.ts'
import type { Scenario } from './scenario/scenario.ts'
import { worldOf } from './scenario-world.ts'
import type { World } from './world.ts'

/** What a scenario came to. Plain data: the JSON of `vigia simulate --json`. Times are milliseconds since the world began. */
export interface SimulationResult {
  readonly claim: string
  readonly seed: number
  readonly held: boolean
  readonly broken: readonly Broken[]
  readonly events: readonly SimulatedEvent[]
  readonly final: {
    readonly guests: Readonly<Record<string, FinalGuest>>
    readonly hosts: Readonly<Record<string, FinalHost>>
  }
  readonly fenced: readonly HostId[]
}

export interface SimulatedEvent {
  readonly at: number
  /** `world`: nobody's word, but the truth: a power that was taken. */
  readonly actor: HistoryEvent['actor'] | 'world'
  readonly word: EventWord
  readonly guest?: GuestId
  readonly host?: HostId
  readonly service?: ServiceKey
  readonly fault?: FaultData
  readonly because: Reason | null
}

export interface FinalHost {
  readonly power: 'on' | 'off'
  readonly state: 'online' | 'no-daemon' | 'off'
}

export interface SimulateOptions {
  /** Shown before line and column of whatever is wrong with the file. */
  readonly path: string
  /** The same file and seed play the same story, event by event. */
  readonly seed: number
}

/**
 * Plays a scenario file with the same leader and agent code as in production.
 * Faults: `bad-data` (details.problems: a line `path:line:column: …` each).
 */
export async function simulate(text: string, { path, seed }: SimulateOptions): Promise<SimulationResult> {
  const scenario = readScenarioOrThrow(text, path)
  return await play(scenario, seed)
}

/** Four silences in a row, a decision, its way to the agent, a call under way. */
const noticedWithinMs = 8_000

/** As long as the world is troubled, and so long after, nobody can be expected to know it in time. */
const troubledForMs = 60_000

async function play(scenario: Scenario, seed: number): Promise<SimulationResult> {
  const world = worldOf(scenario, seed)
  const broken = new BrokenRules()
  const truth = new Truth(world)
  let troubledAtMs = Number.NEGATIVE_INFINITY
  const safety = new Safety(truth, broken, {
    slackMs: () => (world.nowMs - troubledAtMs < troubledForMs ? troubledForMs : noticedWithinMs),
  })
  if (world.links !== null) new Owners(world, broken).watch()
  const outages = new Outages(world, broken)
  const moves = countMoves(world)
  for (const step of scenario.script) {
    for (const { command } of step.commands) {
      world.timeline.after(step.atMs, () => {
        if (isTrouble(command.kind)) troubledAtMs = world.nowMs
        perform(world, command)
      })
    }
  }
  let told = 0
  await world.timeline.playUntil(scenario.runForMs, () => {
    if (world.storeTroubles.mode !== 'on' || world.links?.troubled) troubledAtMs = world.nowMs
    safety.afterEvent(world.events.slice(told))
    outages.afterEvent()
    told = world.events.length
    return false
  })
  if (world.timeline.stuck) broken.add('time-stands-still', world.nowMs, 'a daemon does something without end')
  checkLiveness(truth, broken)
  checkExpectations(scenario, world, moves, broken)
  return resultOf(scenario, seed, world, broken)
}

/** Commands that keep daemons from knowing the world in time. */
function isTrouble(kind: string): boolean {
  return [
    ...['leader-kill', 'agent-restart', 'freeze', 'thaw', 'power', 'reboot', 'shutdown', 'store', 'network'],
    ...['cut', 'heal', 'cut-store', 'heal-store', 'drop-messages', 'swear-dead', 'move', 'maintenance', 'clock'],
  ].includes(kind)
}

/** Starts of each guest on another host than the one before. */
function countMoves(world: World): ReadonlyMap<GuestId, number> {
  const moves = new Map<GuestId, number>()
  const last = new Map<GuestId, HostId>()
  world.onDeed(({ kind, machine, host }) => {
    const { guest } = machine.spec
    if (guest === null) return
    // Live, it was not started anew: where it was started next counts from where it went.
    if (kind === 'arrived') last.set(guest, host)
    if (kind !== 'started') return
    const before = last.get(guest)
    if (before !== undefined && before !== host) moves.set(guest, (moves.get(guest) ?? 0) + 1)
    last.set(guest, host)
  })
  return moves
}

function resultOf(scenario: Scenario, seed: number, world: World, broken: BrokenRules): SimulationResult {
  return {
    claim: scenario.claim,
    seed,
    held: broken.found.length === 0,
    broken: broken.found,
    events: eventsOf(world),
    final: {
      guests: Object.fromEntries(finalGuests(world)),
      hosts: Object.fromEntries(world.hosts.map((host) => [host.id, finalHost(host.powered, host.life !== null)])),
    },
    fenced: [...new Set(world.fenced)].sort(),
  }
}

export function eventsOf(world: World): SimulatedEvent[] {
  const told = world.events.map(
    ({ atMs, event }): SimulatedEvent => ({
      at: Math.round(atMs),
      actor: event.actor,
      word: event.word,
      ...(event.guest === null ? {} : { guest: event.guest }),
      host: event.host,
      ...(event.service === null ? {} : { service: event.service }),
      ...(event.fault === null ? {} : { fault: event.fault }),
      because: event.because,
    }),
  )
  const taken = world.powerTaken.map(
    ({ atMs, host }): SimulatedEvent => ({ at: Math.round(atMs), actor: 'world', word: 'fenced', host, because: null }),
  )
  return [...taken, ...told.filter(({ word }) => word !== 'fenced')].sort((a, b) => a.at - b.at)
}

function finalHost(powered: boolean, alive: boolean): FinalHost {
  if (!powered) return { power: 'off', state: 'off' }
  return { power: 'on', state: alive ? 'online' : 'no-daemon' }
}
