import { type ChangeKind, changeKinds } from '../../model/availability.ts'
import { longRun, type Transition } from './markov.ts'

/** A cluster and one of its guests, as far as its availability depends on them. Times are means, in milliseconds. */
export interface Design {
  /** All alike, failing by themselves and apart from each other. */
  readonly hosts: number
  /** So many of them have room for all guests. */
  readonly hostsNeeded: number
  readonly hostMtbfMs: number
  readonly hostMttrMs: number
  /** So many must be there for anything to be decided: with fewer, the watchdogs take the rest down as well. 0 or 1: it makes no difference. */
  readonly quorum: number
  /** Hosts that are repaired at the same time, at most. */
  readonly crews: number
  /** From the loss of a host until its guests are started elsewhere: noticed and proven. Null: they wait for their host. */
  readonly failoverMs: number | null
  /** From start to all services answering. */
  readonly bootMs: number
  /** Between failures of the guest itself. Null: it has none. */
  readonly guestMtbfMs: number | null
  /** From its failure until it is started again: noticed, waited for, taken down. */
  readonly noticeMs: number
  /** Share of its own failures that starting again does not cure: it is given up. */
  readonly incurable: number
  /** How long it is tried then, and how long a person takes. */
  readonly triesMs: number
  readonly personMs: number
  /** A standby takes its place when it is given up. */
  readonly standby: boolean
}

export interface Outlook {
  readonly availability: number
  /** Shares of the time: where the downtime comes from. They add up to 1 - availability. */
  readonly shares: {
    readonly restarting: number
    readonly givenUp: number
    readonly failingOver: number
    readonly waitingForHost: number
  }
}

/**
 * `up`; `restarting` after its own failure; `given-up` until a person or its standby; `proving`: its host is gone, and not proven so;
 * `booting`: started after a loss; `waiting`: too few hosts for all guests, or (no failover) its own host is being repaired.
 */
type Where = 'up' | 'restarting' | 'given-up' | 'proving' | 'booting' | 'waiting'

interface State {
  readonly where: Where
  /** Hosts that are up; while the guest is on one, that one is among them. */
  readonly hostsUp: number
}

/** Exact for this model. Null: too many hosts for it. */
export function foresee(design: Design): Outlook | null {
  const first: State = { where: 'up', hostsUp: design.hosts }
  const found = longRun(
    first,
    (state) => transitionsOf(design, state),
    ({ where, hostsUp }) => `${where} ${hostsUp}`,
  )
  if (found === null) return null
  const share = (...all: readonly Where[]): number => found.share(({ where }) => all.includes(where))
  return {
    availability: share('up'),
    shares: {
      restarting: share('restarting'),
      givenUp: share('given-up'),
      failingOver: share('proving', 'booting'),
      waitingForHost: share('waiting'),
    },
  }
}

function transitionsOf(design: Design, { where, hostsUp }: State): readonly Transition<State>[] {
  const { hosts, crews, failoverMs, bootMs, guestMtbfMs } = design
  const hostsNeeded = Math.max(design.hostsNeeded, design.quorum)
  const fails = 1 / design.hostMtbfMs
  const repairs = 1 / design.hostMttrMs
  const down = hosts - hostsUp
  const repairsNow = Math.min(down, crews) * repairs
  const onHost = where !== 'proving' && where !== 'waiting'
  const others = onHost ? hostsUp - 1 : hostsUp
  const lost: Where = failoverMs === null ? 'waiting' : 'proving'
  const to = (next: Where, up = hostsUp): State => ({ where: next, hostsUp: up })
  const common: Transition<State>[] = [
    { to: to(onHost && hostsUp - 1 < design.quorum ? 'waiting' : where, hostsUp - 1), rate: others * fails },
    ...(onHost ? [{ to: to(lost, hostsUp - 1), rate: fails }] : []),
  ]
  const repaired = (next: Where): Transition<State> => ({ to: to(next, hostsUp + 1), rate: repairsNow })
  const own = guestMtbfMs === null ? 0 : 1 / guestMtbfMs
  switch (where) {
    case 'up':
      return [
        ...common,
        repaired('up'),
        { to: to('restarting'), rate: own * (1 - design.incurable) },
        { to: to('given-up'), rate: own * design.incurable },
      ]
    case 'restarting':
      return [...common, repaired('restarting'), { to: to('up'), rate: 1 / (design.noticeMs + bootMs) }]
    case 'given-up': {
      const lastsMs = design.triesMs + (design.standby ? bootMs : design.personMs)
      return [...common, repaired('given-up'), { to: to('up'), rate: 1 / lastsMs }]
    }
    case 'proving':
      return [
        ...common,
        repaired('proving'),
        { to: to(hostsUp >= hostsNeeded ? 'booting' : 'waiting'), rate: 1 / Math.max(1, failoverMs ?? 1) },
      ]
    case 'booting':
      return [...common, repaired('booting'), { to: to('up'), rate: 1 / Math.max(1, bootMs) }]
    case 'waiting': {
      if (failoverMs !== null) return [...common, repaired(hostsUp + 1 >= hostsNeeded ? 'booting' : 'waiting')]
      // Each host under repair is as likely to be its own.
      const ownHost = repairsNow / down
      return [
        ...common,
        { to: to('booting', hostsUp + 1), rate: ownHost },
        { to: to('waiting', hostsUp + 1), rate: repairsNow - ownHost },
      ]
    }
  }
}

/** Hosts that make more than half of the members, where watchdogs are armed. An even number of hosts has a witness, which is there. */
export function quorumOf(hosts: number, armed: boolean): number {
  return armed && hosts > 1 ? Math.floor((hosts + 1) / 2) : 0
}

/** Null: it does not apply. */
export function changed(design: Design, kind: ChangeKind, usualFailoverMs: number): Design | null {
  const { hosts, failoverMs } = design
  switch (kind) {
    case 'host-more':
      return {
        ...{ ...design, hosts: hosts + 1, quorum: quorumOf(hosts + 1, design.quorum > 0 || hosts === 1) },
        failoverMs: failoverMs ?? (hosts === 1 ? usualFailoverMs : null),
      }
    case 'boot-half':
      return { ...design, bootMs: design.bootMs / 2 }
    case 'repair-half':
      return { ...design, hostMttrMs: design.hostMttrMs / 2 }
    case 'notice-half':
      return design.guestMtbfMs === null ? null : { ...design, noticeMs: design.noticeMs / 2 }
    case 'standby':
      return design.standby || design.incurable === 0 ? null : { ...design, standby: true }
    case 'failover':
      return failoverMs === null && hosts > 1 ? { ...design, failoverMs: usualFailoverMs } : null
    case 'failover-half':
      return failoverMs === null ? null : { ...design, failoverMs: failoverMs / 2 }
  }
}

/** What would make this better: each change by itself, the largest gain first; such that gain nothing are left out. */
export function improvements(
  design: Design,
  usualFailoverMs: number,
): readonly { readonly change: ChangeKind; readonly outlook: Outlook; readonly gain: number }[] {
  const now = foresee(design)
  if (now === null) return []
  return changeKinds
    .flatMap((change) => {
      const next = changed(design, change, usualFailoverMs)
      const outlook = next === null ? null : foresee(next)
      return outlook === null ? [] : [{ change, outlook, gain: outlook.availability - now.availability }]
    })
    .filter(({ gain }) => gain > 0)
    .sort((a, b) => b.gain - a.gain)
}
