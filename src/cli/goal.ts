import type { GuestSummary, StatusView } from '../contract/status.ts'

/** What a command waits for. */
export interface Goal {
  readonly verb: 'launch' | 'shutdown'
  readonly guests: readonly string[]
}

/** `changed`: somebody else wished otherwise meanwhile. `blocked`: waits for one that failed, and will as long as that stays so. */
export type Progress = 'done' | 'failed' | 'changed' | 'blocked' | 'pending'

export interface GoalState {
  readonly of: ReadonlyMap<string, Progress>
  /** Nothing more will come of waiting. */
  readonly over: boolean
}

export function goalState(goal: Goal, view: StatusView): GoalState {
  const wanted = new Set(goal.guests)
  const of = new Map<string, Progress>()
  const stuck = new Set<string>()
  // In launch order: what a guest needs is judged before it.
  for (const guest of view.guests) {
    const progress = goal.verb === 'launch' ? launchProgress(guest, stuck) : shutdownProgress(guest)
    // Whoever needs one that is replaced waits for its standby.
    if ((progress === 'failed' || progress === 'blocked') && guest.replacedBy === undefined) stuck.add(guest.id)
    if (wanted.has(guest.id)) of.set(guest.id, progress)
  }
  // Dropped from the cluster file while it was waited for.
  for (const id of wanted) if (!of.has(id)) of.set(id, 'changed')
  return { of, over: ![...of.values()].includes('pending') }
}

function launchProgress(guest: GuestSummary, stuck: ReadonlySet<string>): Progress {
  if (guest.standbyOf !== undefined && guest.wish === 'stopped') return guest.commanded ? 'pending' : 'done'
  if (guest.wish !== 'running' || !guest.watch || guest.pausedByHand) return 'changed'
  const { kind } = guest.phase
  if (kind === 'ready') return 'done'
  if ((kind === 'failed' || kind === 'held-down') && !guest.commanded) return 'failed'
  const blocked = kind === 'waiting' && guest.needs.some((need) => need.guest !== null && stuck.has(need.guest))
  return blocked ? 'blocked' : 'pending'
}

function shutdownProgress(guest: GuestSummary): Progress {
  if (guest.wish === 'running' || guest.wish === 'ignored') return 'changed'
  const { kind } = guest.phase
  const down = guest.run === 'stopped' || guest.run === 'absent'
  if (kind === 'stopped' || (down && (kind === 'held-down' || kind === 'failed'))) return 'done'
  return kind === 'failed' && !guest.commanded ? 'failed' : 'pending'
}

export function withProgress(state: GoalState, progress: Progress): string[] {
  return [...state.of].filter(([, one]) => one === progress).map(([id]) => id)
}
