import Type from 'typebox'
import { accountNameMaxLength, accountNamePattern, roles } from '../model/access.ts'
import { NumberOrNull, orNull, StringOrNull, Versioned, WallMs, type Wire, words } from './schema.ts'

/** A name as it is typed; which are names of accounts is another matter. */
const TypedName = Type.String({ minLength: 1, maxLength: 256 })
const TypedPassword = Type.String({ minLength: 1, maxLength: 1024 })
const Code = Type.String({ pattern: '^[0-9]{6}$' })
const AccountName = Type.String({ maxLength: accountNameMaxLength, pattern: accountNamePattern.source })
const Role = words(roles)
/** Null: all guests. */
const Tags = orNull(Type.Array(Type.String({ minLength: 1, maxLength: 63 }), { maxItems: 64 }))

export const SignInRequest = Type.Object(
  { name: TypedName, password: TypedPassword, code: Type.Optional(Code) },
  { additionalProperties: false },
)
export type SignInRequest = Wire<typeof SignInRequest>

export const LinkRequest = Type.Object(
  { ticket: Type.String({ minLength: 1, maxLength: 100 }) },
  { additionalProperties: false },
)
export type LinkRequest = Wire<typeof LinkRequest>

export const NewPasswordRequest = Type.Object(
  { password: TypedPassword, newPassword: TypedPassword },
  { additionalProperties: false },
)
export type NewPasswordRequest = Wire<typeof NewPasswordRequest>

/** Who is in. `csrf` goes along with each change, in the header `vigia-csrf`; empty where it is not asked for. */
export const SessionView = Type.Object({
  ...Versioned,
  user: Type.Object({ name: Type.String(), role: Role, tags: Tags }),
  csrf: Type.String(),
})
export type SessionView = Wire<typeof SessionView>

/** How one may sign in here. */
export const SignInView = Type.Object({
  ...Versioned,
  password: Type.Boolean(),
  /** What an OpenID provider is called, and where the way to it begins. Null: there is none. */
  openid: orNull(Type.Object({ name: Type.String(), path: Type.String() })),
})
export type SignInView = Wire<typeof SignInView>

export const UserView = Type.Object({
  name: Type.String(),
  role: Role,
  tags: Tags,
  /** `set-up`: no code of it was shown yet, and none is asked for. */
  totp: words(['none', 'set-up', 'on']),
  createdAt: WallMs,
  createdBy: Type.String(),
  sessions: Type.Integer(),
})
export type UserView = Wire<typeof UserView>

export const UsersView = Type.Object({ ...Versioned, users: Type.Array(UserView) })
export type UsersView = Wire<typeof UsersView>

export const UserCreateRequest = Type.Object(
  { name: AccountName, password: TypedPassword, role: Role, tags: Type.Optional(Tags) },
  { additionalProperties: false },
)
export type UserCreateRequest = Wire<typeof UserCreateRequest>

export const UserPatchRequest = Type.Object(
  {
    role: Type.Optional(Role),
    tags: Type.Optional(Tags),
    password: Type.Optional(TypedPassword),
    /** `new`: one is set up, and its secret is answered, this once. */
    totp: Type.Optional(words(['new', 'remove'])),
    /** Of the authenticator that was set up: from now on one is asked for. */
    code: Type.Optional(Code),
    /** Wherever this account is in: it is so no longer. */
    signOut: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type UserPatchRequest = Wire<typeof UserPatchRequest>

/** The account as it is now. `totp`: the new authenticator's secret, which is not shown again. */
export const UserResult = Type.Object({
  ...Versioned,
  user: UserView,
  totp: orNull(Type.Object({ secret: Type.String(), uri: Type.String() })),
})
export type UserResult = Wire<typeof UserResult>

export const TokenView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  tags: Tags,
  /** The account without which it is void. */
  owner: StringOrNull,
  createdBy: Type.String(),
  createdAt: WallMs,
  expiresAt: WallMs,
})
export type TokenView = Wire<typeof TokenView>

export const TokensView = Type.Object({ ...Versioned, tokens: Type.Array(TokenView) })
export type TokensView = Wire<typeof TokensView>

export const TokenCreateRequest = Type.Object(
  {
    name: AccountName,
    role: Role,
    tags: Type.Optional(Tags),
    /** How long it is good for. Absent: 90 days. */
    forMs: Type.Optional(Type.Integer({ minimum: 60_000 })),
  },
  { additionalProperties: false },
)
export type TokenCreateRequest = Wire<typeof TokenCreateRequest>

/** `secret`: the whole token, which is not shown again. */
export const TokenResult = Type.Object({ ...Versioned, token: TokenView, secret: Type.String() })
export type TokenResult = Wire<typeof TokenResult>

/** A one-time link: the ticket, and where it may be opened (`https://HOST/console-link#TICKET`). */
export const ConsoleLinkResult = Type.Object({
  ...Versioned,
  ticket: Type.String(),
  urls: Type.Array(Type.String()),
  expiresAt: WallMs,
})
export type ConsoleLinkResult = Wire<typeof ConsoleLinkResult>

const Figure = Type.String({ pattern: '^[0-9]{1,15}$' })

export const AuditQuery = Type.Object(
  {
    limit: Type.Optional(Figure),
    /** The next page: entries with a lower number. */
    before: Type.Optional(Figure),
    since: Type.Optional(Figure),
    who: Type.Optional(TypedName),
  },
  { additionalProperties: false },
)
export type AuditQuery = Wire<typeof AuditQuery>

export const AuditEntryView = Type.Object({
  number: Type.Integer(),
  at: WallMs,
  who: Type.String(),
  by: words(['local', 'session', 'token', 'none']),
  id: StringOrNull,
  from: Type.String(),
  what: Type.String(),
  details: StringOrNull,
  outcome: Type.String(),
})
export type AuditEntryView = Wire<typeof AuditEntryView>

/** What was asked of the daemon that answers, newest first. `next`: `before` of the next page. */
export const AuditView = Type.Object({ ...Versioned, entries: Type.Array(AuditEntryView), next: NumberOrNull })
export type AuditView = Wire<typeof AuditView>

export const UserParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) })
export const TokenParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) })

/** Nothing to tell but that it is done. */
export const AccessDone = Type.Object({ ...Versioned })
export type AccessDone = Wire<typeof AccessDone>
