import type { StatusView } from '../contract/status.ts'
import { wallTime } from '../model/ids.ts'
import { boardLines } from './board.ts'
import type { CliContext } from './context.ts'
import type { Goal, GoalState } from './goal.ts'
import { noteOf } from './guest-words.ts'
import { createScreen } from './screen.ts'

/** Shows how a goal is reached: a board on a terminal, a line for each change elsewhere, nothing for a program. */
export interface ProgressView {
  update(view: StatusView, state: GoalState): void
  note(line: string): void
  close(): void
}

/** Elapsed times are drawn anew so often although nothing happened. */
const redrawMs = 500

export function progressView(context: CliContext, goal: Goal, startedAt: number): ProgressView {
  if (context.format !== 'table') return silentView(context)
  return context.out.terminal ? boardView(context, goal, startedAt) : lineView(context, goal)
}

function silentView(context: CliContext): ProgressView {
  return { update: () => {}, note: (line) => context.err.write(`${line}\n`), close: () => {} }
}

function boardView(context: CliContext, goal: Goal, startedAt: number): ProgressView {
  const { text, paint, out } = context
  const screen = createScreen(out)
  const took = createTook()
  let last: { readonly view: StatusView; readonly state: GoalState } | null = null
  const draw = (): void => {
    if (last === null) return
    const size = { columns: out.columns(), rows: out.rows() }
    const times = { elapsedMs: context.now() - startedAt, wall: context.wall(), took: took.known }
    screen.draw(boardLines({ goal, ...last, ...times, ...size }, text, paint))
  }
  const timer = setInterval(draw, redrawMs)
  return {
    update(view, state) {
      took.see(view)
      last = { view, state }
      draw()
    },
    note: (line) => screen.keep(line),
    close: () => {
      clearInterval(timer)
      draw()
    },
  }
}

function lineView(context: CliContext, goal: Goal): ProgressView {
  const { text } = context
  const wanted = new Set(goal.guests)
  const told = new Map<string, string>()
  return {
    update(view) {
      for (const guest of view.guests) {
        if (!wanted.has(guest.id)) continue
        const phase = text.phase(guest.phase)
        const note = noteOf(guest, text)
        const line = `${guest.id}: ${phase}${note === '' ? '' : `; ${note}`}`
        if (told.get(guest.id) === line) continue
        told.set(guest.id, line)
        context.out.write(`${text.clock(wallTime(view.at))} ${line}\n`)
      }
    },
    note: (line) => context.err.write(`${line}\n`),
    close: () => {},
  }
}

/** Learns how long each guest took from what is seen pass by. */
function createTook(): { readonly known: ReadonlyMap<string, number>; see(view: StatusView): void } {
  const started = new Map<string, number>()
  const known = new Map<string, number>()
  return {
    known,
    see(view) {
      for (const { id, phase, since } of view.guests) {
        if (since === null) continue
        if (phase.kind === 'starting') started.set(id, since)
        const from = started.get(id)
        if (phase.kind !== 'ready' || from === undefined) continue
        known.set(id, since - from)
        started.delete(id)
      }
    },
  }
}
