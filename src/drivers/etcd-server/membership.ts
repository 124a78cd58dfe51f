/** One member of etcd, as far as a change of members is concerned. A learner copies everything and has no vote. */
export interface StoreMember {
  readonly name: string
  readonly vote: boolean
  readonly answers: boolean
}

export type MembersVerdict =
  /** So many members may be lost and the store still decides. */
  { readonly kind: 'fine'; readonly spare: number } | { readonly kind: 'refused'; readonly why: MembersRefusal }

export type MembersRefusal =
  /** Either of two stops the store when it is lost: worse than one. */
  | 'two-without-witness'
  | 'no-voter'
  | 'too-many-voters'
  /** Those that answer would be no majority of those that are left. */
  | 'majority-lost'
  | 'not-a-member'

/** etcd's own advice: more members cost each write more, and seven survive the loss of three. */
const maxVoters = 7

/** Whether a store with so many votes is one to build on. Pure. */
export function votersVerdict(voters: number): MembersVerdict {
  if (voters < 1) return refused('no-voter')
  if (voters === 2) return refused('two-without-witness')
  if (voters > maxVoters) return refused('too-many-voters')
  return { kind: 'fine', spare: voters - majorityOf(voters) }
}

/**
 * Whether a learner may be given its vote. Two votes are passed through only where a third member is known to come (`wanted`): until
 * then the second host's copy has none, and the first decides alone. Pure.
 */
export function promotionVerdict(members: readonly StoreMember[], wanted: number): MembersVerdict {
  const voters = members.filter(({ vote }) => vote)
  const after = voters.length + 1
  const verdict = votersVerdict(after)
  const passing = after === 2 && wanted >= 3
  if (verdict.kind === 'refused' && !passing) return verdict
  const answering = voters.filter(({ answers }) => answers).length + 1
  return answering < majorityOf(after) ? refused('majority-lost') : fine(after)
}

/** Whether a member may be taken out. `replaced`: another takes its place at once, so two votes in between are passed through. Pure. */
export function removalVerdict(members: readonly StoreMember[], leaving: string, replaced: boolean): MembersVerdict {
  const gone = members.find(({ name }) => name === leaving)
  if (gone === undefined) return refused('not-a-member')
  const left = members.filter((member) => member !== gone && member.vote)
  if (!gone.vote) return fine(left.length)
  const verdict = votersVerdict(left.length)
  if (verdict.kind === 'refused' && !(replaced && left.length === 2)) return verdict
  return left.filter(({ answers }) => answers).length < majorityOf(left.length)
    ? refused('majority-lost')
    : fine(left.length)
}

export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1
}

function fine(voters: number): MembersVerdict {
  return { kind: 'fine', spare: voters - majorityOf(voters) }
}

function refused(why: MembersRefusal): MembersVerdict {
  return { kind: 'refused', why }
}
