import type { Instant } from '../model/ids.ts'
import { instant } from '../model/ids.ts'
import type { Phase } from '../model/phase.ts'
import type { Reason } from '../model/reason.ts'
import { startMib } from './capacity.ts'
import type { HostView } from './hosts.ts'
import { isLostVerdict } from './sight.ts'
import { besideOther } from './standby.ts'
import type { GuestRound, Next } from './transition.ts'
import { backOffMs, elapsedMs, kindOf, seenForMs, stay } from './transition.ts'

/** A guest that shall run: what next. Pure; one step a round. */
export function towardsRunning(round: GuestRound): Next | null {
  switch (round.sight.seen.run) {
    case 'unknown':
      return fromUnknown(round)
    case 'running':
      return fromRunning(round)
    case 'paused':
      return fromPaused(round)
    case 'stopped':
    case 'absent':
      return fromDown(round)
  }
}

/** S7: what cannot be seen is left as it is; a guest never decided about waits and says for what. */
function fromUnknown(round: GuestRound): Next | null {
  // A host that is seen but has not looked for this guest yet will in a moment.
  if (round.sight.record !== null || round.sight.host?.observation.hypervisor === 'up') return stay
  return waiting(round.host === null ? { code: 'no-host' } : { code: 'host-unseen', host: round.host })
}

function fromRunning(round: GuestRound): Next | null {
  const { sight, needs } = round
  const phase = sight.record?.phase
  switch (phase?.kind) {
    case 'stopping':
      return stillUp(round)
    case 'failed':
      return sight.commanded ? adopt() : stay
    case undefined:
    case 'ignored':
    case 'stopped':
    case 'waiting':
    case 'held-down':
      return adopt()
    case 'paused':
      // Resumed by somebody else, or not suspended yet.
      if (holdReason(round) !== null) return stay
      return resumed(round)
    case 'starting':
    case 'ready':
    case 'silent':
  }
  const hold = pauseReason(round)
  if (hold !== null) return paused(round, hold)
  if (needs.stopping.length > 0) return goDown('held-down', { code: 'stopped-with-need', needs: needs.stopping })
  if (needs.restarting.length > 0) return goDown('start', { code: 'need-restarted', needs: needs.restarting })
  return byServices(round)
}

function adopt(): Next {
  return {
    phase: { kind: 'starting', resumed: false },
    because: { code: 'adopted' },
    wanted: 'running',
    tries: 0,
    commandTaken: true,
  }
}

/** Told to go down and not gone yet. A request to shut down cannot be taken back: it goes down, then starts again. */
function stillUp(round: GuestRound): Next | null {
  const { seen, record } = round.sight
  if (seen.trouble?.code === 'stop-refused') {
    const because: Reason = { code: 'stop-failed', fault: seen.trouble }
    return { phase: { kind: 'failed' }, because, wanted: 'as-is', commandTaken: true }
  }
  if (record?.phase.kind !== 'stopping' || record.phase.next !== 'stopped') return stay
  return goDown('start', { code: 'wish-running' })
}

function resumed(round: GuestRound): Next {
  const outside = round.sight.seen.pauseCause !== null && kindOf(round) !== 'paused'
  const because: Reason = outside
    ? { code: 'paused-outside', cause: round.sight.seen.pauseCause ?? 'other' }
    : { code: 'needs-answer' }
  // Its limit begins now, though it may have been starting before.
  const phase: Phase = { kind: 'starting', resumed: true, ...(isBooting(round) && { booting: true }) }
  return { phase, because, wanted: 'running', again: true }
}

/** Why a running guest shall be paused now; null: it shall not. */
function pauseReason({ sight, needs }: GuestRound): Reason | null {
  if (sight.wish.pausedByHand) return { code: 'paused-by-hand', by: sight.wish.by }
  return needs.pausing.length > 0 ? { code: 'needs-lost', needs: needs.pausing } : null
}

/** Why a paused guest stays paused: it resumes only when all that can pause it answers again. */
function holdReason({ sight, needs }: GuestRound): Reason | null {
  if (sight.wish.pausedByHand) return { code: 'paused-by-hand', by: sight.wish.by }
  return needs.holding.length > 0 ? { code: 'needs-lost', needs: needs.holding } : null
}

function byServices(round: GuestRound): Next | null {
  const { sight } = round
  const verdicts = sight.seen.services
  const own = sight.compiled.spec.services
  const missing = own.filter((service) => verdicts[service.key] !== 'answering').map((service) => service.key)
  if (missing.length === 0) return answersAll(round)
  const lost = missing.filter((key) => isLostVerdict(verdicts[key]))
  const phase = sight.record!.phase
  if (phase.kind === 'ready') return lost.length > 0 ? silent(round, lost) : stay
  if (phase.kind === 'silent') return whileSilent(round, lost)
  return whileStarting(round, missing)
}

function answersAll(round: GuestRound): Next | null {
  if (kindOf(round) === 'ready' && round.sight.record!.because.code !== 'waiting-for-dependents') return stay
  const because: Reason = { code: round.sight.compiled.spec.services.length > 0 ? 'services-answer' : 'runs' }
  return { phase: { kind: 'ready' }, because, wanted: 'running', tries: 0, commandTaken: true }
}

function silent(
  round: GuestRound,
  services: readonly GuestRound['sight']['compiled']['probed'][number]['key'][],
): Next {
  return {
    phase: { kind: 'silent', services },
    because: { code: 'services-lost', services, graceMs: round.policy.graceMs },
    wanted: 'running',
  }
}

function whileSilent(
  round: GuestRound,
  lost: readonly GuestRound['sight']['compiled']['probed'][number]['key'][],
): Next | null {
  const { sight, policy } = round
  if (lost.length === 0) return stay
  // Watched again after a time of hands off: the grace begins now.
  if (sight.record!.because.code === 'watch-off') return { ...silent(round, lost), again: true }
  if (seenForMs(round) < policy.graceMs) return stay
  return {
    ...goDown('start', { code: 'grace-over', services: lost, graceMs: policy.graceMs }),
    relapses: sight.record!.relapses + 1,
  }
}

function whileStarting(
  round: GuestRound,
  missing: readonly GuestRound['sight']['compiled']['probed'][number]['key'][],
): Next | null {
  const { sight, policy } = round
  const record = sight.record!
  const wasResumed = !isBooting(round)
  const limitMs = wasResumed ? policy.graceMs : policy.bootLimitMs
  if (seenForMs(round) < limitMs) return stay
  if (wasResumed)
    return {
      ...goDown('start', { code: 'grace-over', services: missing, graceMs: limitMs }),
      relapses: record.relapses + 1,
    }
  const because: Reason = { code: 'boot-limit', limitMs, services: missing }
  const tries = record.tries + 1
  if (tries > policy.maxRestarts) {
    // It must be down here before it is tried elsewhere.
    return round.place?.mayLeave ? { ...goDown('start', because), tries, leaveHost: true } : giveUp(tries, because)
  }
  return { ...goDown('start', because), tries }
}

function goDown(next: 'start' | 'held-down', because: Reason): Next {
  return { phase: { kind: 'stopping', next }, because, wanted: 'stopped' }
}

function giveUp(tries: number, last: Reason): Next {
  return {
    phase: { kind: 'failed' },
    because: { code: 'tries-exhausted', tries, last },
    wanted: 'as-is',
    tries,
    commandTaken: true,
  }
}

function fromPaused(round: GuestRound): Next | null {
  const { sight } = round
  const record = sight.record
  const phase = record?.phase
  if (phase?.kind === 'stopping') return stillUp(round)
  if (phase?.kind === 'failed' && !sight.commanded) return stay
  // What a move by hand left of it, or a move that this leader does not know: nothing could resume it.
  if (sight.seen.pauseCause === 'post-copy-broken') {
    return goDown('start', { code: 'paused-outside', cause: 'post-copy-broken' })
  }
  const hold = holdReason(round)
  if (hold === null) return phase?.kind === 'starting' && phase.resumed ? whileResuming(round) : resumed(round)
  if (phase?.kind === 'paused' && sameHold(record!.because, hold)) return stay
  return paused(round, hold)
}

function paused(round: GuestRound, because: Reason): Next {
  const phase: Phase = isBooting(round) ? { kind: 'paused', booting: true } : { kind: 'paused' }
  return { phase, because, wanted: 'paused' }
}

/** It has not been ready since its start: once resumed, its boot has the time a boot has. */
function isBooting({ sight }: GuestRound): boolean {
  const phase = sight.record?.phase
  if (phase?.kind === 'starting') return !phase.resumed || phase.booting === true
  return phase?.kind === 'paused' && phase.booting === true
}

/** Told to go on and still paused. */
function whileResuming(round: GuestRound): Next | null {
  const { sight, policy } = round
  const record = sight.record!
  if (seenForMs(round) < policy.graceMs) return stay
  return {
    ...goDown('start', { code: 'resume-failed', fault: sight.seen.trouble }),
    relapses: record.relapses + 1,
  }
}

function sameHold(before: Reason, now: Reason): boolean {
  if (before.code !== now.code) return false
  if (before.code !== 'needs-lost' || now.code !== 'needs-lost') return true
  return before.needs.length === now.needs.length && before.needs.every((need, i) => need.text === now.needs[i]?.text)
}

function fromDown(round: GuestRound): Next | null {
  const { sight } = round
  const record = sight.record
  if (leftAtBoot(round)) return { phase: { kind: 'held-down' }, because: { code: 'not-at-boot' }, wanted: 'as-is' }
  switch (record?.phase.kind) {
    case 'ready':
    case 'silent':
    case 'paused':
      return wentDown(round)
    case 'starting':
      if (record.phase.resumed) return wentDown(round)
      // Told to an agent that is no more: whether its needs still answer is asked anew.
      return round.newLife ? tryStart(round, null) : whileNotUp(round)
    case 'stopping':
      if (record.phase.next === 'held-down')
        return { phase: { kind: 'held-down' }, because: record.because, wanted: 'as-is' }
      if (record.phase.next === 'fail') return { phase: { kind: 'failed' }, because: record.because, wanted: 'as-is' }
      return tryStart(round, afterStop(round))
    case 'failed':
    case 'held-down':
      return sight.commanded ? startAfresh(round) : stay
    case 'waiting':
      return tryStart(round, record.phase.notBefore)
    default:
      return tryStart(round, null)
  }
}

/** The host was booted anew and this guest is not one that starts with it. */
function leftAtBoot({ sight, rebooted }: GuestRound): boolean {
  const kind = sight.record?.phase.kind
  return rebooted && !sight.compiled.spec.startAtBoot && !sight.commanded && kind !== 'failed' && kind !== 'held-down'
}

/** Somebody says launch: what went wrong before is forgotten. */
function startAfresh(round: GuestRound): Next | null {
  const next = tryStart(round, null)
  return next && { ...next, tries: 0, relapses: 0 }
}
/** A restart's wait after its stop: relapses and failed tries each bring their own. */
function afterStop(round: GuestRound): Instant | null {
  const record = round.sight.record!
  if (!['grace-over', 'boot-limit', 'resume-failed'].includes(record.because.code)) return null
  const waitMs = backOffMs(round.policy, Math.max(record.relapses, record.tries > 0 ? record.tries + 1 : 0))
  return waitMs === 0 ? null : instant(round.now + waitMs)
}

/** It ran and is gone without having been told to. */
function wentDown(round: GuestRound): Next | null {
  const { sight, policy, now, rebooted } = round
  const record = sight.record!
  if (rebooted) return tryStart(round, null)
  if (sight.seen.stopCause === 'shutdown' && policy.onPowerOff === 'leave') {
    return { phase: { kind: 'held-down' }, because: { code: 'powered-off-inside' }, wanted: 'as-is' }
  }
  const wasStable = record.phase.kind === 'ready' && elapsedMs(record, now) >= policy.stableMs
  const relapses = (wasStable ? 0 : record.relapses) + 1
  const waitMs = backOffMs(policy, relapses)
  const because: Reason =
    sight.seen.stopCause === 'shutdown' ? { code: 'powered-off-inside' } : { code: 'crashed', times: relapses }
  return {
    phase: { kind: 'waiting', notBefore: waitMs === 0 ? null : instant(now + waitMs) },
    because,
    wanted: 'as-is',
    relapses,
  }
}

/** Told to start and not up: not obeyed yet, or this try failed. */
function whileNotUp(round: GuestRound): Next | null {
  const { sight, policy } = round
  const record = sight.record!
  const tried = sight.seen.tried
  if (tried === null || tried.generation < record.generation) return stay
  const tries = record.tries + 1
  const because: Reason =
    tried.fault !== null
      ? { code: 'start-failed', attempt: tries, fault: tried.fault }
      : { code: 'crashed', times: tries }
  if (tries > policy.maxRestarts) {
    return round.place?.mayLeave ? { ...waiting(because), tries, leaveHost: true } : giveUp(tries, because)
  }
  const waitMs = backOffMs(policy, tries + 1)
  return { phase: { kind: 'waiting', notBefore: instant(round.now + waitMs) }, because, wanted: 'as-is', tries }
}

function tryStart(round: GuestRound, notBefore: Instant | null): Next | null {
  const { sight, needs, now, budget, host } = round
  const record = sight.record
  if (host === null) return waiting({ code: 'no-host' })
  // Where it was tried in vain it is not tried again: placement says where next.
  if (record?.seat?.triedHosts.includes(host) && !sight.commanded) return awaitsPlace(round)
  if (round.place?.host && !mayStartOn(round.place.host))
    return sight.record === null ? waiting({ code: 'host-unseen', host }) : awaitsPlace(round)
  const waitMs = notBefore === null ? 0 : notBefore - now
  if (waitMs > 0) {
    if (record?.phase.kind === 'waiting') return stay
    const attempt = Math.max(record?.relapses ?? 0, record?.tries ?? 0)
    return { ...waiting({ code: 'back-off', waitMs, attempt }), phase: { kind: 'waiting', notBefore } }
  }
  if (sight.wish.pausedByHand) return waiting({ code: 'paused-by-hand', by: sight.wish.by })
  const other = besideOther(round)
  if (other !== null) return waiting(other)
  if (needs.unmet.length > 0) return waiting({ code: 'waiting-for-needs', needs: needs.unmet })
  const neededMib = startMib(sight)
  if (budget.freeMib !== null && neededMib !== null && neededMib > budget.freeMib) {
    return waiting({ code: 'not-enough-memory', neededMib, freeMib: Math.max(0, Math.floor(budget.freeMib)), host })
  }
  if (budget.freeMib !== null && neededMib !== null) budget.freeMib -= neededMib
  return {
    phase: { kind: 'starting', resumed: false },
    because: whyStarted(round),
    wanted: 'running',
    newGeneration: true,
    tries: record?.tries ?? 0,
    relapses: record?.relapses ?? 0,
    commandTaken: true,
  }
}

function whyStarted({ sight }: GuestRound): Reason {
  const { spec, first } = sight.compiled
  if (first !== undefined) return { code: 'stands-in', first: first.spec.id }
  return { code: spec.needs.length > 0 ? 'needs-answer' : 'wish-running' }
}

/** S9, S15: nothing is started on a host that is not there, or that shall be empty. */
function mayStartOn(host: HostView): boolean {
  return host.accepts
}

/** Down, and its host cannot start it now. */
function awaitsPlace({ sight, place }: GuestRound): Next | null {
  const record = sight.record!
  if (record.phase.kind === 'waiting' || record.phase.kind === 'stopped') return stay
  const refusal = place?.host?.refusal ?? { code: 'tried' as const }
  return waiting(
    record.phase.kind === 'stopping' || record.phase.kind === 'starting'
      ? record.because
      : { code: 'no-place', hosts: [{ host: record.owner!, why: refusal }] },
  )
}

/** It is down already; should it come up by itself it is adopted, so nobody may stop it meanwhile. */
function waiting(because: Reason): Next {
  return { phase: { kind: 'waiting', notBefore: null }, because, wanted: 'as-is' }
}
