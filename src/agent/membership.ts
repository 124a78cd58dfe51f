import { failsafeFrom } from '../core/failsafe.ts'
import { type LeaseTimes, leaseTimes } from '../core/lease-times.ts'
import { faultData } from '../model/fault.ts'
import type { AgentLife, HostId, Instant } from '../model/ids.ts'
import { byName, instant } from '../model/ids.ts'
import type { AliveRecord, ArmedWatchdog, MemberSight } from '../model/member.ts'
import { newestStoreSchema } from '../model/store-schema.ts'
import type { ArmingMemory } from '../ports/arming-memory.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Heard, ListensTo, Membership } from '../ports/membership.ts'
import type { Peers, Statement } from '../ports/peers.ts'
import { type Store, storeKeys } from '../ports/store.ts'
import type { Watchdog } from '../ports/watchdog.ts'
import { CountedMembers } from './counted-members.ts'
import { MemberRecords } from './member-records.ts'
import { MemberWords } from './member-words.ts'

export interface MembershipPorts {
  readonly host: HostId
  readonly life: AgentLife
  readonly bootId: string
  readonly clock: Clock
  readonly store: Store
  readonly peers: Peers
  /** Null: this host has none. */
  readonly watchdog: Watchdog | null
  /** What its next process finds of this one's arming. */
  readonly arming: ArmingMemory
  readonly log: Log
  /** The newest schema of the store that this program understands. Default: this version's. */
  readonly speaks?: number
}

/** Renewals under way: a store that hangs must not gather them. */
const renewalsAtOnce = 4

/** This process has lived so long: what an earlier one had sent to the store comes to nothing by now. Many times what etcd works on one request. */
const sentLongAgoMs = 60_000

/**
 * One member's lease: it renews its record, feeds its watchdog by what it knows of that, and sees how the others do.
 * 1. Only renewals whose transaction is known to have succeeded count, from when they were sent (S5).
 * 2. "I cannot renew" and "I renew" exclude each other: who said the one says the other only after a whole T in which it did not.
 * 3. The watchdog is fed until F after the sending of the last renewal, or under the failsafe until F / 2 after the question whose
 *    answers make more than half (S5); never longer.
 * 4. Armed: opened, read back, then committed; only then may guests start (S14). Disarmed: committed for good, then closed; until it
 *    is closed it is fed.
 * 5. A new process inherits what is armed, and feeds it only by 3: it knows of no renewal, so at first only under the failsafe, by what it
 *    asked itself. It counts by the lists that were kept before its predecessor's record named them (`CountedMembers`).
 */
export class MemberLease implements Membership {
  readonly #startedAt: Instant
  /** When it was first known that this process reaches the store. */
  #reachedAt: Instant | null = null
  readonly #ports: MembershipPorts
  readonly #listeners = new Set<() => void>()
  readonly #records: MemberRecords
  readonly #counted: CountedMembers
  readonly #words: MemberWords
  #times: LeaseTimes
  #wantsArmed = true
  #stopped = false
  #leaving = false
  #serial = 0
  /** The device as this process opened or inherited it, and by which lease; null: it did neither. */
  #open: { readonly armed: ArmedWatchdog; readonly leaseMs: number } | null = null
  /** No renewal says any more that it is armed. */
  #closing = false
  /** An earlier daemon may have left it open. */
  #surelyClosed = false
  /** What the last renewal that succeeded had said. */
  #committedArmed = false
  #tending: Promise<void> | null = null
  #inherited = false
  #settling = false
  /** Renewals sent and not answered yet. */
  readonly #underWay = new Set<Promise<unknown>>()
  /** When the last renewal that is known to have succeeded was sent. */
  #lastRenewalAt: Instant | null = null
  /** Since when this process has known all the time of one sent within G. */
  #gaplessSince: Instant | null = null
  #allowedUntil = Number.NEGATIVE_INFINITY
  readonly #cancels = new Map<string, () => void>()

  constructor(ports: MembershipPorts, leaseMs: number) {
    this.#ports = ports
    this.#records = new MemberRecords(ports, () => {
      this.#count()
      this.#tell()
    })
    this.#counted = new CountedMembers(ports.arming, ports.log)
    this.#words = new MemberWords(ports, this.#records, () => this.statement())
    this.#startedAt = ports.clock.now()
    this.#times = leaseTimes(leaseMs)
  }

  start(): void {
    this.#words.start()
    this.#records.start()
    this.#tend((watchdog) => this.#inherit(watchdog))
    this.#renewals()
    this.#failsafe()
  }

  /** The daemon ends, the member does not: the watchdog stays armed, and its successor goes on feeding it. */
  stop(): void {
    this.#stopped = true
    for (const cancel of this.#cancels.values()) cancel()
    this.#records.stop()
    this.#words.stop()
    this.#listeners.clear()
  }

  /** Gone on purpose, with nothing of ours running: disarmed in the opposite order of arming. Throws where that could not be committed. */
  async leave(): Promise<void> {
    this.#leaving = true
    this.#cancels.get('renew')?.()
    await this.#tending
    await this.#settleEarlier()
    await this.#put({ armed: null, left: true })
    await this.#ports.watchdog?.disarm()
    this.stop()
  }

  /** The cluster file's lease, and whether an operator has disarmed. */
  configure(leaseMs: number, armed: boolean): void {
    this.#times = leaseTimes(leaseMs)
    this.#wantsArmed = armed
    this.#tendWatchdog()
  }

  /** S1, S14: guests may be started only while this member renews, and its watchdog, if it has one, is armed. */
  get mayStart(): boolean {
    if (this.#leaving || this.#lastRenewalAt === null) return false
    const armed = this.#ports.watchdog === null || !this.#wantsArmed || this.#committedArmed
    return armed && this.#ports.clock.now() - this.#lastRenewalAt <= this.#times.feedMs
  }

  get loaded(): boolean {
    return this.#records.loaded
  }

  get begunAt(): Instant {
    return this.#reachedAt ?? this.#startedAt
  }

  members(): ReadonlyMap<HostId, MemberSight> {
    return this.#records.members
  }

  renewingSince(): Instant | null {
    if (this.#lastRenewalAt === null || this.#ports.clock.now() - this.#lastRenewalAt > this.#times.gapMs) return null
    return this.#gaplessSince
  }

  statement(): Statement {
    const now = this.#ports.clock.now()
    if (this.#lastRenewalAt === null || now - this.#lastRenewalAt > this.#times.gapMs) return 'cannot-renew'
    const since = this.#gaplessSince
    return since !== null && now - since >= this.#times.leaseMs ? 'renews' : 'neither'
  }

  askAll(timeoutMs: number): Promise<ReadonlyMap<HostId, Heard>> {
    return this.#words.askAll([...this.members().keys(), ...this.#counted.lists.flat()], timeoutMs)
  }

  listen(to: ListensTo): void {
    this.#words.listen(this.#stopped ? [] : to, () => this.#times)
  }

  subscribe(listener: () => void): () => void {
    const own = (): void => listener()
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  #renewals(): void {
    if (this.#stopped || this.#leaving) return
    void this.#renew()
    this.#after('renew', this.#times.renewEachMs, () => this.#renewals())
  }

  /** One that hangs is overtaken: each says the same, and counts from its own sending. */
  async #renew(): Promise<void> {
    if (this.#stopped || this.#leaving || this.#underWay.size >= renewalsAtOnce) return
    try {
      this.#count()
      await this.#put({ armed: this.#says, left: false })
      this.#tendWatchdog()
    } catch (error) {
      this.#ports.log.warn('the lease could not be renewed', { fault: faultData(error).code })
      // Soon again: there is more than one try within G.
      if (!this.#stopped && !this.#leaving)
        this.#after('renew-again', this.#times.renewEachMs / 4, () => void this.#renew())
    }
  }

  get #says(): ArmedWatchdog | null {
    const { named } = this.#counted
    return this.#closing || this.#open === null || named === null ? null : { ...this.#open.armed, members: named }
  }

  async #put({ armed, left }: Pick<AliveRecord, 'armed' | 'left'>): Promise<void> {
    const { host, life, bootId, clock, store } = this.#ports
    this.#serial += 1
    const { speaks = newestStoreSchema } = this.#ports
    const record: AliveRecord = { member: host, life, bootId, serial: this.#serial, armed, left, speaks }
    const sentAt = clock.now()
    const open = this.#open
    const key = storeKeys.alive(host)
    const sent = store.transact({ when: [], put: [{ key, value: JSON.stringify(record) }], remove: [] })
    this.#underWay.add(sent)
    try {
      await sent
    } finally {
      this.#underWay.delete(sent)
    }
    if (this.#stopped) return
    this.#renewed(sentAt)
    this.#committedArmed = armed !== null && open === this.#open && !this.#closing
    if (armed?.members === this.#counted.named) this.#settleNamed(armed.members)
    if (this.#open !== null && !left) this.#allow(sentAt + this.#open.armed.feedMs)
  }

  /** Nothing that was said before can take effect any more: a read settles what was not answered. */
  async #settleEarlier(): Promise<void> {
    await Promise.allSettled([...this.#underWay])
    await this.#ports.store.read(storeKeys.alive(this.#ports.host))
  }

  /** S5: keeps the list by which both quorums are counted as the members are, in every place that counts. */
  #count(): void {
    if (this.#open === null || this.#closing || this.#stopped || !this.loaded) return
    void this.#counted.count([...this.members().keys()].sort(byName)).then((changed) => {
      if (changed) void this.#renew()
    })
  }

  /** The record names them: no earlier list need be heeded when nothing that was sent before can be written any more. */
  #settleNamed(list: readonly HostId[]): void {
    if (this.#counted.lists.length < 2 || this.#settling) return
    // What this process has sent is settled by a read; what its predecessor had sent, by time.
    if (this.#inherited && this.#ports.clock.now() - this.#startedAt < sentLongAgoMs) return
    this.#settling = true
    this.#settleEarlier()
      .then(() => this.#counted.settled(list))
      // Tried again after a later renewal.
      .catch(() => {})
      .finally(() => {
        this.#settling = false
      })
  }

  #renewed(sentAt: Instant): void {
    const before = this.#lastRenewalAt
    if (before !== null && sentAt <= before) return
    const now = this.#ports.clock.now()
    // Whoever asked meanwhile was told "I cannot renew", whenever this one was sent.
    if (before === null || now - before > this.#times.gapMs) this.#gaplessSince = now
    this.#reachedAt ??= now
    this.#lastRenewalAt = sentAt
    this.#tell()
  }

  /** One change at a time; what could not be done is done after a later renewal. */
  #tendWatchdog(): void {
    if (this.#lastRenewalAt !== null) this.#tend((watchdog) => this.#changeOf(watchdog))
  }

  #tend(begin: (watchdog: Watchdog) => Promise<void> | null): void {
    const { watchdog, log } = this.#ports
    if (watchdog === null || this.#tending !== null || this.#leaving || this.#stopped) return
    const change = begin(watchdog)
    if (change === null) return
    this.#tending = change
      .catch((error: unknown) => {
        log.warn('the watchdog could not be armed or disarmed', { fault: faultData(error).code })
      })
      .finally(() => {
        this.#tending = null
      })
  }

  #changeOf(watchdog: Watchdog): Promise<void> | null {
    if (this.#open !== null) {
      const asWanted = this.#wantsArmed && this.#open.leaseMs === this.#times.leaseMs
      return asWanted && !this.#closing ? null : this.#disarm(watchdog)
    }
    if (this.#wantsArmed) return this.#arm(watchdog)
    return this.#surelyClosed ? null : this.#close(watchdog)
  }

  /** S14: a restart never disarms, whether or not the store can be reached. */
  async #inherit(watchdog: Watchdog): Promise<void> {
    const { arming, bootId } = this.#ports
    const kept = await arming.read()
    if (kept === null || kept.bootId !== bootId || this.#stopped || this.#leaving) return
    const { timeoutMs } = await watchdog.inherit()
    if (timeoutMs !== kept.armed.timeoutMs || this.#stopped || this.#leaving) return
    this.#counted.inherit(kept)
    this.#inherited = true
    this.#ports.log.info('the watchdog that an earlier daemon armed is inherited', { timeoutMs })
    this.#opened({ armed: kept.armed, leaseMs: kept.leaseMs })
  }

  async #arm(watchdog: Watchdog): Promise<void> {
    const { leaseMs, feedMs, watchdogMs, marginMs } = this.#times
    this.#surelyClosed = false
    await this.#counted.forget()
    const { timeoutMs } = await watchdog.arm(watchdogMs)
    if (timeoutMs === null || this.#stopped) return
    const armed = { feedMs, timeoutMs, marginMs }
    this.#counted.begin({ bootId: this.#ports.bootId, armed, leaseMs })
    this.#opened({ armed, leaseMs })
  }

  #opened(open: { readonly armed: ArmedWatchdog; readonly leaseMs: number }): void {
    this.#open = open
    // Opened anew it is allowed nothing yet, however long a longer lease had allowed.
    this.#allowedUntil = Number.NEGATIVE_INFINITY
    if (this.#lastRenewalAt === null) return
    this.#allow(this.#lastRenewalAt + open.armed.feedMs)
    // Where its members must be kept first, it is said to be armed after that.
    if (this.#counted.named === null) this.#count()
    else void this.#renew()
  }

  /** S14: committed first, so that nothing said earlier comes after it; closed then. */
  async #disarm(watchdog: Watchdog): Promise<void> {
    this.#closing = true
    this.#committedArmed = false
    await this.#settleEarlier()
    if (this.#leaving || this.#stopped) return
    await this.#put({ armed: null, left: false })
    await this.#close(watchdog)
    this.#open = null
    this.#closing = false
  }

  async #close(watchdog: Watchdog): Promise<void> {
    await watchdog.disarm()
    this.#surelyClosed = true
  }

  #allow(untilMs: number): void {
    if (untilMs <= this.#allowedUntil) return
    this.#allowedUntil = untilMs
    this.#ports.watchdog?.allow(instant(untilMs))
  }

  /** S5: asks often enough that an answer comes before the feeding by the last renewal ends. */
  #failsafe(): void {
    if (this.#stopped) return
    if (this.#open !== null && this.statement() === 'cannot-renew') void this.#feedTogether()
    this.#after('failsafe', this.#times.feedMs / 8, () => this.#failsafe())
  }

  async #feedTogether(): Promise<void> {
    const feedMs = this.#open!.armed.feedMs
    const heard = await this.askAll(feedMs / 4)
    if (this.#stopped || this.#open === null) return
    const cannotRenew = [...heard].filter(([, { answer }]) => answer.statement === 'cannot-renew')
    const from = failsafeFrom(
      this.#counted.lists,
      new Map(cannotRenew.map(([member, { askedAt }]) => [member, askedAt])),
    )
    if (from !== null && this.statement() === 'cannot-renew') this.#allow(from + feedMs / 2)
  }

  #after(name: string, delayMs: number, run: () => void): void {
    this.#cancels.get(name)?.()
    this.#cancels.set(name, this.#ports.clock.after(delayMs, run))
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
