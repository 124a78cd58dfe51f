export interface Mutation {
  readonly rule: string
  readonly what: string
  /** Replaced once each: the file, what stands there, what shall stand there. */
  readonly edits: readonly (readonly [string, string, string])[]
}

/** What each rule of safety rests on, broken so that the simulator must find it. */
export const mutations: readonly Mutation[] = [
  {
    rule: 'S1',
    what: 'an agent obeys what is meant for others',
    edits: [
      ['src/agent/agent-orders.ts', 'if (assignment?.host === this.#ports.host) this', 'if (assignment !== null) this'],
      [
        'src/agent/guest-hands.ts',
        '=> isOrderedHere(owners, host, step.generation) && cluster.lease.mayStart',
        '=> isOrderedHere(owners, host, step.generation) || true',
      ],
    ],
  },
  {
    rule: 'S2',
    what: 'a host whose record has expired counts as dead',
    edits: [
      [
        'src/core/hosts.ts',
        "const gone = standing === 'lost' ||",
        "const gone = standing === 'expired' || standing === 'lost' ||",
      ],
    ],
  },
  {
    rule: 'S3',
    what: 'the watchdog takes longer than the lease, and nobody looks',
    edits: [
      ['src/agent/membership.ts', 'await watchdog.arm(watchdogMs)', 'await watchdog.arm(watchdogMs * 3)'],
      [
        'src/core/fencing.ts',
        'return alive?.armed != null && brokenS3(leaseMs, alive.armed) === null',
        'return alive?.armed != null && leaseMs > 0',
      ],
    ],
  },
  {
    rule: 'S5',
    what: 'no failsafe: who cannot renew is not fed, whatever the others say',
    edits: [
      [
        'src/agent/membership.ts',
        "if (from !== null && this.statement() === 'cannot-renew') this",
        "if (from !== null && this.statement() === 'renews') this",
      ],
    ],
  },
  {
    rule: 'S6',
    what: 'all hosts but one may be fenced',
    edits: [['src/core/fence-orders.ts', 'return Math.floor(members / 2)', 'return members']],
  },
  {
    rule: 'S8',
    what: 'a move whose source is silent is given up without asking anybody',
    edits: [
      [
        'src/core/moves.ts',
        '  const here = sight.seen\n',
        "  const here = sight.seen\n  if (here.run === 'unknown') return ended(null, true)\n",
      ],
    ],
  },
  {
    rule: 'S9',
    what: 'an agent starts what it was told before the leader has named its life',
    edits: [['src/agent/agent-orders.ts', 'return this.#acknowledged', 'return true']],
  },
  {
    rule: 'S13',
    what: 'what runs where it does not belong is left there',
    edits: [['src/core/owners.ts', 'return owners.owner !== host && owners.to !== host', 'return false']],
  },
]
