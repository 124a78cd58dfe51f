import type { HostSummary, StatusView } from '../contract/status.ts'
import type { Text } from '../text/text.ts'

/** How one of several hosts stands, in clauses after its figures; one that simply is there says only what it has. */
export function standingWords({ member, guests }: HostSummary, text: Text): string[] {
  if (member === undefined) return []
  const { standing, leads, maintenance, goingDown, watchdog, fence, lacks, proof } = member
  return [
    ...(standing === 'online' ? [] : [text.standing(standing)]),
    ...(lacks === null ? [] : [text.proofLack(lacks)]),
    ...(proof === null ? [] : [text.cli('status-proof', { proof: text.proof(proof) })]),
    ...(leads ? [text.cli('status-leads')] : []),
    ...(maintenance ? [text.cli('status-maintenance')] : []),
    ...(goingDown ? [text.cli('status-going-down')] : []),
    ...(standing === 'online' && watchdog !== 'armed' && fence.length === 0
      ? [text.cli(watchdog === 'none' ? 'status-no-watchdog' : 'status-slow-watchdog')]
      : []),
    ...(guests === undefined ? [] : [text.cli('status-guests', { count: guests })]),
  ]
}

/** What holds for the cluster of several hosts as a whole. */
export function memberLines({ members }: StatusView, text: Text): string[] {
  if (members === undefined) return []
  const { leader, armed, disarmedForMs, fenced, fencedAtMost } = members
  const time = disarmedForMs === null ? {} : { time: text.duration(disarmedForMs) }
  return [
    ...(leader === null ? [text.cli('status-no-leader')] : []),
    ...(armed ? [] : [text.cli('status-disarmed', time)]),
    ...(fenced.length === 0 ? [] : [text.cli('status-fenced', { hosts: text.list(fenced), limit: fencedAtMost })]),
    ...survivalLines(members, text),
  ]
}

function survivalLines({ survival }: NonNullable<StatusView['members']>, text: Text): string[] {
  if (survival === null) return []
  const { hosts: count, survives, losses } = survival
  if (survives === null) return [text.cli('status-survives-unknown', { count })]
  if (survives) return [text.cli('status-survives', { count })]
  return losses.map(({ hosts, waiting }) =>
    text.cli('status-loss', { hosts: text.list(hosts), guests: text.list(waiting.map(({ guest }) => guest)) }),
  )
}

/** For programs, as `status --hosts -o csv` gives them. */
export function hostRows(view: StatusView): (readonly (string | number | boolean | null)[])[] {
  return [
    ['host', 'standing', 'leads', 'maintenance', 'goingDown', 'watchdog', 'guests', 'totalMib', 'guestsMib'],
    ...view.hosts.map(({ id, seen, member, guests, memory }) => [
      id,
      member?.standing ?? (seen ? 'online' : 'unseen'),
      member?.leads ?? true,
      member?.maintenance ?? false,
      member?.goingDown ?? false,
      member?.watchdog ?? 'none',
      guests ?? null,
      memory.totalMib,
      memory.guestsMib,
    ]),
  ]
}
