import { storeLimits } from '../../ports/store-limits.ts'

/**
 * How Vigia starts etcd, and what `doctor` expects of one that is there already. etcd's own defaults (128 operations, 1.5 MiB) are
 * less than the store port takes; a transaction beyond them is refused with `limit-reached`.
 */
export const etcdServerFlags: readonly string[] = [
  // All writes the port allows, and as many comparisons and the guard's one more.
  `--max-txn-ops=${storeLimits.writes + 480}`,
  // A whole cluster file and its records; compressed ones are far smaller. Not more: a proposal is one message between members.
  `--max-request-bytes=${storeLimits.valueBytes}`,
  // A member that comes back after a cut does not depose the leader.
  '--pre-vote=true',
  // Long enough that a watch on quiet keys hears of progress (each 10 minutes) before what it follows is forgotten.
  '--auto-compaction-mode=periodic',
  '--auto-compaction-retention=1h',
]
