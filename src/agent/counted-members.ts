import { faultData } from '../model/fault.ts'
import type { HostId } from '../model/ids.ts'
import type { ArmingMemory, KeptArming } from '../ports/arming-memory.ts'
import type { Log } from '../ports/log.ts'

/**
 * By whose words this member may feed on while it cannot renew (S5): the lists that its record may name.
 * 1. A list is named only after it was kept for the next process of this boot, or nothing is kept at all. So that process counts by at
 *    least what the record says, whenever this one is killed.
 * 2. As long as the record may still name an earlier list, the failsafe must hold in both.
 * 3. Where it cannot be kept, what is kept already goes on being named: a list that is out of date is safe, one that differs is not.
 */
export class CountedMembers {
  readonly #memory: ArmingMemory
  readonly #log: Log
  #arming: Omit<KeptArming, 'lists'> | null = null
  #lists: readonly (readonly HostId[])[] = []
  #named: readonly HostId[] | null = null
  /** Something may be kept. */
  #kept = true
  #changing = false
  /** One change at a time. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(memory: ArmingMemory, log: Log) {
    this.#memory = memory
    this.#log = log
  }

  /** Every list that the record may name. */
  get lists(): readonly (readonly HostId[])[] {
    return this.#lists
  }

  /** What the record is to name now; null: none may be named yet. */
  get named(): readonly HostId[] | null {
    return this.#named
  }

  /** As an earlier process of this boot left it. */
  inherit({ lists, ...arming }: KeptArming): void {
    this.#arming = arming
    this.#lists = lists
    this.#named = lists.at(-1) ?? null
  }

  /** Before it is armed anew: what is kept is of another arming. Throws while that cannot be forgotten. */
  forget(): Promise<void> {
    return this.#inTurn(async () => {
      this.#arming = null
      this.#lists = []
      this.#named = null
      await this.#memory.forget()
      this.#kept = false
    })
  }

  begin(arming: Omit<KeptArming, 'lists'>): void {
    this.#arming = arming
  }

  /** These are the members now, sorted. True: another list is to be named from now on. */
  async count(members: readonly HostId[]): Promise<boolean> {
    if (this.#arming === null || this.#changing || same(members, this.#named)) return false
    this.#changing = true
    return this.#inTurn(() => this.#take(members)).finally(() => {
      this.#changing = false
    })
  }

  async #take(members: readonly HostId[]): Promise<boolean> {
    const arming = this.#arming
    if (arming === null) return false
    const before = this.#lists
    try {
      this.#lists = [...before.filter((list) => !same(list, members)), members]
      await this.#memory.keep({ ...arming, lists: this.#lists })
      this.#kept = true
    } catch (error) {
      this.#log.warn('the members could not be kept for the next start', { fault: faultData(error).code })
      if (this.#kept) {
        this.#lists = before
        return false
      }
      await this.#memory.forget().catch(() => {
        this.#kept = true
      })
    }
    this.#named = members
    return true
  }

  /** The record names this list, and no earlier one will come to be written any more. */
  settled(list: readonly HostId[]): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#arming === null || this.#lists.length < 2 || !same(list, this.#named)) return
      this.#lists = [list]
      // What is kept besides is only more careful.
      if (this.#kept) await this.#memory.keep({ ...this.#arming, lists: this.#lists }).catch(() => {})
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work)
    this.#turn = done.catch(() => {})
    return done
  }
}

function same(a: readonly HostId[], b: readonly HostId[] | null): boolean {
  return b !== null && a.length === b.length && a.every((member, place) => member === b[place])
}
