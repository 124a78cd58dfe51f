import { faultData } from '../model/fault.ts'
import type { HostId } from '../model/ids.ts'
import type { AliveRecord, MemberRecord, MemberSight } from '../model/member.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { type Change, type Entry, type Revision, type Store, storeKeys } from '../ports/store.ts'

/** The records of the members are read again so often while the store does not answer. */
const retryMs = 500

/** Every member's record as this process sees it, and since when, on its own clock: what silence is counted from. */
export class MemberRecords {
  readonly #ports: { readonly store: Store; readonly clock: Clock; readonly log: Log }
  readonly #changed: () => void
  readonly #members = new Map<HostId, MemberSight>()
  #loaded = false
  #stopped = false
  #unwatch: (() => void)[] = []
  #cancelRetry: () => void = () => {}

  constructor(ports: { store: Store; clock: Clock; log: Log }, changed: () => void) {
    this.#ports = ports
    this.#changed = changed
  }

  /** False until they were read once. */
  get loaded(): boolean {
    return this.#loaded
  }

  get members(): ReadonlyMap<HostId, MemberSight> {
    return this.#members
  }

  start(): void {
    void this.#load()
  }

  stop(): void {
    this.#stopped = true
    this.#cancelRetry()
    for (const stop of this.#unwatch) stop()
  }

  /** Direct word of it came now, or its host refused: it has power, and no daemon. */
  note(member: HostId, what: 'heardAt' | 'refusedAt'): void {
    const sight = this.#members.get(member)
    if (sight !== undefined) this.#members.set(member, { ...sight, [what]: this.#ports.clock.now() })
  }

  /** Who is asked directly from now on, again and again. */
  ask(members: ReadonlySet<HostId>): void {
    for (const [member, sight] of this.#members) {
      const asked = members.has(member)
      if (asked === (sight.askedSince !== null)) continue
      this.#members.set(member, { ...sight, askedSince: asked ? this.#ports.clock.now() : null })
    }
  }

  async #load(): Promise<void> {
    const { store, clock, log } = this.#ports
    try {
      const members = await store.read(storeKeys.members)
      const alive = await store.read(storeKeys.alives)
      if (this.#stopped) return
      for (const stop of this.#unwatch) stop()
      this.#forgetAllBut(members.entries)
      this.#takeMembers(members.entries)
      this.#takeAlive(alive.entries, false)
      this.#loaded = true
      this.#unwatch = [
        this.#watch(storeKeys.members, members.revision, (changes) => this.#takeMembers(changes)),
        this.#watch(storeKeys.alives, alive.revision, (changes) => this.#takeAlive(changes, true)),
      ]
      this.#changed()
    } catch (error) {
      if (this.#stopped) return
      log.warn('the members cannot be read', { fault: faultData(error).code })
      this.#cancelRetry()
      this.#cancelRetry = clock.after(retryMs, () => void this.#load())
    }
  }

  #watch(prefix: string, from: Revision, take: (changes: readonly Change[]) => void): () => void {
    return this.#ports.store.watch(prefix, from, {
      changes: (changes) => {
        take(changes)
        this.#changed()
      },
      gap: () => void this.#load(),
    })
  }

  /** Who left while changes were missed. */
  #forgetAllBut(entries: readonly Entry[]): void {
    const present = new Set(entries.map(({ key }) => key))
    for (const member of this.#members.keys()) {
      if (!present.has(storeKeys.member(member))) this.#members.delete(member)
    }
  }

  #takeMembers(entries: readonly { readonly key: string; readonly value: string | null }[]): void {
    for (const { key, value } of entries) {
      const member = key.slice(storeKeys.members.length) as HostId
      if (value === null) {
        this.#members.delete(member)
        continue
      }
      const { kind } = JSON.parse(value) as MemberRecord
      this.#members.set(member, { ...(this.#members.get(member) ?? this.#unknown(member)), kind })
    }
  }

  #unknown(member: HostId): MemberSight {
    const unchangedSince = this.#ports.clock.now()
    const never = { renewed: false, askedSince: null, heardAt: null }
    return { member, kind: 'host', alive: null, revision: 0, unchangedSince, ...never }
  }

  /** Read again after a gap: what has the same revision has not changed meanwhile. */
  #takeAlive(entries: readonly Change[], watched: boolean): void {
    for (const { key, value, revision } of entries) {
      const member = key.slice(storeKeys.alives.length) as HostId
      const before = this.#members.get(member)
      if (before === undefined || before.revision >= revision) continue
      this.#members.set(member, {
        ...before,
        alive: value === null ? null : (JSON.parse(value) as AliveRecord),
        revision,
        unchangedSince: this.#ports.clock.now(),
        renewed: before.renewed || watched || before.revision > 0,
      })
    }
  }
}
