import type { GuestSummary } from '../../contract/status.ts'
import { edgeKey, type Layout, type LayoutForm, type LayoutNode } from './layout.ts'

export type Need = GuestSummary['needs'][number]

/** How an edge is drawn: by colour, by its line, and by a sign on it. */
export type EdgeLook = 'answers' | 'waiting' | 'paused' | 'broken'

export function edgeLookOf(need: Need): EdgeLook {
  switch (need.state) {
    case 'answers':
      return 'answers'
    case 'paused':
      return 'paused'
    case 'refused':
    case 'silent':
    case 'failed':
    case 'host-unseen':
      return 'broken'
    default:
      return 'waiting'
  }
}

/** The node of a need: a guest, or something outside of the cluster. */
export function needNode(need: Need): string {
  return need.guest ?? externalNode(need.text)
}

const externalMark = 'external '

export function externalNode(text: string): string {
  return `${externalMark}${text}`
}

/** What is written on an edge: the port alone, since the name is at its end. */
export function portOf(need: Need): string {
  if (need.guest === null) return ''
  return need.text === need.guest ? '' : need.text.slice(need.guest.length + 1)
}

export function graphNodes(guests: readonly GuestSummary[]): readonly LayoutNode[] {
  const externals = new Set(
    guests.flatMap(({ needs }) => needs.filter(({ guest }) => guest === null)).map(({ text }) => text),
  )
  return [
    ...[...externals].sort().map((text) => ({ id: externalNode(text), wave: 0, needs: [] })),
    ...guests.map(({ id, wave, needs }) => ({ id, wave, needs: needs.map(needNode) })),
  ]
}

/** What the drawing depends on; while it is the same, no node moves. */
export function shapeOf(guests: readonly GuestSummary[]): string {
  return guests.map(({ id, wave, needs }) => `${id}@${wave}<${needs.map(({ text }) => text).join(',')}`).join(';')
}

/** From the side of what is needed to the side of what needs it, through the lanes between. */
export function edgePath(layout: Layout, form: LayoutForm, from: string, to: string): EdgeLine | null {
  const a = layout.places.get(from)
  const b = layout.places.get(to)
  if (a === undefined || b === undefined) return null
  const { nodeWidth: w, nodeHeight: h } = form
  const isRight = form.direction === 'right'
  const half = laneHalf
  const stops = [
    isRight ? { x: a.x + w, y: a.y + h / 2 } : { x: a.x + w / 2, y: a.y + h },
    ...(layout.lanes.get(edgeKey(from, to)) ?? []).flatMap(({ x, y }) =>
      isRight
        ? [
            { x, y: y + half },
            { x: x + w, y: y + half },
          ]
        : [
            { x: x + half, y },
            { x: x + half, y: y + h },
          ],
    ),
    isRight ? { x: b.x, y: b.y + h / 2 } : { x: b.x + w / 2, y: b.y },
  ]
  const [first, ...rest] = stops
  let path = `M${first!.x} ${first!.y}`
  let before = first!
  for (const stop of rest) {
    const bend = Math.max(24, Math.abs(isRight ? stop.x - before.x : stop.y - before.y) / 2)
    path += isRight
      ? `C${before.x + bend} ${before.y} ${stop.x - bend} ${stop.y} ${stop.x} ${stop.y}`
      : `C${before.x} ${before.y + bend} ${stop.x} ${stop.y - bend} ${stop.x} ${stop.y}`
    before = stop
  }
  const [last, end] = [stops.at(-2)!, stops.at(-1)!]
  return { path, at: (share) => onCurve(last, end, isRight, share) }
}

/** Half of a lane's breadth, px. */
const laneHalf = 5

function onCurve(a: Point, b: Point, isRight: boolean, s: number): Point {
  const ease = 3 * s * s - 2 * s * s * s
  // Along the direction both handles lie half way: nearly even.
  const even = 3 * (1 - s) ** 2 * s * 0.5 + 3 * (1 - s) * s ** 2 * 0.5 + s ** 3
  return isRight
    ? { x: a.x + (b.x - a.x) * even, y: a.y + (b.y - a.y) * ease }
    : { x: a.x + (b.x - a.x) * ease, y: a.y + (b.y - a.y) * even }
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface EdgeLine {
  readonly path: string
  /** A point of its last part, 0 where that begins, 1 at the guest that needs. */
  at(share: number): Point
}

/** The guest, all that it needs, and all that needs it, however far away: what is shown together with it. */
export function kinOf(guests: readonly GuestSummary[], id: string): ReadonlySet<string> {
  const needs = new Map(guests.map((guest) => [guest.id, guest.needs.map(needNode)]))
  const neededBy = new Map<string, string[]>()
  for (const [guest, all] of needs) {
    for (const need of all) neededBy.set(need, [...(neededBy.get(need) ?? []), guest])
  }
  const found = new Set<string>([id])
  const follow = (next: ReadonlyMap<string, readonly string[]>): void => {
    const open = [id]
    const seen = new Set(open)
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const other of next.get(at) ?? []) {
        if (seen.has(other)) continue
        seen.add(other)
        found.add(other)
        open.push(other)
      }
    }
  }
  follow(needs)
  follow(neededBy)
  return found
}

export type Arrow = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'

/** The node one comes to with an arrow key: the nearest in that direction; what lies beside counts as farther. */
export function nodeBeyond(layout: Layout, from: string, arrow: Arrow): string | null {
  const here = layout.places.get(from)
  if (here === undefined) return null
  let best: string | null = null
  let least = Number.POSITIVE_INFINITY
  for (const [id, place] of layout.places) {
    const dx = place.x - here.x
    const dy = place.y - here.y
    const [ahead, aside] =
      arrow === 'ArrowRight'
        ? [dx, dy]
        : arrow === 'ArrowLeft'
          ? [-dx, dy]
          : arrow === 'ArrowDown'
            ? [dy, dx]
            : [-dy, dx]
    const distance = ahead + 2 * Math.abs(aside)
    if (ahead <= 0 || distance >= least) continue
    best = id
    least = distance
  }
  return best
}
