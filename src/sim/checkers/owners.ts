import { brokenS3 } from '../../core/lease-times.ts'
import type { GuestId, HostId } from '../../model/ids.ts'
import type { AliveRecord } from '../../model/member.ts'
import type { GuestRecord, HostRecord } from '../../model/record.ts'
import type { Change } from '../../ports/store.ts'
import { storeKeys } from '../../ports/store.ts'
import type { World } from '../world.ts'
import { domainOf } from '../world.ts'
import type { BrokenRules } from './broken.ts'

/**
 * What must hold of ownership at every commit and every deed, judged by the store as it is:
 * - `starts-unnamed` S1, `arrives-unnamed` S8: a guest starts, or arrives, only on a host that its record names.
 * - `epoch-falls` S1: an epoch only grows.
 * - `taken-without-proof` S2: another host owns it only after a proof, a release, or a move that named both.
 * - `proven-and-alive` S2: what was proven dead by a device or its watchdog has no power any more, or another boot.
 * - `proof-by-no-watchdog` S3: a watchdog proves only what was committed as armed, and dies first.
 * - `strict-rule` nobody runs where a strict rule forbids it, nor beside whom it must not meet.
 */
export class Owners {
  readonly #world: World
  readonly #broken: BrokenRules
  readonly #records = new Map<GuestId, GuestRecord>()

  constructor(world: World, broken: BrokenRules) {
    this.#world = world
    this.#broken = broken
  }

  watch(): void {
    this.#world.store.onCommit((changes) => {
      for (const change of changes) {
        if (change.key.startsWith(storeKeys.guestRecords)) this.#recorded(change)
        if (change.key.startsWith(storeKeys.hostRecords) && change.value !== null) this.#proven(change.value)
      }
    })
    this.#world.onDeed((deed) => {
      const { guest } = deed.machine.spec
      if (guest === null || (deed.kind !== 'started' && deed.kind !== 'arrived')) return
      // Somebody else's start by hand is not ours to answer for.
      if (deed.by === null && deed.kind === 'started') return
      this.#named(guest, deed.host, deed.kind)
      this.#rules(guest, deed.host)
    })
  }

  #break(rule: string, text: string): void {
    this.#broken.add(rule, this.#world.nowMs, text)
  }

  #proven(value: string): void {
    const { host, loss } = JSON.parse(value) as HostRecord
    const alive = this.#stored<AliveRecord>(storeKeys.alive(host))
    if (loss === undefined || loss.aliveRevision !== (alive?.revision ?? 0)) return
    const truly = this.#world.host(host)
    const sameBoot = truly.powered && truly.bootId === loss.bootId
    if (loss.proof.kind === 'watchdog') this.#byWatchdog(host, alive?.value.armed ?? null)
    if (loss.proof.kind !== 'sworn' && sameBoot) this.#break('proven-and-alive', `${host} by ${loss.proof.kind}`)
  }

  #byWatchdog(host: HostId, armed: AliveRecord['armed']): void {
    const { leaseMs } = this.#world.spec.cluster.settings
    const lacking = armed === null ? 'not armed' : brokenS3(leaseMs, armed)
    if (lacking !== null) this.#break('proof-by-no-watchdog', `${host}: ${lacking}`)
  }

  #named(guest: GuestId, host: HostId, kind: 'started' | 'arrived'): void {
    const record = this.#records.get(guest)
    const named = [record?.owner ?? null, record?.seat?.move?.to ?? null]
    if (record === undefined || named.includes(host)) return
    const rule = kind === 'started' ? 'starts-unnamed' : 'arrives-unnamed'
    this.#break(rule, `${guest} ${kind} on ${host}, which its record does not name: ${named.join(', ')}`)
  }

  #recorded({ key, value }: Change): void {
    const guest = key.slice(storeKeys.guestRecords.length) as GuestId
    if (value === null) {
      this.#records.delete(guest)
      return
    }
    const before = this.#records.get(guest)
    const after = JSON.parse(value) as GuestRecord
    this.#records.set(guest, after)
    if (before === undefined || before.owner === null) return
    if (after.epoch < before.epoch)
      this.#break('epoch-falls', `the epoch of ${guest} fell from ${before.epoch} to ${after.epoch}`)
    if (after.owner === before.owner) return
    const lacking = [before.owner, before.seat?.move?.to ?? null].filter(
      (host): host is HostId => host !== null && host !== after.owner && !this.#isGone(host),
    )
    const allowed = before.seat?.released === true || before.seat?.move?.to === after.owner
    if (lacking.length > 0 && !allowed) {
      this.#break(
        'taken-without-proof',
        `${guest} is taken by ${after.owner} from ${before.owner} without a proof for ${lacking.join(', ')}`,
      )
    }
  }

  /** By the store: proven dead, or gone on purpose. */
  #isGone(host: HostId): boolean {
    const alive = this.#stored<AliveRecord>(storeKeys.alive(host))
    if (alive?.value.left) return true
    const loss = this.#stored<HostRecord>(storeKeys.hostRecord(host))?.value.loss
    return loss !== undefined && loss.aliveRevision === (alive?.revision ?? 0)
  }

  #stored<T>(key: string): { readonly value: T; readonly revision: number } | null {
    const entry = this.#world.store.snapshot(key).entries.find((one) => one.key === key)
    return entry === undefined ? null : { value: JSON.parse(entry.value) as T, revision: entry.revision }
  }

  #rules(guest: GuestId, host: HostId): void {
    for (const rule of this.#world.spec.cluster.rules) {
      if (!rule.strict || !rule.guests.includes(guest)) continue
      if (rule.kind === 'hosts' && !(host in rule.hosts)) this.#break('strict-rule', `${guest} runs on ${host}`)
      if (rule.kind !== 'apart') continue
      // Who was dropped from the file is nobody's to keep apart any more.
      const others = rule.guests.filter(
        (other) => other !== guest && this.#records.has(other) && this.#runsOn(other, host),
      )
      if (others.length > 0) this.#break('strict-rule', `${guest} runs beside ${others.join(', ')} on ${host}`)
    }
  }

  #runsOn(guest: GuestId, host: HostId): boolean {
    const spec = this.#world.spec.cluster.guests.find((candidate) => candidate.id === guest)
    return spec !== undefined && this.#world.host(host).room.get(domainOf(spec))?.up === true
  }
}
