import type { Cause, Condition } from '../../model/availability.ts'

/** Milliseconds since 1970, `untilMs` exclusive. `cause` is null where the condition is `up`. */
export interface Stretch {
  readonly fromMs: number
  readonly untilMs: number
  readonly condition: Condition
  readonly cause: Cause | null
}

/** Stretches without gaps or overlaps, in order; neighbours differ. */
export type Timeline = readonly Stretch[]

/** From and until, exclusive; in order, apart from each other. */
export interface Span {
  readonly fromMs: number
  readonly untilMs: number
}

/** Every stretch is made here: of one shape, a million of them are read several times as fast as of many shapes. */
export function stretch(fromMs: number, untilMs: number, condition: Condition, cause: Cause | null): Stretch {
  return { fromMs, untilMs, condition, cause }
}

/** Adds to the end of a timeline in the making; nothing where it takes no time. Neighbours that say the same become one. */
export function extend(timeline: Stretch[], next: Stretch): void {
  if (next.untilMs <= next.fromMs) return
  const last = timeline[timeline.length - 1]
  if (last !== undefined && last.condition === next.condition && last.cause === next.cause) {
    timeline[timeline.length - 1] = stretch(last.fromMs, next.untilMs, last.condition, last.cause)
  } else timeline.push(next)
}

/** The part within a span. */
export function clip(timeline: Timeline, { fromMs, untilMs }: Span): Timeline {
  return within(timeline, [{ fromMs, untilMs }])
}

/** The parts within the spans; what lies between them is left out. */
export function within(timeline: Timeline, spans: readonly Span[]): Timeline {
  const [only] = spans
  if (spans.length === 1 && holdsAll(only!, timeline)) return timeline
  const found: Stretch[] = []
  let place = 0
  for (const span of spans) {
    while (place < timeline.length && timeline[place]!.untilMs <= span.fromMs) place++
    for (let at = place; at < timeline.length && timeline[at]!.fromMs < span.untilMs; at++) {
      const one = timeline[at]!
      const fromMs = Math.max(one.fromMs, span.fromMs)
      const untilMs = Math.min(one.untilMs, span.untilMs)
      if (fromMs >= untilMs) continue
      const isWhole = fromMs === one.fromMs && untilMs === one.untilMs
      found.push(isWhole ? one : stretch(fromMs, untilMs, one.condition, one.cause))
    }
  }
  return found
}

function holdsAll({ fromMs, untilMs }: Span, timeline: Timeline): boolean {
  const [first, last] = [timeline[0], timeline[timeline.length - 1]]
  return first === undefined || last === undefined || (first.fromMs >= fromMs && last.untilMs <= untilMs)
}

/**
 * `all`: it takes all of them, as users of a service need what it needs: down where one is down. Planned goes before not observed: it is
 * known not to be up, and no failure was seen. `any`: one is enough, as with two web servers side by side.
 */
export type Together = 'all' | 'any'

/** The lower counts. Written out: it is asked twice for each stretch of all timelines. */
function rankOf(condition: Condition, together: Together): number {
  if (together === 'all') return condition === 'down' ? 0 : condition === 'planned' ? 1 : condition === 'up' ? 3 : 2
  return condition === 'up' ? 0 : condition === 'not-observed' ? 1 : condition === 'down' ? 2 : 3
}

/**
 * Several timelines as one. Exact: every boundary of each counts; where one says nothing, the others say all. The cause is that of the
 * first one (in the order given) that makes the condition so.
 */
export function combine(timelines: readonly Timeline[], together: Together): Timeline {
  if (timelines.length <= 1) return timelines[0] ?? []
  // By halves: each stretch is looked at as often as there are halvings, not as there are timelines.
  const middle = timelines.length >> 1
  const [first, second] = [timelines.slice(0, middle), timelines.slice(middle)]
  return merged(combine(first, together), combine(second, together), together)
}

function merged(a: Timeline, b: Timeline, together: Together): Timeline {
  const result: Stretch[] = []
  let [placeA, placeB] = [0, 0]
  let atMs = Math.min(a[0]?.fromMs ?? Number.POSITIVE_INFINITY, b[0]?.fromMs ?? Number.POSITIVE_INFINITY)
  while (placeA < a.length || placeB < b.length) {
    const nextA = a[placeA]
    const nextB = b[placeB]
    const inA = nextA !== undefined && nextA.fromMs <= atMs
    const inB = nextB !== undefined && nextB.fromMs <= atMs
    const endA = nextA === undefined ? Number.POSITIVE_INFINITY : inA ? nextA.untilMs : nextA.fromMs
    const endB = nextB === undefined ? Number.POSITIVE_INFINITY : inB ? nextB.untilMs : nextB.fromMs
    const untilMs = endA < endB ? endA : endB
    if (inA || inB) {
      const isA = inA && (!inB || rankOf(nextA.condition, together) <= rankOf(nextB.condition, together))
      add(result, atMs, untilMs, isA ? nextA : nextB!)
    }
    if (inA && endA === untilMs) placeA++
    if (inB && endB === untilMs) placeB++
    atMs = untilMs
  }
  return result
}

/** As `extend`, without making a stretch that is not needed. */
function add(result: Stretch[], fromMs: number, untilMs: number, like: Stretch): void {
  const last = result[result.length - 1]
  const { condition, cause } = like
  if (last !== undefined && last.untilMs === fromMs && last.condition === condition && last.cause === cause) {
    result[result.length - 1] = stretch(last.fromMs, untilMs, condition, cause)
  } else if (like.fromMs === fromMs && like.untilMs === untilMs) result.push(like)
  else result.push(stretch(fromMs, untilMs, condition, cause))
}
