import { Fault } from '../../model/fault.ts'
import { impossible, type Method, stillborn, type Verdict } from './method.ts'

/** `Hypervisor.pingAgent`, or a stand-in. */
export type PingAgent = (domain: string) => Promise<boolean>

/**
 * Asks the guest agent. An agent that is not there is silence; a hypervisor that cannot be asked says nothing of it.
 * A ping cannot be taken back, so one a domain is under way at most, and who asks meanwhile gets its answer too.
 */
export function agentMethod(pingAgent: PingAgent): Method {
  const underWay = new Map<string, Promise<Verdict>>()
  const ping = (domain: string) => {
    const known = underWay.get(domain)
    if (known) return known
    const asked = pingVerdict(pingAgent, domain).finally(() => underWay.delete(domain))
    underWay.set(domain, asked)
    return asked
  }
  return {
    lane: 'agent',
    retryAt: [],
    wait: { everyMs: 100, overlap: 1, contactMs: 10_000, answerMs: 10_000 },
    start(target, _purpose, done) {
      if (target.domain === null) return stillborn(impossible('no domain'), done)
      let abandoned = false
      void ping(target.domain).then((verdict) => {
        if (!abandoned) done(verdict)
      })
      return {
        inContact: true,
        abandon: () => {
          abandoned = true
        },
      }
    },
  }
}

async function pingVerdict(pingAgent: PingAgent, domain: string): Promise<Verdict> {
  try {
    return (await pingAgent(domain)) ? { kind: 'answered' } : { kind: 'silent', detail: 'guest agent absent' }
  } catch (error) {
    if (!(error instanceof Fault)) return impossible(String(error))
    if (error.code === 'guest-agent-absent') return { kind: 'silent', detail: 'guest agent absent' }
    return { kind: 'impossible', fault: error.data }
  }
}
