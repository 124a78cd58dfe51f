import type { GuestSummary, StatusView } from '../contract/status.ts'
import type { Text } from '../text/text.ts'
import { remainingMs } from './estimate.ts'
import type { Goal, GoalState } from './goal.ts'
import { withProgress } from './goal.ts'
import { noteOf, paintedPhase } from './guest-words.ts'
import type { Paint } from './paint.ts'
import { cut, padded, widthOf } from './paint.ts'

/** All that one picture of the board is made from. Times of the daemon's wall clock; it is on this host. */
export interface BoardPicture {
  readonly goal: Goal
  readonly state: GoalState
  readonly view: StatusView
  readonly elapsedMs: number
  readonly wall: number
  /** How long each guest took that became ready while we looked. */
  readonly took: ReadonlyMap<string, number>
  readonly columns: number
  readonly rows: number
}

const barWidth = 30

/** Lines that are no guests: title, bar, and the line the cursor stands on. */
const frameRows = 4

/** The board as lines no wider and no more than the terminal. Pure. */
export function boardLines(picture: BoardPicture, text: Text, paint: Paint): string[] {
  const { goal, view, columns, rows } = picture
  const wanted = new Set(goal.guests)
  const guests = view.guests.filter((guest) => wanted.has(guest.id))
  const room = Math.max(3, rows - frameRows)
  const shown = guests.length <= room ? guests : mostTelling(guests, picture, room - 1)
  const widths = {
    id: Math.max(...shown.map((guest) => widthOf(guest.id)), 5),
    phase: Math.max(...shown.map((guest) => widthOf(text.phase(guest.phase))), 5),
    time: Math.max(...shown.map((guest) => widthOf(timeWords(guest, picture, text))), 4),
  }
  const lines = shown.flatMap((guest, index) => {
    const wave = guest.wave === shown[index - 1]?.wave ? '' : text.cli('board-wave', { wave: guest.wave })
    return [
      [
        padded(paint.quiet(wave), widthOf(text.cli('board-wave', { wave: 99 }))),
        padded(guest.id, widths.id),
        padded(paintedPhase(guest, text, paint), widths.phase),
        padded(timeWords(guest, picture, text), widths.time),
        noteOf(guest, text),
      ].join('  '),
    ]
  })
  const hidden = guests.length - shown.length
  const more = hidden > 0 ? [text.cli('board-more', { count: hidden })] : []
  return [...headLines(picture, guests, text, paint), ...lines, ...more].map((line) => cut(line, columns - 1).trimEnd())
}

function headLines(picture: BoardPicture, guests: readonly GuestSummary[], text: Text, paint: Paint): string[] {
  const { goal, state, elapsedMs, wall } = picture
  const count = goal.guests.length
  const done = withProgress(state, 'done').length
  const title = goal.verb === 'launch' ? text.cli('board-launch', { count }) : text.cli('board-shutdown', { count })
  const elapsed = text.duration(wholeSeconds(elapsedMs))
  const left = goal.verb === 'launch' ? remainingMs(guests, wall) : null
  const time =
    left === null || left === 0
      ? elapsed
      : text.cli('board-expected', { elapsed, expected: text.duration(wholeSeconds(elapsedMs + left)) })
  const filled = count === 0 ? barWidth : Math.round((done / count) * barWidth)
  const bar = `[${paint.good('#'.repeat(filled))}${'-'.repeat(barWidth - filled)}]`
  return [`${paint.strong(title)}  ${time}`, `${bar} ${text.cli('board-of', { done, count })}`, '']
}

function timeWords(guest: GuestSummary, { took, wall }: BoardPicture, text: Text): string {
  const known = took.get(guest.id)
  if (guest.phase.kind === 'ready') {
    return known === undefined ? '' : text.cli('board-took', { took: text.duration(tenths(known)) })
  }
  const busy = guest.phase.kind === 'starting' || guest.phase.kind === 'stopping'
  if (!busy || guest.since === null) return ''
  const elapsed = text.duration(wholeSeconds(wall - guest.since))
  if (guest.phase.kind === 'stopping' || guest.expectedMs === null) return elapsed
  return text.cli('board-expected', { elapsed, expected: text.duration(wholeSeconds(guest.expectedMs)) })
}

/** Where not all fit: what goes on, then what failed, then what waits; in launch order among themselves. */
function mostTelling(guests: readonly GuestSummary[], { state }: BoardPicture, room: number): GuestSummary[] {
  const rank = (guest: GuestSummary): number => {
    if (state.of.get(guest.id) === 'failed') return 1
    if (state.of.get(guest.id) === 'done') return 3
    return guest.phase.kind === 'waiting' ? 2 : 0
  }
  const best = new Set([...guests].sort((a, b) => rank(a) - rank(b)).slice(0, room))
  return guests.filter((guest) => best.has(guest))
}

const wholeSeconds = (ms: number): number => Math.max(0, Math.round(ms / 1000)) * 1000
const tenths = (ms: number): number => Math.max(0, Math.round(ms / 100)) * 100
