import type { Rights } from '../model/access.ts'
import type { Text } from '../text/text.ts'
import type { CommandInput } from './command.ts'
import type { CliContext } from './context.ts'
import { UsageError } from './usage.ts'

/** `--tags front,mail`; null: not limited. */
export function tagsOf({ values }: CommandInput): string[] | null {
  if (values.tags === undefined) return null
  return values.tags
    .split(',')
    .map((tag) => tag.trim().replace(/^@/, ''))
    .filter((tag) => tag !== '')
}

export function rightsText(text: Text, { role, tags }: Rights): string {
  const said = text.cli(`role-${role}`)
  return tags === null ? said : text.cli('role-of-tags', { role: said, tags: tags.map((tag) => `@${tag}`).join(' ') })
}

/** Typed twice on a terminal, where nobody sees it; else the first line of standard input. */
export async function newPassword(context: CliContext, name: string, command: string): Promise<string> {
  const { text } = context
  const first = await context.askSecret(text.cli('password-question', { name }))
  if (first === null || first.text === '') throw new UsageError(text.cli('password-missing'), command)
  if (!first.typed) return first.text
  const second = await context.askSecret(text.cli('password-again'))
  if (second?.text !== first.text) throw new UsageError(text.cli('password-differs'), command)
  return first.text
}
