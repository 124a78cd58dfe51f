import { Fault } from '../../model/fault.ts'
import type { WallTime } from '../../model/ids.ts'
import type { Identity } from '../ca/certificates.ts'
import { authoritiesOf, PeerAgent, shownBy } from './connections.ts'
import { exchange, NoReply } from './exchange.ts'
import { addressText, type PeerAddress, parseAddress } from './wire.ts'

export const introductionPath = '/peers/v1/cluster'

/** Names and addresses of a few members. */
const maxBytes = 16 * 1024

/** For one member. */
const limitMs = 5_000

/**
 * Asks any of these members, `HOST:PORT`, of what cluster they are and where its store is: text of JSON, for one who has joined already.
 * Faults: `peer-lost` when none of them answers, `certificate-refused`.
 */
export async function askIntroduction(identity: Identity, places: readonly string[], now: WallTime): Promise<string> {
  let last: unknown = new Fault('peer-lost', 'not-done', { member: '', text: 'no address is known' })
  for (const text of places) {
    const place = parseAddress(text)
    if (place === null) continue
    try {
      return await askOne(identity, place, now)
    } catch (error) {
      last = error
    }
  }
  throw last
}

async function askOne(identity: Identity, place: PeerAddress, now: WallTime): Promise<string> {
  const agent = new PeerAgent(place, identity, (socket) => {
    if (shownBy(socket, authoritiesOf(identity), now) !== null) return
    throw new Fault('certificate-refused', 'not-done', { text: 'missing' })
  })
  const member = addressText(place)
  try {
    const signal = AbortSignal.timeout(limitMs)
    const wish = { agent, path: introductionPath, body: '{}', maxAnswerBytes: maxBytes, signal }
    const { status, text } = await exchange(wish)
    if (status === 200) return text
    throw new Fault('peer-lost', 'not-done', { member, text: `HTTP ${status}` })
  } catch (error) {
    if (!(error instanceof NoReply)) throw error
    if (error.cause instanceof Fault) throw error.cause
    throw new Fault('peer-lost', 'not-done', { member, text: error.message }, { cause: error })
  } finally {
    agent.destroy()
  }
}
