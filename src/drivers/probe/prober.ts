import { isIP } from 'node:net'
import type { Instant } from '../../model/ids.ts'
import type { ProbeSpec } from '../../model/service.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ProbeOutcome, Prober, ProbeTarget } from '../../ports/prober.ts'
import { agentMethod, type PingAgent } from './agent.ts'
import { commandMethod } from './command.ts'
import { dnsMethod } from './dns.ts'
import { httpMethod } from './http.ts'
import { Lane, queueLimit } from './lane.ts'
import type { Method } from './method.ts'
import { Question } from './question.ts'
import { tcpMethod } from './tcp.ts'
import { udpAnswerMethod, udpUnlessRefusedMethod } from './udp.ts'
import { WaitingRoom } from './waiting-room.ts'

/**
 * Questions under way at once. Network: three sockets each at worst, well below the file descriptors a service gets.
 * Processes: more would take the CPU from the guests. Agent: libvirt answers five requests at a time.
 */
export const laneLimits = { network: 1_024, process: 8, agent: 4 } as const

/** How often a name that does not resolve is looked up while waiting for its service. */
const nameRetryMs = 1_000

export interface ProberNeeds {
  readonly clock: Clock
  readonly pingAgent: PingAgent
  /** Addresses of a name, best first; empty: unknown. Only asked for targets that are no address. */
  readonly resolve: (name: string) => Promise<readonly string[]>
}

/** The `Prober` of a real host. */
export function createProber(needs: ProberNeeds): Prober {
  return new NetworkProber(needs)
}

class NetworkProber implements Prober {
  private readonly needs: ProberNeeds
  private readonly agent: Method
  private readonly lanes: Readonly<Record<Method['lane'], Lane>>
  private readonly waiting: WaitingRoom
  private readonly questions = new Set<Question>()
  private closed = false

  constructor(needs: ProberNeeds) {
    this.needs = needs
    this.agent = agentMethod(needs.pingAgent)
    this.lanes = {
      network: new Lane(laneLimits.network),
      process: new Lane(laneLimits.process),
      agent: new Lane(laneLimits.agent),
    }
    this.waiting = new WaitingRoom(needs.clock)
  }

  ask(target: ProbeTarget, timeoutMs: number): Promise<ProbeOutcome> {
    const method = this.methodOf(target.probe)
    if (isIP(target.address) || method.lane !== 'network') return this.askAddress(method, target, timeoutMs)
    return this.numeric(target).then((found) =>
      found ? this.askAddress(method, found, timeoutMs) : unresolved(target),
    )
  }

  untilAnswered(target: ProbeTarget, answered: (at: Instant) => void): () => void {
    if (this.closed) return () => undefined
    const method = this.methodOf(target.probe)
    if (isIP(target.address) || method.lane !== 'network') {
      const lane = method.lane === 'network' ? null : this.lanes[method.lane]
      return this.waiting.add(method, lane, target, answered)
    }
    return this.untilNamed(target, answered)
  }

  async close(): Promise<void> {
    this.closed = true
    this.waiting.close()
    for (const question of [...this.questions]) question.cancel()
  }

  private askAddress(method: Method, target: ProbeTarget, timeoutMs: number): Promise<ProbeOutcome> {
    const lane = this.lanes[method.lane]
    return new Promise((resolve) => {
      const entered = lane.enter(target.domain ?? target.address, () => {
        if (this.closed) {
          lane.leave()
          return resolve({ kind: 'void' })
        }
        const question = new Question(method, target, timeoutMs, this.needs.clock, (outcome) => {
          this.questions.delete(question)
          lane.leave()
          resolve(outcome)
        })
        this.questions.add(question)
      })
      if (!entered) resolve(queueFull)
    })
  }

  /** Looks the name up until it is known, then waits for the address it had then. */
  private untilNamed(target: ProbeTarget, answered: (at: Instant) => void): () => void {
    let cancelled = false
    let cancel: () => void = () => undefined
    const look = () => {
      void this.numeric(target).then((found) => {
        if (cancelled || this.closed) return
        cancel = found ? this.untilAnswered(found, answered) : this.needs.clock.after(nameRetryMs, look)
      })
    }
    look()
    return () => {
      cancelled = true
      cancel()
    }
  }

  private async numeric(target: ProbeTarget): Promise<ProbeTarget | null> {
    const [address] = await this.needs.resolve(target.address)
    return address ? { ...target, address } : null
  }

  private methodOf(probe: ProbeSpec): Method {
    switch (probe.kind) {
      case 'tcp':
        return tcpMethod
      case 'udp':
        return probe.answer === 'required' ? udpAnswerMethod : udpUnlessRefusedMethod
      case 'http':
        return httpMethod
      case 'dns':
        return dnsMethod
      case 'command':
        return commandMethod
      case 'agent':
        return this.agent
    }
  }
}

const queueFull: ProbeOutcome = {
  kind: 'impossible',
  fault: { code: 'limit-reached', outcome: 'not-done', details: { limit: queueLimit, what: 'questions waiting' } },
}

function unresolved(target: ProbeTarget): ProbeOutcome {
  return {
    kind: 'impossible',
    fault: {
      code: 'address-not-found',
      outcome: 'not-done',
      details: { guest: target.domain ?? target.address, text: target.address },
    },
  }
}
