import type { GuestMove, HostRefusal, MoveCause, Proof, Standing } from '../../model/member.ts'
import type { MoveLimitDeed } from '../../model/migration.ts'
import type { ProofLack } from '../../model/reason.ts'

/** What a proof that a host is dead still lacks. */
export const proofLacks = {
  'lease-not-over': 'its lease is not over yet',
  'no-device-and-no-watchdog':
    'it has neither fence device nor armed watchdog, so somebody must swear it (vigia swear-dead)',
  fencing: 'its power is being taken',
  quorum: 'too few members have renewed all the time',
  disarmed: 'the cluster is disarmed (vigia arm)',
  'fence-limit': 'as many hosts as may be have been fenced already',
} as const satisfies Record<ProofLack, string>

export const proofs = {
  'fence-device': 'its fence device',
  watchdog: 'its watchdog',
  sworn: 'an oath',
} as const satisfies Record<Proof['kind'], string>

/** Why a host cannot take a guest, after the host's name. */
export const hostRefusals = {
  'not-there': '{host} is not there',
  'not-seen-yet': '{host} has not been heard of yet',
  'going-down': '{host} is going down',
  maintenance: '{host} is in maintenance',
  'rule-hosts': 'a rule keeps it off {host}',
  'rule-apart': 'a rule keeps it apart from {guests} on {host}',
  tried: 'it failed on {host}',
  memory: '{host} has {free} of memory to give, and it needs {needed}',
  'runs-there-already': 'it runs on {host} already',
} as const satisfies Record<HostRefusal['code'], string>

export const moveCauses = {
  operator: 'asked for by hand',
  maintenance: 'its host is in maintenance',
  'host-shutdown': 'its host goes down',
  rule: 'a rule asks for it',
  failback: 'the other host is preferred',
  home: 'it goes back to where it was',
  'with-group': 'it goes where its group goes',
  'start-failed': 'it failed where it was',
  'no-room': 'there is no room for it where it was',
  'host-lost': 'its host was lost',
  first: 'its first place',
} as const satisfies Record<MoveCause, string>

export const moveWays = { live: 'live', cold: 'stopped and started' } as const satisfies Record<
  GuestMove['how'],
  string
>

/** What was done about a move that took too long. */
export const moveLimitDeeds = {
  cancel: 'it is given up',
  pause: 'the guest stands still until the rest is copied',
  'post-copy': 'the guest runs on over there while the rest of its memory follows',
} as const satisfies Record<MoveLimitDeed, string>

/** The same as a name. */
export const moveLimitNames = {
  cancel: 'giving it up',
  pause: 'pausing',
  'post-copy': 'post-copy',
} as const satisfies Record<MoveLimitDeed, string>

/** How a host stands, after its name. */
export const standings = {
  unseen: 'not heard of yet',
  online: 'there',
  silent: 'silent',
  expired: 'silent for longer than its lease',
  left: 'gone on purpose',
  lost: 'dead',
} as const satisfies Record<Standing, string>
