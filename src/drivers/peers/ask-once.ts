import { randomUUID } from 'node:crypto'
import type { WallTime } from '../../model/ids.ts'
import type { Statement } from '../../ports/peers.ts'
import type { Identity } from '../ca/certificates.ts'
import { authoritiesOf, PeerAgent, shownBy } from './connections.ts'
import { exchange } from './exchange.ts'
import { encodeQuestion, maxMessageBytes, type PeerAddress, parseAnswer, paths } from './wire.ts'

const limitMs = 3_000

/**
 * What the member at this address says of its own renewals (S5), asked by a command: no daemon is needed here. Null: it does not answer, or is
 * none of this cluster.
 */
export async function askOnce(identity: Identity, place: PeerAddress, now: WallTime): Promise<Statement | null> {
  const agent = new PeerAgent(place, identity, (socket) => {
    if (shownBy(socket, authoritiesOf(identity), now) === null) throw new Error('not of this cluster')
  })
  try {
    const nonce = randomUUID()
    const body = encodeQuestion({ from: identity.member, nonce })
    const signal = AbortSignal.timeout(limitMs)
    const { status, text } = await exchange({ agent, path: paths.ask, body, maxAnswerBytes: maxMessageBytes, signal })
    const answer = status === 200 ? parseAnswer(text) : null
    return answer?.nonce === nonce ? answer.statement : null
  } catch {
    // Away, or nobody we know: it says nothing.
    return null
  } finally {
    agent.destroy()
  }
}
