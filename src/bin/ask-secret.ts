import type { Secret } from '../cli/context.ts'

const [enter, newline, back, del, interrupt, end, killLine] = [0x0d, 0x0a, 0x08, 0x7f, 0x03, 0x04, 0x15]

/** Standard input, where it is no terminal: read whole, once, and given out line by line. */
let piped: string[] | null = null

/** Asks on the terminal without showing what is typed; without a terminal the next line of standard input. Null: nothing there, or Ctrl-C. */
export async function askSecret(question: string): Promise<Secret | null> {
  const { stdin } = process
  if (stdin.isTTY) return typedSecret(question)
  piped ??= (await whole(stdin)).split(/\r?\n/)
  const text = piped.shift()
  return text === undefined ? null : { text, typed: false }
}

async function typedSecret(question: string): Promise<Secret | null> {
  const { stdin, stderr } = process
  // Before it is asked: who types at once is not seen typing either.
  stdin.setRawMode(true)
  stderr.write(question)
  let bytes: number[] = []
  try {
    for await (const piece of stdin.iterator({ destroyOnReturn: false })) {
      for (const byte of piece as Buffer) {
        if (byte === enter || byte === newline || byte === end) {
          return { text: Buffer.from(bytes).toString('utf8'), typed: true }
        }
        if (byte === interrupt) return null
        if (byte === killLine) bytes = []
        else if (byte === back || byte === del) bytes = withoutLast(bytes)
        else bytes.push(byte)
      }
    }
    return null
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}

/** A letter may be several bytes: those that only continue one go with it. */
function withoutLast(bytes: readonly number[]): number[] {
  let length = bytes.length - 1
  while (length > 0 && ((bytes[length] ?? 0) & 0xc0) === 0x80) length -= 1
  return bytes.slice(0, Math.max(0, length))
}

async function whole(stdin: NodeJS.ReadStream): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of stdin) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}
