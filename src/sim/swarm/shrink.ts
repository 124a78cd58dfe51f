import type { Broken } from '../checkers/broken.ts'
import type { Mishap } from './mishap.ts'
import type { Story } from './play.ts'
import { playStory } from './play.ts'

/** Most replays spent on making one story smaller. */
const mostReplays = 300

/** The story with as few mishaps and guests as still break the same rule. */
export async function shrink(story: Story, broken: Broken): Promise<Story> {
  let smallest = story
  let replays = 0
  const breaks = async (candidate: Story): Promise<boolean> => {
    replays += 1
    const outcome = await playStory(candidate)
    return outcome.broken[0]?.rule === broken.rule
  }
  for (let size = Math.ceil(story.mishaps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < smallest.mishaps.length && replays < mostReplays; ) {
      const mishaps = without(smallest.mishaps, from, size)
      if (await breaks({ ...smallest, mishaps })) smallest = { ...smallest, mishaps }
      else from += size
    }
  }
  for (const guest of [...smallest.spec.cluster.guests].reverse()) {
    if (replays >= mostReplays) break
    const candidate = withoutGuest(smallest, guest.id)
    if (candidate !== null && (await breaks(candidate))) smallest = candidate
  }
  return smallest
}

function without(mishaps: readonly Mishap[], from: number, size: number): Mishap[] {
  return [...mishaps.slice(0, from), ...mishaps.slice(from + size)]
}

/** Null where a mishap still speaks of the guest, or another guest needs it. */
function withoutGuest(story: Story, id: string): Story | null {
  const { cluster } = story.spec
  const needed = cluster.guests.some((guest) => guest.needs.some((need) => need.kind === 'guest' && need.guest === id))
  const spokenOf = story.mishaps.some(
    (mishap) =>
      ('guest' in mishap && mishap.guest === id) || ('guests' in mishap && mishap.guests.includes(id as never)),
  )
  if (needed || spokenOf) return null
  const guests = cluster.guests.filter((guest) => guest.id !== id)
  return { ...story, spec: { ...story.spec, cluster: { ...cluster, guests } } }
}
