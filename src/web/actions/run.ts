import { RemoteFault } from '../../client/client.ts'
import type { WishResult } from '../../contract/wishes.ts'
import { faultOf } from '../api/ask.ts'
import type { Words } from '../state/language.tsx'
import { note } from '../state/notes.ts'

/** Does it and says what came of it; a refusal is said as the command line says it. Null: it failed, and that was said. */
export async function told<T>(words: Words, title: string, deed: () => Promise<T>): Promise<T | null> {
  try {
    return await deed()
  } catch (error) {
    sayFault(words, title, error)
    return null
  }
}

export function sayFault(words: Words, title: string, error: unknown): void {
  const fault = faultOf(error)
  const { sentence, hint } = words.fault(fault.data)
  const reasons = fault instanceof RemoteFault ? fault.reasons : []
  const lines = reasons.map(({ guest, because }) => `${guest} ${words.reason(because)}`)
  note('danger', `${title}: ${sentence}`, [...lines, hint])
}

export function sayWishes(words: Words, title: string, results: readonly WishResult[]): void {
  const changed = results.flatMap((result) => result.changed)
  const affects = results.flatMap((result) => result.affects)
  const skipped = results.flatMap((result) => result.skipped)
  const lines = [
    ...(affects.length > 0 ? [words.t('done-affects', { guests: words.list(affects) })] : []),
    ...skipped.map(({ guest, why }) => words.t(`skipped-${why}`, { guests: guest })),
  ]
  if (changed.length === 0) note('info', `${title}: ${words.t('done-nothing')}`, lines)
  else note('success', `${title}: ${words.list(changed)}`, lines)
}
