import type { Text } from '../text/text.ts'

/** A wrong command line. Its sentence is made with the catalogue by whoever throws it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly command: string | null

  constructor(sentence: string, command: string | null = null) {
    super(sentence)
    this.command = command
  }
}

export function badValue(text: Text, name: string, expected: string, got: string, command: string): UsageError {
  return new UsageError(text.cli('usage-bad-value', { name, expected, got: JSON.stringify(got) }), command)
}
