import type { MovesResult } from '../contract/moves.ts'
import type { CliContext } from './context.ts'
import { reasonLines } from './reason-lines.ts'

/** Who goes where, and who does not and why, for people. */
export function moveLines({ text }: CliContext, { moves, stays, dryRun }: MovesResult): string[] {
  const lines = moves.map(({ guest, from, to, how, cause }) =>
    text.cli('moves-line', {
      guest,
      from: from ?? text.cli('moves-new'),
      to,
      how: text.moveWay(how),
      ...(cause === 'operator' || cause === 'maintenance' ? {} : { cause: text.moveCause(cause) }),
    }),
  )
  const left = stays.flatMap((one) => reasonLines(text, one).map((line) => `  ${line}`))
  return [
    ...(moves.length === 0 ? [text.cli('moves-none')] : lines),
    ...(left.length === 0 ? [] : [text.cli('moves-stay'), ...left]),
    ...(dryRun ? [text.cli('moves-dry-run')] : []),
  ]
}

export function moveRows({ moves, stays }: MovesResult): (readonly (string | null)[])[] {
  return [
    ['guest', 'from', 'to', 'how', 'because'],
    ...moves.map(({ guest, from, to, how, cause }) => [guest, from, to, how, cause]),
    ...stays.map(({ guest, because }) => [guest, null, null, null, because.code]),
  ]
}
