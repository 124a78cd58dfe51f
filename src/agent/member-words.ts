import type { LeaseTimes } from '../core/lease-times.ts'
import { faultData } from '../model/fault.ts'
import type { AgentLife, HostId } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { Heard, ListensTo } from '../ports/membership.ts'
import type { Answer, Peers, Question, Statement } from '../ports/peers.ts'
import type { MemberRecords } from './member-records.ts'

export interface MemberWordsPorts {
  readonly host: HostId
  readonly life: AgentLife
  readonly clock: Clock
  readonly peers: Peers
}

/** What the members say to each other directly: this process answers for itself, asks the others, and notes when it heard of them. */
export class MemberWords {
  readonly #ports: MemberWordsPorts
  readonly #records: MemberRecords
  readonly #statement: () => Statement
  #nonce = 0
  #listensTo: ListensTo = []
  #cancelListening: (() => void) | null = null
  #unserve: (() => void) | null = null

  /** `statement`: what this process says of itself now. */
  constructor(ports: MemberWordsPorts, records: MemberRecords, statement: () => Statement) {
    this.#ports = ports
    this.#records = records
    this.#statement = statement
  }

  start(): void {
    this.#unserve = this.#ports.peers.serve((question) => this.#answer(question))
  }

  stop(): void {
    this.#cancelListening?.()
    this.#unserve?.()
  }

  /** Each of these once, this one included where it is named; what does not answer in time is absent. */
  async askAll(members: Iterable<HostId>, timeoutMs: number): Promise<ReadonlyMap<HostId, Heard>> {
    const heard = new Map<HostId, Heard>()
    await Promise.all(
      [...new Set(members)].map(async (member) => {
        const askedAt = this.#ports.clock.now()
        const answer = member === this.#ports.host ? this.#answer(this.#question()) : await this.#ask(member, timeoutMs)
        if (answer !== null) heard.set(member, { answer, askedAt })
      }),
    )
    return heard
  }

  /** From now on these are asked now and then. `times` is asked anew each time. */
  listen(to: ListensTo, times: () => LeaseTimes): void {
    const same = to === this.#listensTo || (to !== 'all' && to.join() === this.#listensTo.toString())
    this.#listensTo = to
    if (same) return
    this.#cancelListening?.()
    this.#cancelListening = null
    if (to.length === 0) this.#records.ask(new Set())
    else this.#listenOn(times)
  }

  #listenOn(times: () => LeaseTimes): void {
    const { suspectMs, askEachMs } = times()
    const { members } = this.#records
    const wanted = this.#listensTo === 'all' ? [...members.keys()] : this.#listensTo
    const others = wanted.filter((member) => member !== this.#ports.host && members.has(member))
    this.#records.ask(new Set(others))
    for (const member of others) void this.#ask(member, suspectMs)
    this.#cancelListening = this.#ports.clock.after(askEachMs, () => this.#listenOn(times))
  }

  #question(): Question {
    this.#nonce += 1
    return { from: this.#ports.host, nonce: `${this.#ports.life}.${this.#nonce}` }
  }

  #answer({ nonce }: Question): Answer {
    return { member: this.#ports.host, life: this.#ports.life, nonce, statement: this.#statement() }
  }

  /** Null: no answer in time. */
  async #ask(member: HostId, timeoutMs: number): Promise<Answer | null> {
    const question = this.#question()
    try {
      const answer = await this.#ports.peers.ask(member, question, timeoutMs)
      if (answer.nonce !== question.nonce || answer.member !== member) return null
      this.#records.note(member, 'heardAt')
      return answer
    } catch (error) {
      if (faultData(error).details.why === 'nobody-listens') this.#records.note(member, 'refusedAt')
      return null
    }
  }
}
