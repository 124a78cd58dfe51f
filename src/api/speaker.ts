import type { IncomingHttpHeaders } from 'node:http'
import { speakerHeader, speakerMaxLength } from '../contract/protocol.ts'

/** Who speaks, as they say themselves: for the history, no proof of anything. */
export function speakerIn(headers: IncomingHttpHeaders): string {
  const said = headers[speakerHeader]
  return typeof said === 'string' ? said.replaceAll(/[^\w .@-]/g, '').slice(0, speakerMaxLength) : ''
}
