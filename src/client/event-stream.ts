export interface StreamMessage {
  readonly event: string
  readonly id: string | null
  readonly data: string
}

/** Longest message taken: a whole status of many thousand guests. */
const messageLimit = 64 * 1024 * 1024

/** Server-Sent Events out of text in pieces cut anywhere. Comments and unknown fields are skipped, as the standard says. */
export async function* streamMessages(pieces: AsyncIterable<string>): AsyncGenerator<StreamMessage> {
  let rest = ''
  for await (const piece of pieces) {
    // JSON has no bare carriage return, so one is always part of a line's end, which may be cut in two.
    rest += piece.replaceAll('\r', '')
    if (rest.length > messageLimit) throw new Error('a message of the live stream is too long')
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const message = messageOf(rest.slice(0, end))
      rest = rest.slice(end + 2)
      if (message !== null) yield message
    }
  }
}

function messageOf(block: string): StreamMessage | null {
  let event = 'message'
  let id: string | null = null
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    if (field === 'id') id = value
    if (field === 'data') data.push(value)
  }
  return data.length === 0 ? null : { event, id, data: data.join('\n') }
}
