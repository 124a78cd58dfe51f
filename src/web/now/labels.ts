import type { GuestSummary } from '../../contract/status.ts'
import { type EdgeLine, edgePath, needNode, type Point, portOf } from './graph-data.ts'
import type { Layout, LayoutForm } from './layout.ts'

/** An edge as it is drawn, and where its port is written. */
export interface PlacedEdge extends EdgeLine {
  /** Middle of the text, on its base line. */
  readonly label: Point
  /** False: there is no room for it beside the others; it is written only when one looks at this guest. */
  readonly isRoomy: boolean
}

/** By guest, and then by the text of the need. */
export type PlacedEdges = ReadonlyMap<string, ReadonlyMap<string, PlacedEdge>>

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Of the letters of an edge, in their size: a little more than what they take, so that two texts do not touch. */
const letterWidth = 0.58
const lineHeight = 1.18

/** Above the base line, in the letters' size. */
const ascent = 0.95

/** What stands left of a text when its need does not answer. */
export const signRadius = 7

/** Where on its curve a label is tried, best first: towards the end edges that crossed each other are apart again. */
const tried = [0.66, 0.5, 0.58, 0.4, 0.74, 0.3, 0.82, 0.2] as const

/** Above, on and below the line: two needs of the same guest lie on the same line. */
const offsets = [-4, 4, -16, 16, -22, 24] as const

/** All edges, with their labels apart from each other and from the guests. Pure; as costly as a layout, and as seldom needed. */
export function placeEdges(guests: readonly GuestSummary[], layout: Layout, form: LayoutForm): PlacedEdges {
  const nodes = [...layout.places.values()].map(({ x, y }) => {
    return { left: x, top: y, right: x + form.nodeWidth, bottom: y + form.nodeHeight }
  })
  const taken = gridOf(nodes)
  return new Map(
    guests.map((guest) => {
      const placed = new Map<string, PlacedEdge>()
      for (const need of guest.needs) {
        const line = edgePath(layout, form, needNode(need), guest.id)
        if (line !== null) placed.set(need.text, placedEdge(line, portOf(need), form.labelPx, taken))
      }
      return [guest.id, placed]
    }),
  )
}

function placedEdge(line: EdgeLine, text: string, labelPx: number, taken: Grid): PlacedEdge {
  for (const offset of offsets) {
    for (const at of tried) {
      const on = line.at(at)
      const label = { x: on.x, y: on.y + offset }
      const box = boxOf(label, text, labelPx)
      if (taken.has(box)) continue
      taken.add(box)
      return { ...line, label, isRoomy: true }
    }
  }
  const on = line.at(tried[0])
  return { ...line, label: { x: on.x, y: on.y + offsets[0] }, isRoomy: false }
}

/** With room for the sign: a text must not move when its need falls silent. */
function boxOf({ x, y }: Point, text: string, labelPx: number): Box {
  const half = labelHalf(text, labelPx)
  const top = y - ascent * labelPx
  return { left: x - half - 2 * signRadius - 4, top, right: x + half, bottom: top + lineHeight * labelPx }
}

/** Half of what a text takes, px. */
export function labelHalf(text: string, labelPx: number): number {
  return (text.length * letterWidth * labelPx) / 2
}

interface Grid {
  has(box: Box): boolean
  add(box: Box): void
}

/** Edge of a square of the grid, px: only boxes in the same squares are compared. */
const squarePx = 128

function gridOf(boxes: readonly Box[]): Grid {
  const squares = new Map<string, Box[]>()
  const keys = ({ left, top, right, bottom }: Box): string[] => {
    const found: string[] = []
    for (let column = Math.floor(left / squarePx); column <= Math.floor(right / squarePx); column++) {
      for (let row = Math.floor(top / squarePx); row <= Math.floor(bottom / squarePx); row++) {
        found.push(`${column} ${row}`)
      }
    }
    return found
  }
  const add = (box: Box): void => {
    for (const key of keys(box)) {
      const square = squares.get(key)
      if (square === undefined) squares.set(key, [box])
      else square.push(box)
    }
  }
  boxes.forEach(add)
  return { add, has: (box) => keys(box).some((key) => squares.get(key)?.some((other) => overlap(box, other))) }
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
