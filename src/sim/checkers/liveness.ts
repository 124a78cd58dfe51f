import { leaseTimes } from '../../core/lease-times.ts'
import type { ClusterSnapshot } from '../../core/snapshot.ts'
import type { GuestSpec } from '../../model/guest.ts'
import { needText } from '../../model/need.ts'
import type { Reason } from '../../model/reason.ts'
import type { GuestRecord } from '../../model/record.ts'
import type { BrokenRules } from './broken.ts'
import { silentGuests } from './expectations.ts'
import type { Truth, WishInForce } from './truth.ts'

/** Probes that must answer first, a decision, its way to the agent. */
const noticedWithinMs = 3_000

/** When all is over: no wish was lost, and every wish holds or the leader states a reason that is true. */
export function checkLiveness(truth: Truth, broken: BrokenRules): void {
  const atMs = truth.world.nowMs
  for (const [key, value] of truth.world.operator.confirmed) {
    const stored = truth.world.store.snapshot(key).entries.find((entry) => entry.key === key)?.value
    if (stored !== value) broken.add('wish-lost', atMs, `${key} was confirmed as ${value} and is ${stored ?? 'gone'}`)
  }
  const view = truth.world.leaderView()
  if (view === null) {
    // Without power nobody wishes for anything.
    if (truth.world.hosts.some((host) => host.powered)) broken.add('wish-holds', atMs, 'no daemon is up')
    return
  }
  // What is well goes on as last assigned; what changes then waits for the store.
  if (!truth.world.takesDecisions) return
  const silent = silentGuests(view)
  for (const spec of truth.cluster.guests) {
    const place = placeOf(truth, spec, view)
    if (place !== null) broken.add('wish-holds', atMs, `${spec.id}: ${place}`)
    const elsewhere = runsElsewhere(truth, spec, view)
    if (elsewhere !== null) broken.add('runs-elsewhere', atMs, `${spec.id}: ${elsewhere}`)
    // S7: nobody knows of it, and says so; with every host there nobody may.
    const unknown = (silent.has(spec.id) && !truth.everyHostTakesGuests) || isLostUnnoticed(truth, spec, view)
    const wrong = unknown || isUnderWay(truth, spec, view) ? null : wrongWith(truth, spec, truth.wishOf(spec.id), view)
    if (wrong !== null) broken.add('wish-holds', atMs, `${spec.id}: ${wrong}`)
  }
}

/** Its host lost its power so short a time ago that the lease, or who leads next, has not told anybody yet. */
function isLostUnnoticed({ world }: Truth, { id }: GuestSpec, view: ClusterSnapshot): boolean {
  const owner = view.records.get(id)?.owner
  const lostAtMs = world.hosts.find((host) => host.id === owner)?.powerLostAtMs ?? null
  if (world.links === null || lostAtMs === null) return false
  const { leaseMs, suspectMs } = leaseTimes(world.spec.cluster.settings.leaseMs)
  return world.nowMs - lostAtMs <= leaseMs + suspectMs
}

/** What began too short a time ago to be over is on its way to what is wished. */
function isUnderWay(truth: Truth, { id }: GuestSpec, view: ClusterSnapshot): boolean {
  const { bootMs, serviceStartMs, stopMs } = truth.world.spec.times
  const kind = view.records.get(id)?.phase.kind
  const begunMs =
    kind === 'stopping'
      ? truth.downDecidedMs(id)
      : kind === 'starting' && truth.isUp(id)
        ? truth.knownUpSinceMs(id, 0)
        : null
  const takesMs = kind === 'stopping' ? stopMs : bootMs + serviceStartMs
  return begunMs !== null && truth.world.nowMs - begunMs <= takesMs + noticedWithinMs
}

/** A guest that was given up is replaced where it has a standby that may run; of the two at most one is up by our doing. */
function placeOf(truth: Truth, spec: GuestSpec, view: ClusterSnapshot): string | null {
  const { standby } = spec
  const record = view.records.get(spec.id)
  if (standby === undefined || record === undefined || truth.wishOf(spec.id).state !== 'running') return null
  const other = view.records.get(standby)
  const may = truth.saidOf(standby) === 'running' && truth.wishOf(standby).wish.watch
  const able = may && other !== undefined && !['failed', 'held-down'].includes(other.phase.kind)
  const givenUp = record.because.code === 'tries-exhausted' && record.phase.kind === 'failed'
  if (!able || !givenUp || !truth.wishOf(spec.id).wish.watch || !truth.everyHostTakesGuests) return null
  return `is given up, and ${standby} does not stand in for it: ${described(record)}`
}

/** S13: with all well, a guest runs only where its record says. */
function runsElsewhere(truth: Truth, spec: GuestSpec, view: ClusterSnapshot): string | null {
  const record = view.records.get(spec.id)
  if (!truth.everyHostTakesGuests || record?.seat === undefined || record.phase.kind === 'ignored') return null
  const named = [record.owner, record.seat.move?.to ?? null]
  const wrong = truth.world.running(spec.id).filter(({ host }) => !named.includes(host.id))
  return wrong.length === 0 ? null : `runs on ${wrong.map(({ host }) => host.id).join(', ')}, owned by ${record.owner}`
}

/** What keeps a guest from being as wished without a true reason; null: nothing. */
function wrongWith(truth: Truth, spec: GuestSpec, force: WishInForce, view: ClusterSnapshot): string | null {
  const record = view.records.get(spec.id)
  if (force.state === 'ignored') return null
  if (record === undefined) return 'nothing was decided about it'
  if (!force.wish.watch) return null
  if (force.state !== 'running') return wrongWithDown(truth, spec, record)
  return wrongWithRunning(truth, spec, force, record)
}

function wrongWithDown(truth: Truth, spec: GuestSpec, record: GuestRecord): string | null {
  if (!truth.isUp(spec.id)) {
    return ['stopped', 'failed'].includes(record.phase.kind) ? null : `is down and called ${record.phase.kind}`
  }
  const { because } = record
  if (because.code === 'waiting-for-dependents') {
    return because.guests.some((guest) => truth.isUp(guest)) ? null : 'waits for dependents that are gone'
  }
  // A stop that was refused is told, and tried again only by command.
  if (record.phase.kind === 'failed' && because.code === 'stop-failed') return null
  // Its standby has its place, and it is kept for inspection: whoever starts it by hand inspects it.
  if (record.phase.kind === 'failed' && because.code === 'replaced') return null
  return `runs, wished down: ${described(record)}`
}

function wrongWithRunning(truth: Truth, spec: GuestSpec, force: WishInForce, record: GuestRecord): string | null {
  const { phase, because } = record
  const up = truth.world.running(spec.id)[0]?.machine
  const silentNeeds = spec.needs.filter((need) => !truth.needAnswers(need))
  switch (phase.kind) {
    case 'ready':
      if (up?.state.run !== 'running') return `is ${up?.state.run ?? 'down'} and called ready`
      if (force.wish.pausedByHand) return 'runs, paused by hand'
      return truth.ownServicesAnswer(spec) ? null : 'is called ready and does not answer'
    case 'paused':
      if (up?.state.run !== 'paused') return `is ${up?.state.run ?? 'down'} and called paused`
      if (because.code === 'paused-by-hand') return force.wish.pausedByHand ? null : 'is held paused by nobody'
      return silentNeeds.length > 0 ? null : `is paused and its needs answer: ${described(record)}`
    case 'waiting':
      if (because.code === 'waiting-for-needs') {
        return silentNeeds.length > 0 || needsGoDown(truth, spec)
          ? null
          : `waits and its needs answer: ${spec.needs.map(needText).join(', ')}`
      }
      // S10: it waits, and says what it lacks; whether that is so is judged by the hosts.
      if (because.code === 'no-place') return truth.everyHostTakesGuests ? wrongPlaces(because, record) : null
      if (because.code === 'not-beside') return truth.isUp(because.guest) ? null : described(record)
      if (['host-silent', 'host-lost', 'cold-start', 'store-restored', 'host-shutdown'].includes(because.code)) {
        return truth.everyHostTakesGuests ? described(record) : null
      }
      return [
        'back-off',
        'crashed',
        'start-failed',
        'powered-off-inside',
        'not-enough-memory',
        'paused-by-hand',
      ].includes(because.code)
        ? null
        : described(record)
    // Given up, or left down, until somebody launches it: the record says why.
    case 'failed':
    case 'held-down':
      return null
    case 'silent':
      return truth.ownServicesAnswer(spec) ? 'answers and is called silent' : null
    default:
      return described(record)
  }
}

/** With every host there, only rules, room and earlier failures may keep a guest from all of them. */
function wrongPlaces(because: Extract<Reason, { code: 'no-place' }>, record: GuestRecord): string | null {
  const fair = ['rule-hosts', 'rule-apart', 'tried', 'memory']
  return because.hosts.every(({ why }) => fair.includes(why.code)) ? null : described(record)
}

/** A need that is to be stopped counts as unmet though it still answers. */
function needsGoDown(truth: Truth, spec: GuestSpec): boolean {
  return spec.needs.some(
    (need) =>
      need.kind === 'guest' &&
      !['running', 'ignored'].includes(truth.wishOf(truth.answererOf(need.guest)).state ?? 'running'),
  )
}

function described(record: GuestRecord): string {
  return `${record.phase.kind} because of ${JSON.stringify(record.because)}`
}
