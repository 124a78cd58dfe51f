import { Fault } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import type { MemberRecord } from '../../model/member.ts'
import type { Route } from './peer-server.ts'
import type { HttpsPeers, PeersOptions } from './peers.ts'

export const authorityKeyPath = '/peers/v1/authority-key'

/** A key, or the name of one. */
const maxBytes = 4 * 1024
const limitMs = 5_000

export interface AuthorityKeyOptions extends Pick<PeersOptions, 'standingOf'> {
  /** Null: no member. */
  readonly kindOf: (member: HostId) => MemberRecord['kind'] | null
  /** The key of the authority that this names, PEM. Null: this host has it not. */
  readonly keyOf: (next: string) => Promise<string | null>
}

/** The key of the cluster's next authority, for hosts whose own key is the recorded one and for nobody else: it never lies in the store. */
export function authorityKeyRoute({ standingOf, kindOf, keyOf }: AuthorityKeyOptions): Route {
  return {
    maxBytes,
    answer: async (body, shown) => {
      if (shown === null || standingOf(shown.member, shown.keyHash) !== 'known' || kindOf(shown.member) !== 'host') {
        throw new Fault('certificate-refused', 'not-done', {
          member: shown?.member ?? '',
          text: 'not the key of this member',
        })
      }
      return JSON.stringify({ key: await keyOf(textIn(body, 'next')) })
    },
  }
}

/** Null: that member has it not either. Faults: `peer-lost`, what the member refused with, `bad-data`. */
export async function askAuthorityKey(
  peers: Pick<HttpsPeers, 'request'>,
  member: HostId,
  next: string,
): Promise<string | null> {
  const limits = { timeoutMs: limitMs, maxAnswerBytes: maxBytes }
  const text = await peers.request(member, authorityKeyPath, JSON.stringify({ next }), limits)
  return fieldIn(text, 'key') === null ? null : textIn(text, 'key')
}

function textIn(text: string, field: string): string {
  const value = fieldIn(text, field)
  if (typeof value === 'string') return value
  throw new Fault('bad-data', 'not-done', { field })
}

/** Undefined: it is not there. */
function fieldIn(text: string, field: string): unknown {
  try {
    return (JSON.parse(text) as Readonly<Record<string, unknown>> | null)?.[field]
  } catch (cause) {
    throw new Fault('bad-data', 'not-done', { expected: 'JSON' }, { cause })
  }
}
