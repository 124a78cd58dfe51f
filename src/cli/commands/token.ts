import type { TokenView } from '../../contract/access.ts'
import { exitCodes } from '../../contract/exit-codes.ts'
import type { Role } from '../../model/access.ts'
import { tokenActions } from '../access-commands.ts'
import { rightsText, tagsOf } from '../access-words.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { say, show } from '../output.ts'
import { table } from '../table.ts'
import { badValue, UsageError } from '../usage.ts'
import { durationOf } from '../values.ts'

/** What programs come in with. */
export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const [action = '', name] = input.arguments
  if (action === 'list') return list(context)
  if (action !== 'create' && action !== 'revoke') {
    throw badValue(text, tokenActions.join('|'), tokenActions.join(', '), action, 'token')
  }
  if (name === undefined) {
    throw new UsageError(text.cli('usage-missing-argument', { name: action === 'create' ? 'NAME' : 'ID' }), 'token')
  }
  return action === 'create' ? create(context, input, name) : revoke(context, name)
}

async function list(context: CliContext): Promise<number> {
  const { text, paint } = context
  const client = await context.client()
  const { schemaVersion, tokens } = await client.access.tokens()
  const headings = ['id', 'name', 'role', 'owner', 'until'] as const
  const until = ({ expiresAt }: TokenView): string =>
    expiresAt <= context.wall() ? text.cli('token-expired') : text.time(expiresAt as never)
  await show(context, {
    data: { schemaVersion, tokens },
    lines: () =>
      tokens.length === 0
        ? [text.cli('token-none')]
        : table(
            headings.map((heading) => ({ heading: text.cli(`token-heading-${heading}`) })),
            tokens.map((token) => [token.id, token.name, rightsText(text, token), token.owner ?? '', until(token)]),
            paint,
            null,
          ),
    rows: () => [columns, ...tokens.map(rowOf)],
  })
  return exitCodes.ok
}

const columns = ['id', 'name', 'role', 'tags', 'owner', 'createdBy', 'createdAt', 'expiresAt']

function rowOf({ id, name, role, tags, owner, createdBy, createdAt, expiresAt }: TokenView): (string | null)[] {
  const [made, until] = [createdAt, expiresAt].map((at) => new Date(at).toISOString())
  return [id, name, role, tags?.join(' ') ?? null, owner, createdBy, made ?? null, until ?? null]
}

/** The token alone on standard output: for a file that nobody else reads. */
async function create(context: CliContext, input: CommandInput, name: string): Promise<number> {
  const forMs = durationOf(context, input, 'for', 'token')
  const request = {
    name,
    role: (input.values.role ?? 'viewer') as Role,
    tags: tagsOf(input),
    ...(forMs !== null && { forMs }),
  }
  const client = await context.client()
  const made = await client.access.createToken(request)
  await show(context, {
    data: made,
    lines: () => [made.secret],
    rows: () => [
      [...columns, 'secret'],
      [...rowOf(made.token), made.secret],
    ],
  })
  if (context.format === 'table') {
    const { text } = context
    say(
      context,
      text.cli('token-made', { role: rightsText(text, made.token), until: text.time(made.token.expiresAt as never) }),
    )
  }
  return exitCodes.ok
}

async function revoke(context: CliContext, id: string): Promise<number> {
  const client = await context.client()
  const { schemaVersion } = await client.access.revokeToken(id)
  await show(context, {
    data: { schemaVersion, revoked: id },
    lines: () => [context.text.cli('token-revoked', { id })],
    rows: () => [['revoked'], [id]],
  })
  return exitCodes.ok
}
