import type { GuestRecord } from '../../model/record.ts'
import { storeKeys } from '../../ports/store.ts'
import type { Broken } from '../checkers/broken.ts'
import { BrokenRules } from '../checkers/broken.ts'
import { Fencings } from '../checkers/fencings.ts'
import { checkLiveness } from '../checkers/liveness.ts'
import { Memories } from '../checkers/memory.ts'
import { Outages } from '../checkers/outages.ts'
import { Owners } from '../checkers/owners.ts'
import { Safety } from '../checkers/safety.ts'
import { Truth } from '../checkers/truth.ts'
import { Dice } from '../dice.ts'
import type { WorldSpec } from '../world.ts'
import { World } from '../world.ts'
import { befall, calm } from './befall.ts'
import { drawWorld, outside } from './draw-cluster.ts'
import { drawMishaps } from './draw-mishaps.ts'
import type { Mishap } from './mishap.ts'
import { describe, endOf, isBlinding, isKilling } from './mishap.ts'

/** After the last mishap, wishes have this long to come true: several boots, their limits and the longest back-off. */
const patienceMs = 1_500_000

/** So often the end is looked for; it is one when all holds at two looks in a row. */
const lookEachMs = 30_000

/** How long after trouble a daemon may still act on what it knew before: blind for a while, or newly begun. */
const slack = { usualMs: 8_000, afterKillMs: 25_000, afterBlindnessMs: 90_000 }

export interface Story {
  readonly seed: number
  readonly spec: WorldSpec
  readonly mishaps: readonly Mishap[]
  readonly calmAtMs: number
}

export interface Outcome {
  readonly broken: readonly Broken[]
  readonly playedMs: number
  /** What happened, in order; empty unless asked for. */
  readonly trace: readonly string[]
}

/** The story of a seed: always the same. */
export function storyOf(seed: number): Story {
  const dice = new Dice(seed)
  const spec = drawWorld(dice, seed)
  const hosts = spec.hosts.map(({ id }) => id)
  return { seed, spec, ...drawMishaps(dice, spec.cluster, hosts) }
}

/** Plays a story: safety at each step, then calm, then every wish must come true. Stops at the first broken rule. */
export async function playStory(story: Story, { traced = false } = {}): Promise<Outcome> {
  const world = new World(story.spec)
  for (const service of outside) world.network.setOutside(service, true)
  const broken = new BrokenRules()
  const truth = new Truth(world)
  const safety = new Safety(truth, broken, { slackMs: () => slackAt(story, world.nowMs) })
  const trace = new Trace(world, traced)
  world.timeline.after(0, () => {
    for (const host of world.hosts) host.powerOn()
  })
  const onlyStore = !story.mishaps.some(({ kind }) => starving.has(kind))
  const fencings = new Fencings(world, broken, onlyStore)
  const outages = new Outages(world, broken)
  if (world.links !== null) new Owners(world, broken).watch()
  const memories = Memories.concern(world) ? new Memories(world, broken) : null
  memories?.watch()
  for (const mishap of story.mishaps) {
    world.timeline.after(mishap.atMs, () => {
      trace.note(describe(mishap))
      befall(world, mishap)
    })
  }
  world.timeline.after(story.calmAtMs, () => {
    trace.note('calm')
    calm(world)
  })
  const lookAtMemory = (): void => {
    memories?.look()
    world.timeline.after(1_000, lookAtMemory)
  }
  if (memories !== null) world.timeline.after(quietFrom(story) + slack.afterBlindnessMs, lookAtMemory)
  let told = 0
  const step = () => {
    const news = world.events.slice(told)
    told = world.events.length
    trace.events(news)
    safety.afterEvent(news)
    fencings.afterEvent()
    outages.afterEvent()
    return broken.found.length > 0
  }
  await world.timeline.playUntil(quietFrom(story), step)
  await playToTheEnd(world, truth, broken, step)
  if (world.timeline.stuck) broken.add('time-stands-still', world.nowMs, 'a daemon does something without end')
  return { broken: broken.found, playedMs: world.nowMs, trace: trace.lines }
}

async function playToTheEnd(world: World, truth: Truth, broken: BrokenRules, step: () => boolean): Promise<void> {
  const endMs = world.nowMs + patienceMs
  let heldBefore = false
  while (broken.found.length === 0 && !world.timeline.stuck) {
    await world.timeline.playUntil(world.nowMs + lookEachMs, step)
    if (broken.found.length > 0 || world.timeline.stuck) return
    const look = new BrokenRules()
    checkLiveness(truth, look)
    const holds = look.found.length === 0
    if (holds && heldBefore) return
    heldBefore = holds
    if (world.nowMs >= endMs) broken.found.push(...look.found)
    if (world.nowMs >= endMs) return
  }
}

/** Mishaps that can keep a single member from renewing: without them no watchdog may fire (S5). */
const starving: ReadonlySet<Mishap['kind']> = new Set([
  ...(['network-off', 'store-cut', 'link-cut', 'messages-lost', 'daemon-frozen', 'deaths', 'daemon-killed'] as const),
  ...(['daemon-restarted', 'leader-killed', 'store-unsure', 'power-cut', 'host-reboot', 'host-off'] as const),
  ...(['fence-device', 'watches-lost', 'outage'] as const),
])

/** When the last mishap is over. */
function quietFrom(story: Story): number {
  return Math.max(story.calmAtMs, ...story.mishaps.map(endOf))
}

function slackAt(story: Story, nowMs: number): number {
  const recent = (mishap: Mishap, withinMs: number) =>
    mishap.atMs <= nowMs && nowMs <= Math.min(endOf(mishap), Math.max(story.calmAtMs, mishap.atMs)) + withinMs
  // Before the first look everything is as after a blindness.
  if (story.mishaps.some((mishap) => isBlinding(mishap) && recent(mishap, slack.afterBlindnessMs))) {
    return slack.afterBlindnessMs
  }
  return story.mishaps.some((mishap) => isKilling(mishap) && recent(mishap, slack.afterKillMs))
    ? slack.afterKillMs
    : slack.usualMs
}

/** Tells what truly happened beside what the histories say. */
class Trace {
  readonly lines: string[] = []
  readonly #world: World
  readonly #on: boolean

  constructor(world: World, on: boolean) {
    this.#world = world
    this.#on = on
    if (!on) return
    world.onDeed(({ kind, machine, by, host }) =>
      this.note(`  truth ${kind} ${machine.spec.name} on ${host} by ${by ?? 'nobody of ours'}`),
    )
    world.store.onCommit((changes) => {
      for (const { key, value } of changes)
        if (!key.startsWith(storeKeys.alives) && !key.startsWith(storeKeys.seens))
          this.note(`    ${key} ${value === null ? 'removed' : shortened(key, value)}`)
    })
  }

  note(text: string): void {
    if (this.#on) this.lines.push(`${(this.#world.nowMs / 1_000).toFixed(3)} ${text}`)
  }

  events(news: World['events']): void {
    for (const { event } of news) {
      this.note(
        `  ${event.actor} ${event.word} ${event.guest ?? ''} ${event.service ?? ''} ${JSON.stringify(event.because ?? event.fault)}`,
      )
    }
  }
}

/** Of a record only what decides. */
function shortened(key: string, value: string): string {
  if (key.startsWith(storeKeys.guestRecords)) {
    const { owner, epoch, seat, generation, phase, wanted, because, tries, relapses } = JSON.parse(value) as GuestRecord
    const move = seat?.move == null ? '' : ` moves to ${seat.move.to} ${seat.move.how} ${seat.move.lookAgain ?? ''}`
    const where = seat === undefined ? '' : `${owner}/${epoch}${seat.released ? ' released' : ''}${move} `
    return `${where}${generation} ${JSON.stringify(phase)} wanted ${wanted} tries ${tries} relapses ${relapses} ${JSON.stringify(because)}`
  }
  return value.slice(0, 200)
}
