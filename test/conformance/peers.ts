import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault, type Outcome } from '../../src/model/fault.ts'
import { agentLife, type HostId, hostId } from '../../src/model/ids.ts'
import type { Answer, Peers, Question, Statement } from '../../src/ports/peers.ts'

/** Two members of one cluster, `alfa` and `beta`. */
export interface PeersUnderTest {
  readonly alfa: Peers
  readonly beta: Peers
  /** From now on nothing that beta answers reaches alfa, though it may hear what alfa asks. */
  muteBeta(): void
  /** Plays `during` to its end: pretend time moves, real time passes. */
  settled<T>(during: Promise<T>): Promise<T>
  close(): Promise<void>
}

export const alfa = hostId('alfa')
export const beta = hostId('beta')

/** Long enough for a real answer on a busy machine. */
const limitMs = 5_000

export function question(nonce: string, from: HostId = alfa): Question {
  return { from, nonce }
}

/** What an honest member answers. */
export function says(member: HostId, statement: Statement = 'renews'): (question: Question) => Answer {
  return ({ nonce }) => ({ member, life: agentLife('life'), nonce, statement })
}

export function peerLost(...outcomes: readonly Outcome[]): (error: unknown) => boolean {
  return (error) => error instanceof Fault && error.code === 'peer-lost' && outcomes.includes(error.outcome)
}

/** What every `Peers` keeps, whatever it is made of. */
export function peersConformance(name: string, make: () => Promise<PeersUnderTest>): void {
  const sentence = (claim: string, check: (under: PeersUnderTest) => Promise<void>): void => {
    test(`${name}: ${claim}`, async () => {
      const under = await make()
      try {
        await check(under)
      } finally {
        await under.close()
      }
    })
  }

  sentence('a question reaches the member as it was asked, and its answer comes back', async (under) => {
    const heard: Question[] = []
    under.beta.serve((asked) => {
      heard.push(asked)
      return says(beta, 'cannot-renew')(asked)
    })
    const answer = await under.settled(under.alfa.ask(beta, question('n1'), limitMs))
    assert.deepEqual(heard, [question('n1')])
    assert.deepEqual(answer, { member: beta, life: agentLife('life'), nonce: 'n1', statement: 'cannot-renew' })
  })

  sentence('of many questions at once each gets its own answer', async (under) => {
    under.beta.serve(says(beta))
    const nonces = Array.from({ length: 50 }, (_, place) => `n${place}`)
    const answers = await under.settled(
      Promise.all(nonces.map((nonce) => under.alfa.ask(beta, question(nonce), limitMs))),
    )
    assert.deepEqual(
      answers.map(({ nonce }) => nonce),
      nonces,
    )
  })

  sentence('both ask each other', async (under) => {
    under.alfa.serve(says(alfa, 'neither'))
    under.beta.serve(says(beta))
    const [there, back] = await under.settled(
      Promise.all([under.alfa.ask(beta, question('n1'), limitMs), under.beta.ask(alfa, question('n2', beta), limitMs)]),
    )
    assert.deepEqual([there.statement, back.statement], ['renews', 'neither'])
  })

  sentence('who does not serve is lost, and nothing was done', async (under) => {
    await assert.rejects(under.settled(under.alfa.ask(beta, question('n1'), limitMs)), peerLost('not-done'))
  })

  sentence('who stopped serving is lost; what serves last is what answers', async (under) => {
    const stop = under.beta.serve(says(beta, 'neither'))
    const stopLast = under.beta.serve(says(beta, 'renews'))
    stop()
    const answer = await under.settled(under.alfa.ask(beta, question('n1'), limitMs))
    assert.equal(answer.statement, 'renews')
    stopLast()
    await assert.rejects(under.settled(under.alfa.ask(beta, question('n2'), limitMs)), peerLost('not-done'))
  })

  sentence('a member nobody knows is lost, and nothing was done', async (under) => {
    const asked = under.alfa.ask(hostId('gamma'), question('n1'), limitMs)
    await assert.rejects(under.settled(asked), peerLost('not-done'))
  })

  sentence('an answer that does not come in time is unknown', async (under) => {
    under.beta.serve(says(beta))
    await under.settled(under.alfa.ask(beta, question('n1'), limitMs))
    under.muteBeta()
    await assert.rejects(under.settled(under.alfa.ask(beta, question('n2'), 200)), peerLost('unknown'))
  })

  sentence('an answer with another nonce, or in the name of another, is none', async (under) => {
    under.beta.serve((asked) => ({ ...says(beta)(asked), nonce: 'n0' }))
    await assert.rejects(under.settled(under.alfa.ask(beta, question('n1'), limitMs)), peerLost('unknown'))
    under.beta.serve(says(alfa))
    await assert.rejects(under.settled(under.alfa.ask(beta, question('n2'), limitMs)), peerLost('unknown'))
  })

  sentence('who asks in the name of another is not answered', async (under) => {
    under.beta.serve(() => assert.fail('answered'))
    const asked = under.alfa.ask(beta, question('n1', beta), limitMs)
    await assert.rejects(under.settled(asked), peerLost('not-done'))
  })

  sentence('after close nothing is asked, and what was under way ends', async (under) => {
    under.beta.serve(says(beta))
    under.muteBeta()
    const ended = assert.rejects(under.alfa.ask(beta, question('n1'), 60_000), peerLost('unknown', 'not-done'))
    await under.settled(under.alfa.close())
    await ended
    await assert.rejects(under.alfa.ask(beta, question('n2'), limitMs), peerLost('not-done'))
  })
}
