import type { AuthorityChange, AuthorityProgress, AuthorityStage } from '../model/authority-change.ts'
import { byName, type HostId } from '../model/ids.ts'

/** What one member does next of a change of the authority. */
export type AuthorityStep =
  | { readonly kind: 'do'; readonly stage: AuthorityStage }
  | { readonly kind: 'wait'; readonly stage: AuthorityStage; readonly waitsFor: readonly HostId[] }
  /** All have dropped the old one: the change is to be forgotten. */
  | { readonly kind: 'end' }

const stages: readonly AuthorityStage[] = ['trusts-both', 'renewed', 'dropped']

/** A member's store reads whom it trusts when it starts: these need a restart of it, and so one member at a time. */
export const restartsStore: Readonly<Record<AuthorityStage, boolean>> = {
  'trusts-both': true,
  renewed: false,
  dropped: true,
}

/**
 * A1  Nobody shows a certificate of the new authority before all members trust it, and nobody drops the old one before all show certificates of
 *     the new: at every moment each member takes each other.
 * A2  One store at a time is started anew.
 * A3  From the state alone: whoever died in the middle of a step finds the same one again, and a step done twice does no harm.
 * `members`: all that there are; one that is gone for good is waited for until it is taken out. `present`: those that renew now. Pure.
 */
export function authorityStep(
  change: Pick<AuthorityChange, 'next'>,
  progress: readonly AuthorityProgress[],
  members: readonly HostId[],
  self: HostId,
  present: ReadonlySet<HostId>,
): AuthorityStep {
  const all = [...members].sort(byName)
  const rank = (member: HostId) => rankOf(change, progress, member)
  const lowest = Math.min(...all.map(rank))
  const stage = stages[lowest]
  if (stage === undefined) return { kind: 'end' }
  const behind = all.filter((member) => rank(member) === lowest)
  if (!behind.includes(self)) return { kind: 'wait', stage, waitsFor: behind }
  // One that is away does not keep the others from their turn: what they wait for then is the next step.
  const turn = behind.find((member) => member === self || present.has(member))
  return turn === self || !restartsStore[stage] ? { kind: 'do', stage } : { kind: 'wait', stage, waitsFor: [turn!] }
}

/** What is behind it: 0 nothing, 3 all. */
function rankOf(
  { next }: Pick<AuthorityChange, 'next'>,
  progress: readonly AuthorityProgress[],
  member: HostId,
): number {
  const found = progress.find((one) => one.member === member && one.next === next)
  return found === undefined ? 0 : stages.indexOf(found.stage) + 1
}

/**
 * Whether a change may be given up for another one: nobody has the key of the new authority any more who could give it to others, and
 * nobody shows a certificate of it yet.
 */
export function mayBeginAnew(
  change: AuthorityChange,
  progress: readonly AuthorityProgress[],
  members: readonly HostId[],
  hasKeyHere: boolean,
): boolean {
  const renewed = members.some((member) => rankOf(change, progress, member) > 1)
  const hasKey =
    hasKeyHere || members.some((member) => member === change.begunBy || rankOf(change, progress, member) > 0)
  return !renewed && !hasKey
}

/** Whether a store that is started anew leaves the others able to decide meanwhile; of two, that cannot be had. */
export function mayRestartStore(voters: number, othersAnswering: number): boolean {
  return othersAnswering >= Math.floor(voters / 2) + 1 || othersAnswering >= voters - 1
}
