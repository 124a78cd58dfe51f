import type { NeedSpec } from '../model/need.ts'
import { needText } from '../model/need.ts'
import type { UnmetNeed } from '../model/reason.ts'
import type { GuestRecord } from '../model/record.ts'
import type { GuestSight } from './sight.ts'
import { isDown, isLostVerdict, runs } from './sight.ts'

/** How one guest's needs stand in this round. */
export interface NeedsView {
  /** Keep it from starting: do not answer, or are about to go down. */
  readonly unmet: readonly UnmetNeed[]
  /** Lost (not merely unknown) needs with `onLoss: pause`. */
  readonly pausing: readonly UnmetNeed[]
  /** Keep a paused guest from being resumed: needs with `onLoss: pause` that do not answer. */
  readonly holding: readonly UnmetNeed[]
  /** Needs lost for good in this very round, by what they ask for. */
  readonly restarting: readonly string[]
  readonly stopping: readonly string[]
}

/** What has been decided already in this round, and what was seen, of the guest at a place of the order. */
export interface Decided {
  readonly sight: GuestSight
  readonly record: GuestRecord | null
  /** Its own restart began in this round. */
  readonly restartBegan: boolean
}

const noNeeds: NeedsView = { unmet: [], pausing: [], holding: [], restarting: [], stopping: [] }

/**
 * Judges the needs of one guest. Guests are decided in the order of their needs, so what a need's guest
 * was told in this round is known: a pause reaches every depth in one decision.
 */
export function judgeNeeds(sight: GuestSight, decidedOf: (guest: string) => Decided): NeedsView {
  const needs = sight.compiled.spec.needs
  if (needs.length === 0) return noNeeds
  const unmet: UnmetNeed[] = []
  const pausing: UnmetNeed[] = []
  const holding: UnmetNeed[] = []
  const restarting: string[] = []
  const stopping: string[] = []
  for (const need of needs) {
    const state = stateOf(need, sight, decidedOf)
    if (state === 'going-down') unmet.push(unmetNeed(need, state, decidedOf))
    else if (state !== 'met') {
      const one = unmetNeed(need, state, decidedOf)
      unmet.push(one)
      if (need.onLoss === 'pause') holding.push(one)
      if (need.onLoss === 'pause' && isLost(state)) pausing.push(one)
    }
    if (isLostForGood(need, state, decidedOf)) {
      if (need.onLoss === 'restart') restarting.push(needText(need))
      if (need.onLoss === 'stop') stopping.push(needText(need))
    }
  }
  return { unmet, pausing, holding, restarting, stopping }
}

type NeedState = UnmetNeed['state'] | 'met'

function stateOf(need: NeedSpec, sight: GuestSight, decidedOf: (guest: string) => Decided): NeedState {
  if (need.kind === 'external') {
    const verdict = sight.host?.observation.externals[needText(need)]
    if (verdict === 'answering') return 'met'
    return verdict === 'refused' || verdict === 'silent' ? verdict : 'not-answering-yet'
  }
  const target = answererOf(need.guest, decidedOf)
  const { seen } = target.sight
  if (seen.run === 'unknown') return 'host-unseen'
  // On its way it is gone here a moment before it is seen there: a migration is no outage.
  if (isDown(seen) && target.record?.seat?.move?.how === 'live') return 'not-answering-yet'
  if (isDown(seen)) return target.record?.phase.kind === 'failed' ? 'failed' : 'not-running'
  if (seen.run === 'paused' || target.record?.phase.kind === 'paused') return 'paused'
  if (target.record?.phase.kind === 'stopping')
    return target.record.phase.next === 'stopped' ? 'going-down' : 'not-running'
  if (need.service !== null) {
    const verdict = seen.services[need.service]
    if (isLostVerdict(verdict)) return verdict as 'refused' | 'silent'
    if (verdict !== 'answering') return target.record?.phase.kind === 'failed' ? 'failed' : 'not-answering-yet'
  }
  const down = target.sight.wishState === 'stopped' || target.sight.wishState === 'disabled'
  return down ? 'going-down' : 'met'
}

/** Unknown is not lost (S7); a need that is going down is lost when it is down. */
function isLost(state: NeedState): boolean {
  return (
    state === 'not-running' || state === 'refused' || state === 'silent' || state === 'paused' || state === 'failed'
  )
}

function isLostForGood(need: NeedSpec, state: NeedState, decidedOf: (guest: string) => Decided): boolean {
  // A service outside the file has no restart of its own: its loss is for good as soon as it is settled.
  if (need.kind === 'external') return isLost(state)
  return answererOf(need.guest, decidedOf).restartBegan
}

/** Who is asked what was asked of this guest: itself, or the standby in its place. */
function answererOf(guest: string, decidedOf: (guest: string) => Decided): Decided {
  const decided = decidedOf(guest)
  const by = decided.record?.replacedBy
  return by === undefined || by !== decided.sight.compiled.spec.standby ? decided : decidedOf(by)
}

function unmetNeed(need: NeedSpec, state: UnmetNeed['state'], decidedOf: (guest: string) => Decided): UnmetNeed {
  const guest = need.kind === 'guest' ? answererOf(need.guest, decidedOf).sight.compiled.id : null
  return { text: needText(need), guest, state }
}

/** Guests that need this one and are not gone yet: a stop waits for them. */
export function dependentsStillUp(
  sight: GuestSight,
  sights: readonly GuestSight[],
): readonly GuestSight['compiled']['id'][] {
  return (
    placesOfDependents(sight)
      .map((place) => sights[place]!)
      .filter((dependent) => dependent.wishState !== 'ignored' && keepsUp(dependent))
      // A host that goes down waits for its own guests; those elsewhere are paused until this one is up again.
      .filter((dependent) => sight.downWith === null || isOn(dependent, sight.downWith))
      .map((dependent) => dependent.compiled.id)
  )
}

/** Of a standby: those of the guest it stands in for. One that only gives the place back is waited for by nobody. */
export function placesOfDependents({ compiled, standsIn }: GuestSight): readonly number[] {
  return standsIn ? compiled.first!.dependents : compiled.dependents
}

/** There, or on its way from there. */
function isOn({ downWith, record }: GuestSight, host: GuestSight['downWith']): boolean {
  return downWith === host || record?.owner === host
}

function keepsUp(dependent: GuestSight): boolean {
  // On its way it may be seen on neither host for a moment.
  if (dependent.record?.seat?.move?.how === 'live') return true
  const kind = dependent.record?.phase.kind
  // Unknown counts as up (S7); a start under way counts, since it may have happened.
  return runs(dependent.seen) || kind === 'starting' || (dependent.seen.run === 'unknown' && kind !== 'stopped')
}
