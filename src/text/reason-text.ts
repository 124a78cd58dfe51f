import type { HostRefusal } from '../model/member.ts'
import type { Reason, UnmetNeed } from '../model/reason.ts'
import { faultText } from './fault-text.ts'
import type { Values } from './message.ts'
import { fill } from './message.ts'
import type { Quantities } from './quantities.ts'
import type { Spoken } from './text-of.ts'

/** A clause said after the guest's name, without a full stop. */
export function reasonText(reason: Reason, catalogue: Spoken, quantities: Quantities): string {
  const key = keyOf(reason)
  // A newer peer's code is better shown as it is than not at all.
  return fill(catalogue.reasons[key] ?? key, values(reason, catalogue, quantities), quantities.filling)
}

function keyOf(reason: Reason) {
  if (reason.code === 'crashed' && reason.times > 1) return 'crashed-again'
  if (reason.code === 'memory-grows' && reason.press !== null) return `memory-grows-${reason.press}` as const
  return reason.code
}

/** Needs in the same state are named together: `a:1/tcp and b:2/tcp, which are silent; c, which is paused`. */
export function needsText(needs: readonly UnmetNeed[], catalogue: Spoken, quantities: Quantities): string {
  const groups = Map.groupBy(needs, (need) => need.state)
  return [...groups]
    .map(([state, group]) => {
      const names = quantities.list(group.map((need) => need.text))
      return fill(catalogue.needs[state] ?? '{needs}', { needs: names, count: group.length }, quantities.filling)
    })
    .join('; ')
}

/** Why a host cannot take a guest. */
export function refusalText(host: string, why: HostRefusal, catalogue: Spoken, quantities: Quantities): string {
  const more =
    why.code === 'rule-apart'
      ? { guests: quantities.list(why.guests) }
      : why.code === 'memory'
        ? { free: quantities.size(why.freeMib), needed: quantities.size(why.neededMib) }
        : {}
  return fill(catalogue.hostRefusals[why.code] ?? why.code, { host, ...more }, quantities.filling)
}

function values(reason: Reason, catalogue: Spoken, quantities: Quantities): Values {
  const { list, duration, size, ordinal } = quantities
  switch (reason.code) {
    case 'waiting-for-needs':
    case 'needs-lost':
      return { needs: needsText(reason.needs, catalogue, quantities) }
    case 'need-restarted':
    case 'stopped-with-need':
      return { needs: list(reason.needs), count: reason.needs.length }
    case 'waiting-for-dependents':
      return { guests: list(reason.guests), count: reason.guests.length }
    case 'waiting-for-services':
      return { services: list(reason.services), count: reason.services.length }
    case 'services-lost':
    case 'grace-over':
      return { services: list(reason.services), count: reason.services.length, grace: duration(reason.graceMs) }
    case 'boot-limit':
      return { services: list(reason.services), count: reason.services.length, limit: duration(reason.limitMs) }
    case 'start-failed':
      return { attempt: ordinal(reason.attempt), fault: faultText(reason.fault, catalogue, quantities).sentence }
    case 'resume-failed':
      return { fault: reason.fault === null ? undefined : faultText(reason.fault, catalogue, quantities).sentence }
    case 'paused-outside':
      return { cause: catalogue.pauseCauses[reason.cause] }
    case 'stop-failed':
      return { fault: faultText(reason.fault, catalogue, quantities).sentence }
    case 'crashed':
      return { times: reason.times }
    case 'back-off':
      return { wait: duration(reason.waitMs), attempt: ordinal(reason.attempt) }
    case 'tries-exhausted':
      return { tries: reason.tries, last: reasonText(reason.last, catalogue, quantities) }
    case 'replaced':
      return { by: reason.by, last: reasonText(reason.last, catalogue, quantities) }
    case 'standby':
    case 'stands-in':
      return { first: reason.first }
    case 'not-beside':
      return { guest: reason.guest }
    case 'not-enough-memory':
      return { needed: size(reason.neededMib), free: size(reason.freeMib), host: reason.host }
    case 'memory-grows':
      return { needed: size(reason.neededMib) }
    case 'memory-idle':
      return { peak: size(reason.peakMib), for: duration(reason.forMs) }
    case 'memory-lent':
      return { to: reason.to.length === 0 ? undefined : list(reason.to) }
    case 'memory-makes-room':
      return { guests: list(reason.guests), count: reason.guests.length }
    case 'memory-short':
      return { needed: size(reason.neededMib), free: size(reason.freeMib), host: reason.host }
    case 'memory-by-hand':
    case 'paused-by-hand':
      return { by: reason.by }
    case 'host-silent':
      return { host: reason.host, lacks: catalogue.proofLacks[reason.lacks] }
    case 'host-lost':
      return { host: reason.host, proof: catalogue.proofs[reason.proof] }
    case 'no-place':
      return { hosts: reason.hosts.map(({ host, why }) => refusalText(host, why, catalogue, quantities)).join('; ') }
    case 'cold-start':
    case 'store-restored':
    case 'runs-on-several':
      return { hosts: list(reason.hosts), count: reason.hosts.length }
    case 'moving':
      return { to: reason.to, how: catalogue.moveWays[reason.how], cause: catalogue.moveCauses[reason.cause] }
    case 'moved':
      return { from: reason.from ?? undefined, cause: catalogue.moveCauses[reason.cause] }
    case 'move-failed': {
      const fault = reason.fault === null ? undefined : faultText(reason.fault, catalogue, quantities).sentence
      return { to: reason.to, fault }
    }
    case 'move-broken':
      return { to: reason.to }
    case 'move-limit': {
      const refused = reason.refused === undefined ? undefined : catalogue.moveLimitNames[reason.refused]
      return { limit: duration(reason.limitMs), done: catalogue.moveLimitDeeds[reason.done], refused }
    }
    case 'move-cancelled':
      return { to: reason.to }
    case 'move-refused':
      return { to: reason.to, why: refusalText(reason.to, reason.why, catalogue, quantities) }
    case 'host-shutdown':
    case 'host-unseen':
    case 'hypervisor-down':
      return { host: reason.host }
    default:
      return {}
  }
}
