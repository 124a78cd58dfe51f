import { Fault, type Outcome } from '../../model/fault.ts'
import type { AgentLife, HostId } from '../../model/ids.ts'
import type { Answer, Peers, Question } from '../../ports/peers.ts'
import type { Dice } from '../dice.ts'
import type { Gate } from '../gate.ts'
import type { Timeline } from '../timeline.ts'

/** What lies between the members: cuts, one for each direction, and hosts without power. Asked when a message leaves and when it arrives. */
export interface PeerLinks {
  readonly passes: (from: HostId, to: HostId) => boolean
}

/** How things reach one daemon: a frozen one hears them when it thaws, a dead one never. */
export type PeerGate = Pick<Gate, 'dead' | 'deliver'>

const openGate: PeerGate = { dead: false, deliver: (run) => run() }

/** The pretend way between daemons. P1: each message has a latency of its own, so they overtake one another. P2: nothing is repeated. */
export class FakePeerNetwork {
  /** Of each message that is lost, there or back. */
  dropChance = 0
  /** Of each message, one way. */
  leastMs = 0.2
  mostMs = 3
  readonly #timeline: Timeline
  readonly #dice: Dice
  readonly #links: PeerLinks
  /** The newest life of each member: what an earlier one was asked, this one answers. */
  readonly #connections = new Map<HostId, FakePeersConnection>()

  constructor(timeline: Timeline, dice: Dice, links: PeerLinks) {
    this.#timeline = timeline
    this.#dice = dice
    this.#links = links
  }

  /** One life of a member's daemon. With its gate given here, questions and answers wait while it is frozen. */
  connect(member: HostId, life: AgentLife, gate: PeerGate = openGate): FakePeersConnection {
    const connection = new FakePeersConnection(this, this.#timeline, { member, life, gate })
    this.#connections.set(member, connection)
    return connection
  }

  /** Null: nobody listens there, or only one that is dead. */
  listener(member: HostId): FakePeersConnection | null {
    const connection = this.#connections.get(member)
    return connection?.listens === true ? connection : null
  }

  /** Both numbers are thrown for every message, so that a cut does not shift what happens to the others. */
  carry(from: HostId, to: HostId, arrive: () => void): void {
    const latencyMs = this.leastMs + this.#dice.next() * (this.mostMs - this.leastMs)
    const dropped = this.#dice.chance(this.dropChance)
    if (dropped || !this.#links.passes(from, to)) return
    this.#timeline.after(latencyMs, () => {
      if (this.#links.passes(from, to)) arrive()
    })
  }
}

interface Owner {
  readonly member: HostId
  readonly life: AgentLife
  readonly gate: PeerGate
}

/** A question under way. */
interface Pending {
  settle(end: Answer | Fault): void
}

/** One daemon's `Peers`. */
export class FakePeersConnection implements Peers {
  readonly member: HostId
  readonly life: AgentLife
  readonly #network: FakePeerNetwork
  readonly #timeline: Timeline
  readonly #gate: PeerGate
  readonly #pending = new Set<Pending>()
  #answer: ((question: Question) => Answer) | null = null
  #closed = false

  constructor(network: FakePeerNetwork, timeline: Timeline, { member, life, gate }: Owner) {
    this.#network = network
    this.#timeline = timeline
    this.member = member
    this.life = life
    this.#gate = gate
  }

  get listens(): boolean {
    return this.#answer !== null && !this.#closed && !this.#gate.dead
  }

  async ask(member: HostId, question: Question, timeoutMs: number): Promise<Answer> {
    if (this.#closed) throw lost(member, 'not-done', 'closed')
    return new Promise((resolve, reject) => {
      const deadlineMs = this.#timeline.nowMs + timeoutMs
      const pending: Pending = {
        settle: (end) => {
          if (!this.#pending.delete(pending)) return
          cancel()
          if (end instanceof Fault) reject(end)
          else resolve(end)
        },
      }
      this.#pending.add(pending)
      const late = (): void => pending.settle(lost(member, 'unknown', 'no answer in time'))
      const cancel = this.#timeline.after(timeoutMs, () => this.#gate.deliver(late))
      // What a frozen asker hears at its thaw may be older than its deadline: that is no answer, whichever it hears first.
      const hear = (end: Answer | Fault): void =>
        this.#gate.deliver(() => (this.#timeline.nowMs > deadlineMs ? late() : pending.settle(end)))
      this.#send(member, question, hear)
    })
  }

  serve(answer: (question: Question) => Answer): () => void {
    this.#answer = answer
    return () => {
      if (this.#answer === answer) this.#answer = null
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#answer = null
    for (const pending of [...this.#pending]) pending.settle(lost(this.member, 'unknown', 'closed'))
  }

  #send(member: HostId, question: Question, hear: (end: Answer | Fault) => void): void {
    this.#network.carry(this.member, member, () => {
      const listener = this.#network.listener(member)
      const refuse = (text: string): void =>
        this.#network.carry(member, this.member, () => hear(lost(member, 'not-done', text)))
      // A host without power carries no message at all: whoever is reached here only has no daemon.
      if (listener === null) {
        return this.#network.carry(member, this.member, () => hear(nobodyListens(member)))
      }
      if (question.from !== this.member) return refuse('a question in the name of another')
      listener.receive(question, (answer) =>
        this.#network.carry(member, this.member, () => hear(checked(member, question, answer))),
      )
    })
  }

  /** Called by the network. */
  receive(question: Question, reply: (answer: Answer) => void): void {
    this.#gate.deliver(() => {
      if (this.#answer !== null && !this.#closed) reply(this.#answer(question))
    })
  }
}

function checked(member: HostId, question: Question, answer: Answer): Answer | Fault {
  if (answer.member === member && answer.nonce === question.nonce) return answer
  return lost(member, 'unknown', 'an answer to another question')
}

function nobodyListens(member: HostId): Fault {
  return new Fault('peer-lost', 'not-done', { member, why: 'nobody-listens' })
}

function lost(member: HostId, outcome: Outcome, text: string): Fault {
  return new Fault('peer-lost', outcome, { member, text })
}
