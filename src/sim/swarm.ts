import type { Broken } from './checkers/broken.ts'
import { describe } from './swarm/mishap.ts'
import type { Story } from './swarm/play.ts'
import { playStory, storyOf } from './swarm/play.ts'
import { shrink } from './swarm/shrink.ts'

export interface SwarmFailure {
  readonly seed: number
  readonly broken: Broken
  /** The least that still breaks the rule. */
  readonly story: Story
  readonly trace: readonly string[]
}

/** Lines of a trace that lead up to the broken rule. */
const traceTail = 60

/** Plays one seed; null when all held. `whole`: as it was drawn, without looking for the least that breaks the rule. */
export async function playSeed(seed: number, { whole = false } = {}): Promise<SwarmFailure | null> {
  const story = storyOf(seed)
  const first = (await playStory(story)).broken[0]
  if (first === undefined) return null
  if (whole) return { seed, broken: first, story, trace: [] }
  const smallest = await shrink(story, first)
  const { broken, trace } = await playStory(smallest, { traced: true })
  return { seed, broken: broken[0] ?? first, story: smallest, trace: trace.slice(-traceTail) }
}

/** Everything that happens in the story of a seed. */
export async function traceSeed(seed: number): Promise<readonly string[]> {
  const { trace, broken } = await playStory(storyOf(seed), { traced: true })
  return [...trace, ...broken.map(brokenLine)]
}

export function failureText({ seed, broken, story, trace }: SwarmFailure): string {
  const guests = story.spec.cluster.guests.map((guest) => {
    const needs = guest.needs.map(
      (need) => `${need.kind === 'guest' ? `${need.guest}:${need.service}` : need.address}(${need.onLoss})`,
    )
    return `  guest ${guest.id} ${guest.wish} serves ${guest.services.map((service) => service.key).join(' ')} needs ${needs.join(' ')}`
  })
  const mishaps = story.mishaps.map((mishap) => `  mishap ${describe(mishap)}`)
  return [`seed ${seed}: ${brokenLine(broken)}`, ...guests, ...mishaps, ...trace, brokenLine(broken)].join('\n')
}

function brokenLine({ rule, at, text }: Broken): string {
  return `BROKEN at ${(at / 1_000).toFixed(3)}s ${rule}: ${text}`
}
