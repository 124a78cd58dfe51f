/** Largest file read, and the piece asked for at once: an agent's answer is one line of JSON. */
const fileMaxBytes = 4 * 1024 * 1024
const pieceBytes = 48 * 1024

/** Sends one command of the guest agent as JSON, and gives its answer as JSON. */
export type AskAgent = (command: string) => Promise<string | null>

/** A file of a guest, read by its agent (`guest-file-open` and its kin); at most 4 MiB of it. Throws what libvirt refuses. */
export async function readGuestFile(askAgent: AskAgent, path: string): Promise<Buffer> {
  const ask = async (execute: string, args: object): Promise<unknown> => {
    const answer = await askAgent(JSON.stringify({ execute, arguments: args }))
    return (JSON.parse(answer ?? '{}') as { return?: unknown }).return
  }
  const handle = await ask('guest-file-open', { path, mode: 'r' })
  const parts: Buffer[] = []
  try {
    for (let read = 0; read < fileMaxBytes; ) {
      const piece = (await ask('guest-file-read', { handle, count: pieceBytes })) as FilePiece
      const bytes = Buffer.from(piece['buf-b64'] ?? '', 'base64')
      parts.push(bytes)
      read += bytes.length
      if (piece.eof === true || bytes.length === 0) break
    }
  } finally {
    // An agent that is gone has closed it by itself.
    await ask('guest-file-close', { handle }).catch(() => null)
  }
  return Buffer.concat(parts)
}

interface FilePiece {
  readonly 'buf-b64'?: string
  readonly eof?: boolean
}
