import type { WishResult } from '../contract/wishes.ts'
import type { CliContext } from './context.ts'

/** What a launch or shutdown came to, for people. */
export function wishLines({ text }: CliContext, verb: 'launch' | 'shutdown', result: WishResult): string[] {
  const count = result.changed.length
  const guests = text.list(result.changed)
  const lines =
    count === 0
      ? [text.cli('done-nothing')]
      : [verb === 'launch' ? text.cli('done-launch', { count, guests }) : text.cli('done-shutdown', { count, guests })]
  if (result.also.length > 0) {
    const also = { guests: text.list(result.also) }
    lines.push(verb === 'launch' ? text.cli('done-also-launch', also) : text.cli('done-also-shutdown', also))
  }
  if (result.affects.length > 0) lines.push(text.cli('done-affects', { guests: text.list(result.affects) }))
  for (const why of ['watch-off', 'ignored', 'disabled', 'wished-stopped', 'standby', 'replaced'] as const) {
    const left = result.skipped.filter((one) => one.why === why).map((one) => one.guest)
    if (left.length > 0) lines.push(text.cli(`skipped-${why}`, { guests: text.list(left) }))
  }
  return lines
}

/** For a program: every guest the command had to do with, and how. */
export function wishRows(result: WishResult): (readonly string[])[] {
  return [
    ['guest', 'outcome'],
    ...result.changed.map((guest) => [guest, result.also.includes(guest) ? 'also' : 'changed']),
    ...result.already.map((guest) => [guest, 'already']),
    ...result.skipped.map(({ guest, why }) => [guest, why]),
    ...result.affects.map((guest) => [guest, 'affected']),
  ]
}
