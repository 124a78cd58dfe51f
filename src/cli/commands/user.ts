import type { UserView } from '../../contract/access.ts'
import { exitCodes } from '../../contract/exit-codes.ts'
import type { Role } from '../../model/access.ts'
import { roles } from '../../model/access.ts'
import { userActions } from '../access-commands.ts'
import { newPassword, rightsText, tagsOf } from '../access-words.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { say, show } from '../output.ts'
import { table } from '../table.ts'
import { badValue, UsageError } from '../usage.ts'

/** Accounts. Passwords are asked for, or read from standard input: whatever is among the arguments, everybody on the host can read. */
export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const [action = '', name, role] = input.arguments
  if (action === 'list') return list(context)
  if (!(userActions as readonly string[]).includes(action)) {
    throw badValue(context.text, userActions.join('|'), userActions.join(', '), action, 'user')
  }
  if (name === undefined) throw missing(context, 'NAME')
  if (role !== undefined && action !== 'role') {
    throw new UsageError(context.text.cli('usage-too-many', { extra: role }), 'user')
  }
  switch (action) {
    case 'add':
      return add(context, input, name)
    case 'password':
      return password(context, name)
    case 'role':
      return changeRole(context, input, name, role)
    case 'totp':
      return totp(context, input, name)
    default:
      return remove(context, name)
  }
}

async function list(context: CliContext): Promise<number> {
  const { text, paint } = context
  const client = await context.client()
  const { schemaVersion, users } = await client.access.users()
  const headings = ['name', 'role', 'totp', 'sessions', 'made'] as const
  await show(context, {
    data: { schemaVersion, users },
    lines: () =>
      users.length === 0
        ? [text.cli('user-none')]
        : table(
            headings.map((heading) => ({ heading: text.cli(`user-heading-${heading}`) })),
            users.map((user) => [
              user.name,
              rightsText(text, user),
              text.cli(`user-totp-${user.totp}`),
              String(user.sessions),
              text.time(user.createdAt as never),
            ]),
            paint,
            null,
          ),
    rows: () => [columns, ...users.map(rowOf)],
  })
  return exitCodes.ok
}

const columns = ['name', 'role', 'tags', 'totp', 'sessions', 'createdAt', 'createdBy']

function rowOf(user: UserView): (string | number | null)[] {
  const made = new Date(user.createdAt).toISOString()
  return [user.name, user.role, user.tags?.join(' ') ?? null, user.totp, user.sessions, made, user.createdBy]
}

async function add(context: CliContext, input: CommandInput, name: string): Promise<number> {
  const role = (input.values.role ?? 'viewer') as Role
  const client = await context.client()
  const request = { name, role, tags: tagsOf(input), password: await newPassword(context, name, 'user') }
  return shown(context, 'user-added', (await client.access.createUser(request)).user)
}

async function password(context: CliContext, name: string): Promise<number> {
  const client = await context.client()
  const request = { password: await newPassword(context, name, 'user') }
  return shown(context, 'user-password-set', (await client.access.changeUser(name, request)).user)
}

async function changeRole(
  context: CliContext,
  input: CommandInput,
  name: string,
  typed: string | undefined,
): Promise<number> {
  const given = typed ?? input.values.role
  if (given === undefined) throw missing(context, 'ROLE')
  const role = roles.find((one) => one === given)
  if (role === undefined) throw badValue(context.text, 'ROLE', roles.join(', '), given, 'user')
  const client = await context.client()
  // Whoever is given a role is not limited by what the last one was limited to.
  const { user } = await client.access.changeUser(name, { role, tags: tagsOf(input) })
  return shown(context, 'user-role-set', user)
}

async function remove(context: CliContext, name: string): Promise<number> {
  const client = await context.client()
  const { schemaVersion } = await client.access.removeUser(name)
  await show(context, {
    data: { schemaVersion, removed: name },
    lines: () => [context.text.cli('user-removed', { name })],
    rows: () => [['removed'], [name]],
  })
  return exitCodes.ok
}

/** Set up, and asked for from the first code on that was shown to be right. */
async function totp(context: CliContext, input: CommandInput, name: string): Promise<number> {
  const { text } = context
  const { access } = await context.client()
  if (input.switches.has('off'))
    return shown(context, 'user-totp-removed', (await access.changeUser(name, { totp: 'remove' })).user)
  const made = await access.changeUser(name, { totp: 'new' })
  const { secret, uri } = made.totp ?? { secret: '', uri: '' }
  await show(context, {
    data: made,
    lines: () => [text.cli('user-totp-made', { name }), `  ${grouped(secret)}`, `  ${uri}`],
    rows: () => [
      ['name', 'secret', 'uri'],
      [name, secret, uri],
    ],
  })
  const code = await context.ask(text.cli('user-totp-question'))
  if (code === null || code.trim() === '') {
    say(context, text.cli('user-totp-later', { name }))
    return exitCodes.ok
  }
  await access.changeUser(name, { code: code.replaceAll(' ', '') })
  say(context, text.cli('user-totp-confirmed', { name }))
  return exitCodes.ok
}

async function shown(
  context: CliContext,
  sentence: 'user-added' | 'user-password-set' | 'user-role-set' | 'user-totp-removed',
  user: UserView,
): Promise<number> {
  await show(context, {
    data: user,
    lines: () => [context.text.cli(sentence, { name: user.name, role: rightsText(context.text, user) })],
    rows: () => [columns, rowOf(user)],
  })
  return exitCodes.ok
}

/** In fours, as one types it from a screen. */
function grouped(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? ''
}

function missing({ text }: CliContext, name: string): UsageError {
  return new UsageError(text.cli('usage-missing-argument', { name }), 'user')
}
