import type { Phase } from '../model/phase.ts'
import type { Reason } from '../model/reason.ts'
import { type GuestSight, isDown } from './sight.ts'
import type { GuestRound, Next } from './transition.ts'
import { stay } from './transition.ts'

/** A guest that shall be down (`stopped`, `disabled`): what next. A stop waits for all that need it to be gone. */
export function towardsStopped(round: GuestRound): Next | null {
  const { sight } = round
  const record = sight.record
  const because = reasonToStop(sight)
  if (sight.seen.run === 'unknown') {
    if (round.host === null) return stay
    // What nobody looked after is stopped once it is seen that nobody needs it.
    if (record?.phase.kind === 'ignored') return { ...unseen(round.host), wanted: 'as-is' }
    return record === null ? unseen(round.host) : stay
  }
  if (isDown(sight.seen)) return startUnderWay(round) ? stay : atRest(round, because)
  if (record?.phase.kind === 'failed' && !clears(round)) return stay
  if (record?.phase.kind === 'stopping') return whileStopping(round, because)
  if (!sight.wish.ignoreDependents && round.dependentsUp.length > 0) return waitForDependents(round)
  const next = record?.phase.kind === 'failed' && sight.wishState === 'stopped' && !sight.commanded ? 'fail' : 'stopped'
  return { phase: { kind: 'stopping', next }, because, wanted: 'stopped', commandTaken: true }
}

function reasonToStop({ ownWish, downWith, wish, compiled, standsIn }: GuestSight): Reason {
  const { first } = compiled
  if (first !== undefined && ownWish === 'stopped' && !standsIn && (wish.state ?? 'running') === 'running') {
    return { code: 'standby', first: first.spec.id }
  }
  if (ownWish === 'disabled') return { code: 'wish-disabled' }
  return ownWish === 'running' && downWith !== null
    ? { code: 'host-shutdown', host: downWith }
    : { code: 'wish-stopped' }
}

function unseen(host: NonNullable<GuestRound['host']>): Next {
  return { phase: { kind: 'waiting', notBefore: null }, because: { code: 'host-unseen', host }, wanted: 'stopped' }
}

/** Told to start and not reported on: it may come up at any moment, so it is not gone yet. */
function startUnderWay({ sight, newLife }: GuestRound): boolean {
  const { record, seen } = sight
  if (newLife || record?.phase.kind !== 'starting' || record.phase.resumed || record.wanted !== 'running') return false
  return (seen.tried?.generation ?? -1) < record.generation
}

/** Gone, as wished. `failed` stays until somebody says start or disable. */
function atRest(round: GuestRound, because: Reason): Next | null {
  const { sight } = round
  const phase = sight.record?.phase
  if (phase?.kind === 'stopped') return sight.record!.because.code === because.code ? stay : stopped(because)
  const forgets = sight.wishState === 'disabled' || (sight.commanded && sight.wish.clears === true)
  if (phase?.kind === 'failed' && !forgets) return stay
  if (because.code === 'host-shutdown' && isHeldDown(phase)) {
    return phase?.kind === 'held-down' ? stay : heldDown(sight.record!.because)
  }
  if (phase?.kind === 'stopping' && phase.next === 'fail' && sight.wishState !== 'disabled') {
    return { phase: { kind: 'failed' }, because: sight.record!.because, wanted: 'as-is' }
  }
  return stopped(because)
}

/** It was to stay down without anybody's wish: the host's next boot is no reason to start it. */
function isHeldDown(phase: Phase | undefined): boolean {
  return phase?.kind === 'held-down' || (phase?.kind === 'stopping' && phase.next === 'held-down')
}

function heldDown(because: Reason): Next {
  return { phase: { kind: 'held-down' }, because, wanted: 'stopped' }
}

function stopped(because: Reason): Next {
  return { phase: { kind: 'stopped' }, because, wanted: 'stopped', tries: 0, relapses: 0, commandTaken: true }
}

/** A failed guest that still runs is stopped unless its stop is what failed; then only a new command tries again. */
function clears({ sight }: GuestRound): boolean {
  return sight.commanded || sight.record?.because.code !== 'stop-failed'
}

function whileStopping(round: GuestRound, because: Reason): Next | null {
  const { sight } = round
  const record = sight.record!
  const trouble = sight.seen.trouble
  if (trouble?.code === 'stop-refused') {
    return {
      phase: { kind: 'failed' },
      because: { code: 'stop-failed', fault: trouble },
      wanted: 'as-is',
      commandTaken: true,
    }
  }
  const next = record.phase.kind === 'stopping' ? record.phase.next : 'stopped'
  if (next === 'start' || (next === 'held-down' && because.code !== 'host-shutdown')) {
    return { phase: { kind: 'stopping', next: 'stopped' }, because, wanted: 'stopped' }
  }
  return stay
}

/** It goes on as it is; only what it waits for is said. */
function waitForDependents(round: GuestRound): Next | null {
  const record = round.sight.record
  const because: Reason = { code: 'waiting-for-dependents', guests: round.dependentsUp }
  if (record === null) return { phase: { kind: 'starting', resumed: false }, because, wanted: 'as-is' }
  if (record.because.code === because.code && sameNames(record.because.guests, because.guests)) return stay
  return { phase: record.phase, because, wanted: record.wanted }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i])
}
