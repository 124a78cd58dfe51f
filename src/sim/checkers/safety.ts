import type { GuestSpec } from '../../model/guest.ts'
import type { GuestId, HostId } from '../../model/ids.ts'
import { needText } from '../../model/need.ts'
import { storeKeys } from '../../ports/store.ts'
import type { Deed } from '../machine-room.ts'
import type { RecordedEvent } from '../world.ts'
import type { BrokenRules } from './broken.ts'
import type { Truth, WishInForce } from './truth.ts'

/** A word may be written so long after what it tells of. */
const writtenWithinMs = 10_000

/** Words of the leader that say a guest runs, and that it does not. */
const upWords: readonly string[] = ['adopt', 'ready', 'silent', 'pause', 'resume']
const downWords: readonly string[] = ['stopped', 'crashed', 'powered-off']

/** More decisions about one guest in so short a time are a circle: each undoes the one before. */
const mostDecisions = 25
const restlessWithinMs = 1_000

export interface SafetyOptions {
  /** From a change in the world, or in people's wishes, to what a daemon may still do from not having seen it, as things stand now. */
  readonly slackMs: () => number
}

/**
 * What must hold at every step, judged by the truth at each deed of a daemon:
 * - `runs-twice` S1: no guest runs on two hosts.
 * - `starts-unasked` S9: a daemon starts nothing before the leader has named its life.
 * - `starts-before-needs`: no start while a need does not answer.
 * - `hands-off`: nothing is done to a guest that is ignored, unmanaged, or whose watch is off.
 * - `against-the-wish`: no start of what shall be down.
 * - `stops-before-dependents`: a stop waits until all that need the guest are gone.
 * - `runs-beside`: a guest and its standby are not both started.
 * - `harms-the-healthy`: a guest that shall run and answers is not stopped.
 * - `takes-unknown-for-stopped` S7: what runs is never called stopped or crashed.
 * - `restless`: no guest is decided about over and over.
 * - `daemon-threw`: no daemon dies of its own fault.
 */
export class Safety {
  readonly #truth: Truth
  readonly #broken: BrokenRules
  readonly #options: SafetyOptions
  readonly #saidUpMs = new Map<GuestId, number>()
  readonly #decisions = new Map<string, { readonly sinceMs: number; count: number }>()

  constructor(truth: Truth, broken: BrokenRules, options: SafetyOptions) {
    this.#truth = truth
    this.#broken = broken
    this.#options = options
    truth.world.onDeed((deed) => this.#judge(deed))
    truth.world.store.onCommit((changes) => {
      for (const { key } of changes) if (key.startsWith(storeKeys.guestRecords)) this.#countDecision(key)
    })
  }

  /** After each event of the world: what its histories newly say, and what daemons threw. */
  afterEvent(recorded: readonly RecordedEvent[]): void {
    for (const { event } of recorded) {
      if (event.actor !== 'leader' || event.guest === null) continue
      if (upWords.includes(event.word)) this.#saidUpMs.set(event.guest, this.#now)
      if (downWords.includes(event.word)) this.#wasDown(event.guest, event.word)
    }
    const { thrown } = this.#truth.world
    for (const { atMs, host, error } of thrown.splice(0)) {
      this.#broken.add('daemon-threw', atMs, `${host}: ${error instanceof Error ? (error.stack ?? error) : error}`)
    }
  }

  /** Since the leader last called it running, it must have been down. */
  #wasDown(guest: GuestId, word: string): void {
    const saidUpMs = this.#saidUpMs.get(guest) ?? Number.NEGATIVE_INFINITY
    const downMs = this.#truth.lastDownMs(guest)
    if (downMs >= saidUpMs - writtenWithinMs) return
    this.#break('takes-unknown-for-stopped', `${word} ${guest}, which has run for ${seconds(this.#now - downMs)}`)
  }

  get #now(): number {
    return this.#truth.world.nowMs
  }

  #break(rule: string, text: string): void {
    this.#broken.add(rule, this.#now, text)
  }

  #judge(deed: Deed): void {
    const { guest } = deed.machine.spec
    if (guest === null) return
    if (deed.kind === 'started' || deed.kind === 'arrived') this.#runsTwice(deed)
    if (deed.by === null || deed.kind === 'down' || deed.kind === 'arrived') return
    const force = this.#truth.wishOf(guest, deed.host)
    this.#handsOff(deed, force)
    if (force.spec === null) return
    if (deed.kind === 'started') this.#judgeStart(deed, force, force.spec)
    if (deed.kind === 'asked-to-stop' || deed.kind === 'destroyed') this.#judgeStop(deed, force, force.spec)
  }

  #countDecision(key: string): void {
    const window = this.#decisions.get(key)
    if (window === undefined || this.#now - window.sinceMs > restlessWithinMs) {
      this.#decisions.set(key, { sinceMs: this.#now, count: 1 })
      return
    }
    window.count += 1
    if (window.count > mostDecisions) this.#break('restless', `${key} decided ${window.count} times within a second`)
  }

  #runsTwice(deed: Deed): void {
    const running = this.#truth.world.running(deed.machine.spec.guest!)
    const whole = running.filter(({ machine }) => !machine.isHalf)
    // Two halves of a broken move are no guest; beside one of them nothing may start.
    if (whole.length > 1 || (deed.kind === 'started' && running.length > 1)) {
      this.#break('runs-twice', `${deed.machine.spec.name} on ${running.map(({ host }) => host.id).join(' and ')}`)
    }
  }

  #handsOff(deed: Deed, force: WishInForce): void {
    const what =
      force.spec === null
        ? 'is not in the file'
        : force.state === 'ignored'
          ? 'is ignored'
          : force.wish.watch
            ? null
            : 'has its watch off'
    if (what === null || !this.#longSince(force.sinceMs, deed)) return
    // S13 goes before: what its record gives to another host must not run here, unless nobody manages it.
    if (deed.kind === 'destroyed' && this.#truth.belongsElsewhere(deed.machine.spec.guest!, deed.host)) return
    // What a broken move left could not run on whatever anybody does.
    if (deed.kind === 'destroyed' && deed.machine.isHalf) return
    // A pause by hand is said by command, and holds until it is taken back.
    if (deed.kind === 'suspended' && force.spec !== null && force.wish.pausedByHand) return
    // A stop as wished that had begun before goes on.
    const stoppingSinceMs = this.#truth.downDecidedMs(deed.machine.spec.guest!)
    if (isDownWish(force) && stoppingSinceMs !== null && stoppingSinceMs <= force.sinceMs) return
    const commandedAtMs = Math.max(force.commandedAtMs, this.#truth.commandTakenMs(deed.machine.spec.guest!))
    const byCommand = force.spec !== null && force.state !== 'ignored' && commandedAtMs >= force.sinceMs
    if (!byCommand) this.#break('hands-off', `${deed.kind} ${deed.machine.spec.name}, which ${what}`)
  }

  #judgeStart(deed: Deed, force: WishInForce, spec: GuestSpec): void {
    if (!this.#truth.hadNamed(deed.host, deed.by, deed.askedAtMs)) {
      this.#break('starts-unasked', `${spec.id} started by ${deed.by}, which the leader had not named then`)
    }
    if (isDownWish(force) && this.#longSince(force.sinceMs, deed)) {
      this.#break('against-the-wish', `${spec.id} started, wished ${force.state}`)
    }
    const other = this.#truth.standbyOf(spec.id) ?? this.#truth.firstOf(spec.id)
    // One that somebody else started a moment ago cannot be known of.
    if (other !== null && this.#truth.knownUpSinceMs(other, this.#slackMs()) < deed.askedAtMs) {
      this.#break('runs-beside', `${spec.id} started while ${other} runs`)
    }
    for (const need of spec.needs) {
      const silentForMs = this.#truth.needSilentForMs(need) - (this.#now - deed.askedAtMs)
      if (silentForMs > this.#slackMs()) {
        this.#break('starts-before-needs', `${spec.id} started, ${needText(need)} silent for ${seconds(silentForMs)}`)
      }
    }
  }

  #judgeStop(deed: Deed, force: WishInForce, spec: GuestSpec): void {
    // To be moved, or found where it does not belong: not what is judged here.
    if (this.#truth.movesOrBelongsElsewhere(spec.id, deed.host)) return
    if (isDownWish(force)) {
      const stopSinceMs = this.#truth.stopDecidedMs(spec.id)
      // A stop under way that somebody now forces waits for nobody any more.
      if (stopSinceMs !== null && !force.wish.ignoreDependents)
        this.#dependentsGone(spec, stopSinceMs, this.#truth.goesDownWith(spec.id, deed.host))
      return
    }
    // A need with `restart` or `stop` takes its dependents with it, healthy as they are.
    if (spec.needs.some((need) => need.onLoss === 'restart' || need.onLoss === 'stop')) return
    // What was asked of it cannot be taken back: judged is the moment it was decided.
    const decidedMs = Math.min(deed.askedAtMs, this.#truth.downDecidedMs(spec.id) ?? deed.askedAtMs)
    if (decidedMs < force.sinceMs) return
    const healthyForMs = this.#truth.healthyForMs(spec.id) - (this.#now - decidedMs)
    if (force.wish.watch && healthyForMs > this.#slackMs() && this.#longSince(force.sinceMs, deed)) {
      this.#break('harms-the-healthy', `${deed.kind} ${spec.id}, healthy for ${seconds(healthyForMs)}`)
    }
  }

  /** Those that came up by themselves after the stop was decided are not waited for. */
  #dependentsGone(spec: GuestSpec, stopSinceMs: number, onlyOn: HostId | null): void {
    const up = this.#truth.cluster.guests
      .filter((other) =>
        other.needs.some(
          (need) =>
            need.kind === 'guest' &&
            this.#truth.answererOf(need.guest) === spec.id &&
            // A file that comes during a stop changes nothing about it.
            this.#truth.neededSinceMs(other.id, need.guest) < stopSinceMs,
        ),
      )
      .filter(
        (other) =>
          this.#truth.wishOf(other.id).state !== 'ignored' &&
          (onlyOn === null || this.#truth.world.running(other.id).some(({ host }) => host.id === onlyOn)) &&
          this.#truth.knownUpSinceMs(other.id, this.#slackMs()) < stopSinceMs,
      )
      .map((other) => other.id)
    if (up.length > 0) this.#break('stops-before-dependents', `${spec.id} stopped while ${up.join(', ')} runs`)
  }

  #longSince(sinceMs: number, deed: Deed): boolean {
    return deed.askedAtMs - sinceMs > this.#slackMs()
  }

  #slackMs(): number {
    return this.#options.slackMs()
  }
}

function isDownWish({ state }: WishInForce): boolean {
  return state === 'stopped' || state === 'disabled'
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)}s`
}
