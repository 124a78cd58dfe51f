import type { Reason } from '../model/reason.ts'
import { towardsStopped } from './run-down.ts'
import { towardsRunning } from './run-up.ts'
import { same } from './same.ts'
import { type GuestSight, isDown, runs } from './sight.ts'
import type { GuestRound, Next } from './transition.ts'
import { stay } from './transition.ts'

const watchOff: Reason = { code: 'watch-off' }

/** A guest whose watch is off: nothing automatic is done to it, what is said by command still is, and what is seen is shown. */
export function handsOff(round: GuestRound): Next | null {
  const { sight } = round
  if (sight.seen.run === 'unknown') return stay
  if (sight.commanded) return sight.wishState === 'running' ? towardsRunning(round) : towardsStopped(round)
  // A pause by hand is said by command, and holds until it is taken back.
  if (sight.wish.pausedByHand && runs(sight.seen)) return pausedByHand(sight)
  if (isHeldByHand(sight) && sight.seen.run === 'paused') {
    // Taken back; it holds until the guest runs again.
    return { phase: { kind: 'starting', resumed: true }, because: watchOff, wanted: 'running' }
  }
  const phase = sight.record?.phase
  if (isDown(sight.seen)) return whenDown(round)
  if (phase?.kind === 'stopping') return phase.next === 'stopped' ? stay : seenAs(round, { kind: 'ready' })
  if (sight.seen.run === 'paused') return isBeingResumed(sight) ? stay : seenAs(round, { kind: 'paused' })
  const missing = sight.compiled.spec.services.filter((one) => sight.seen.services[one.key] !== 'answering')
  if (missing.length === 0) return seenAs(round, { kind: 'ready' })
  if (phase?.kind === 'starting') return seenAs(round, phase)
  return seenAs(round, { kind: 'silent', services: missing.map((one) => one.key) })
}

function pausedByHand(sight: GuestSight): Next | null {
  if (isHeldByHand(sight)) return stay
  return { phase: { kind: 'paused' }, because: { code: 'paused-by-hand', by: sight.wish.by }, wanted: 'paused' }
}

function isHeldByHand({ record }: GuestSight): boolean {
  return record?.because.code === 'paused-by-hand' && record.wanted === 'paused'
}

function isBeingResumed({ record }: GuestSight): boolean {
  return record?.phase.kind === 'starting' && record.phase.resumed && record.wanted === 'running'
}

function whenDown(round: GuestRound): Next | null {
  const { record, seen } = round.sight
  const phase = record?.phase
  if (phase?.kind === 'failed' || phase?.kind === 'held-down') return stay
  // A start by command that was not obeyed yet goes on: decided anew for a new agent life, and void after a boot of the host.
  const undone =
    phase?.kind === 'starting' && record!.wanted === 'running' && (seen.tried?.generation ?? -1) < record!.generation
  if (undone && !round.rebooted) return round.newLife ? towardsRunning(round) : stay
  return seenAs(round, { kind: 'stopped' })
}

function seenAs(round: GuestRound, phase: Next['phase']): Next | null {
  const record = round.sight.record
  const shown =
    record !== null && record.wanted === 'as-is' && record.because.code === 'watch-off' && same(record.phase, phase)
  return shown ? stay : { phase, because: watchOff, wanted: 'as-is' }
}
