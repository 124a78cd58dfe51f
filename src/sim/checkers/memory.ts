import { withSpare } from '../../core/memory-share.ts'
import { staleAfterMs } from '../../core/memory-use.ts'
import type { GuestId } from '../../model/ids.ts'
import type { GuestRecord } from '../../model/record.ts'
import type { GuestWish } from '../../model/wish.ts'
import { storeKeys } from '../../ports/store.ts'
import type { Host } from '../host.ts'
import type { Machine } from '../machine.ts'
import type { Deed } from '../machine-room.ts'
import type { World } from '../world.ts'
import type { BrokenRules } from './broken.ts'

/** With nothing wrong, a guest has what it needs so long after it began to need it: a report, a look, a decision, another's balloon. */
const hasItWithinMs = 8_000

/** A guest is left as it is so long after its balloon has told something new, at the latest. */
const leftAloneAfterMs = staleAfterMs + 3_000

/** What a change too small to be made, and rounding, may leave missing of the spare. */
const slackMib = 24

/**
 * Memory that goes by need, judged by what is true:
 * - `memory-over-committed`: no guest is given memory that its host does not have.
 * - `memory-unasked`: a guest whose balloon tells nothing is given, and loses, nothing.
 * - `memory-short`: with nothing wrong, each guest has what it needs as long as its host has enough for all.
 */
export class Memories {
  readonly #world: World
  readonly #broken: BrokenRules
  readonly #records = new Map<GuestId, GuestRecord>()
  readonly #wishes = new Map<GuestId, GuestWish>()
  /** Started by nobody of ours: nothing could be reckoned with. */
  readonly #strays = new Set<Machine>()
  /** Since when a guest has been short though there was enough. */
  readonly #shortSince = new Map<Machine, number>()

  constructor(world: World, broken: BrokenRules) {
    this.#world = world
    this.#broken = broken
  }

  static concern({ spec }: World): boolean {
    return spec.cluster.guests.some(({ memory }) => memory.minMib !== undefined)
  }

  watch(): void {
    this.#world.store.onCommit((changes) => {
      for (const { key, value } of changes) {
        if (value === null) continue
        if (key.startsWith(storeKeys.guestRecords)) {
          this.#recorded(JSON.parse(value) as GuestRecord)
        } else if (key.startsWith(storeKeys.guestWishes)) {
          this.#wishes.set(key.slice(storeKeys.guestWishes.length) as GuestId, JSON.parse(value) as GuestWish)
        }
      }
    })
    this.#world.onDeed((deed) => this.#judge(deed))
  }

  #recorded(record: GuestRecord): void {
    const before = this.#records.get(record.guest)
    this.#records.set(record.guest, record)
    const wish = this.#wishes.get(record.guest)
    const settled = before?.memoryMib != null && record.memoryMib !== null && before.memoryMib !== record.memoryMib
    if (!settled || wish?.memoryMib != null || record.memoryBecause?.code === 'memory-by-hand') return
    const { nowMs } = this.#world
    for (const { machine } of this.#world.running(record.guest)) {
      const { need } = machine.spec
      const told = need === undefined || need.reports(nowMs) || nowMs - need.sinceMs(nowMs) <= leftAloneAfterMs
      if (!told)
        this.#broken.add('memory-unasked', nowMs, `${record.guest}: ${before.memoryMib} to ${record.memoryMib}`)
    }
  }

  #judge(deed: Deed): void {
    const { machine, kind, by } = deed
    if (kind === 'started' && by === null) this.#strays.add(machine)
    if (kind === 'down') this.#strays.delete(machine)
    if (kind !== 'memory' || by === null || machine.spec.need === undefined) return
    const host = this.#world.host(deed.host)
    const up = host.room.all().filter((one) => one.up)
    const byHand = up.some(({ spec }) => spec.guest !== null && this.#wishes.get(spec.guest)?.memoryMib != null)
    const stray = up.some((one) => this.#strays.has(one))
    const heldMib = up.reduce((sum, one) => sum + one.memoryMib, 0)
    if (heldMib > host.spec.memoryMib && !byHand && !stray) {
      const text = `${host.id} has ${host.spec.memoryMib} MiB, its guests ${heldMib} after ${machine.spec.name} got ${machine.memoryMib}`
      this.#broken.add('memory-over-committed', this.#world.nowMs, text)
    }
  }

  /** Called each second of a time in which nothing is wrong. */
  look(): void {
    for (const host of this.#world.hosts) {
      const sharing = host.room.all().filter((machine) => this.#shares(machine, host))
      const enough = this.#hasEnough(host, sharing)
      for (const machine of host.room.all()) {
        const short =
          enough && sharing.includes(machine) && machine.memoryMib < machine.spec.need!.at(this.#world.nowMs)
        if (short) this.#isShort(machine, host)
        else this.#shortSince.delete(machine)
      }
    }
  }

  #isShort(machine: Machine, host: Host): void {
    const { nowMs } = this.#world
    const need = machine.spec.need!
    const sinceMs = Math.max(this.#shortSince.get(machine) ?? nowMs, need.sinceMs(nowMs))
    this.#shortSince.set(machine, sinceMs)
    if (nowMs - sinceMs <= hasItWithinMs) return
    const record = this.#records.get(machine.spec.guest!)
    const text = `${machine.spec.name} on ${host.id} needs ${need.at(nowMs)} MiB, has ${machine.memoryMib} for ${nowMs - sinceMs} ms, told ${record?.memoryMib} because of ${JSON.stringify(record?.memoryBecause)}`
    this.#broken.add('memory-short', nowMs, text)
  }

  /** It runs where its record says, tells what it needs, and nobody said by hand what it shall have. */
  #shares(machine: Machine, host: Host): boolean {
    const { guest, need } = machine.spec
    if (guest === null || need === undefined || machine.state.run !== 'running' || !machine.booted) return false
    const record = this.#records.get(guest)
    const wish = this.#wishes.get(guest)
    const up = record?.phase.kind === 'ready' || record?.phase.kind === 'silent'
    const ours = up && record.owner === host.id && record.seat?.move == null && record.wanted === 'running'
    const { nowMs } = this.#world
    const tells = [0, leftAloneAfterMs].every((ms) => need.reports(Math.max(0, nowMs - ms)))
    return ours && (wish?.watch ?? true) && wish?.memoryMib == null && tells
  }

  /** For all that its guests need, and for whoever waits to come. */
  #hasEnough(host: Host, sharing: readonly Machine[]): boolean {
    const waits = [...this.#records.values()].some(
      ({ phase, because, seat }) =>
        seat?.move != null || (phase.kind === 'waiting' && ['not-enough-memory', 'no-place'].includes(because.code)),
    )
    if (waits) return false
    const neededMib = host.room.all().reduce((sum, machine) => {
      if (!machine.up) return sum
      if (!sharing.includes(machine))
        return sum + Math.max(machine.memoryMib, machine.spec.need === undefined ? 0 : machine.memoryMaxMib)
      const { minMib = 0 } = this.#world.spec.cluster.guests.find(({ id }) => id === machine.spec.guest)?.memory ?? {}
      return sum + Math.max(minMib, withSpare(machine.spec.need!.at(this.#world.nowMs)) + slackMib)
    }, 0)
    return neededMib <= host.spec.memoryMib
  }
}
