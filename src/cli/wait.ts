import type { Client } from '../client/client.ts'
import { exitCodes } from '../contract/exit-codes.ts'
import type { CliContext } from './context.ts'
import type { Goal, GoalState } from './goal.ts'
import { goalState, withProgress } from './goal.ts'
import { say, tell } from './output.ts'
import { type ProgressView, progressView } from './progress.ts'

/** What a shell gives a program that Ctrl-C ended. */
export const interruptedCode = 130

export interface Waited {
  readonly exitCode: number
  readonly done: readonly string[]
  readonly failed: readonly string[]
  readonly unfinished: readonly string[]
}

/** Follows the status until the goal is reached, cannot be, or waiting ends; says how it ended. The work itself never ends with the waiting. */
export async function waitForGoal(
  context: CliContext,
  client: Client,
  goal: Goal,
  timeoutMs: number | null,
): Promise<Waited> {
  const startedAt = context.now()
  const late = new AbortController()
  const timer = timeoutMs === null ? null : setTimeout(() => late.abort(), timeoutMs)
  const enough = new AbortController()
  const signal = AbortSignal.any([context.interrupted, late.signal, enough.signal])
  const view = progressView(context, goal, startedAt)
  let state: GoalState = { of: new Map(goal.guests.map((id) => [id, 'pending'])), over: goal.guests.length === 0 }
  try {
    if (!state.over) state = await follow(context, client, goal, view, signal, state)
  } finally {
    if (timer !== null) clearTimeout(timer)
    enough.abort()
    view.close()
  }
  const elapsed = context.text.duration(Math.round((context.now() - startedAt) / 100) * 100)
  const exitCode = ending(context, goal, state, elapsed, late.signal.aborted ? timeoutMs : null)
  return {
    exitCode,
    done: withProgress(state, 'done'),
    failed: withProgress(state, 'failed'),
    unfinished: [
      ...withProgress(state, 'pending'),
      ...withProgress(state, 'blocked'),
      ...withProgress(state, 'changed'),
    ],
  }
}

async function follow(
  context: CliContext,
  client: Client,
  goal: Goal,
  view: ProgressView,
  signal: AbortSignal,
  begin: GoalState,
): Promise<GoalState> {
  let state = begin
  let lost = false
  for await (const live of client.liveStatus(signal)) {
    if (live.kind === 'lost') {
      if (!lost) view.note(context.text.cli('wait-lost'))
      lost = true
      continue
    }
    if (lost) view.note(context.text.cli('wait-back'))
    lost = false
    state = goalState(goal, live.value)
    view.update(live.value, state)
    if (state.over) break
  }
  return state
}

/** The last words, and the exit code they stand for. `limitMs`: the wait that ran out, if it did. */
function ending(context: CliContext, goal: Goal, state: GoalState, elapsed: string, limitMs: number | null): number {
  const { text } = context
  const failed = [...withProgress(state, 'failed'), ...withProgress(state, 'blocked')]
  const changed = withProgress(state, 'changed')
  if (changed.length > 0) say(context, text.cli('wait-changed', { guests: text.list(changed) }))
  if (!state.over) {
    if (limitMs === null) {
      say(context, text.cli('wait-interrupted'))
      return interruptedCode
    }
    const guests = text.list(withProgress(state, 'pending'))
    say(context, text.cli('wait-timeout', { limit: text.duration(limitMs), guests }))
    return exitCodes.timeout
  }
  if (failed.length > 0) {
    say(context, text.cli('wait-failed', { count: failed.length, guests: text.list(failed) }))
    return exitCodes.failed
  }
  const count = withProgress(state, 'done').length
  if (count > 0) {
    const done =
      goal.verb === 'launch'
        ? text.cli('wait-all-ready', { count, elapsed })
        : text.cli('wait-all-down', { count, elapsed })
    tell(context, done)
  }
  return changed.length > 0 ? exitCodes.failed : exitCodes.ok
}
