import type { AccountRecord, ApiTokenRecord, Caller, Rights, SessionRecord } from '../model/access.ts'
import { roles } from '../model/access.ts'
import type { WallTime } from '../model/ids.ts'

/** Nothing was done with a session for so long: it is over. */
export const sessionIdleMs = 60 * 60_000

/** However much it is used: over after a working day. */
export const sessionLifeMs = 12 * 3_600_000

/** How old `usedAt` of a session in use may be: not each request is a write of the store. */
export const sessionTouchMs = 5 * 60_000

export const linkLifeMs = 10 * 60_000

/** Longest life of a token: a year and a day, so that "each January" works. */
export const tokenLifeMaxMs = 366 * 24 * 3_600_000
export const tokenLifeUsualMs = 90 * 24 * 3_600_000

/** Argon2 makes trying slow and not a short password good. The longest keeps a request from being work without end. */
export const passwordMinLength = 12
export const passwordMaxLength = 256

/** Most of each in one cluster: what everybody's daemon holds in memory, and an attacker must not fill. */
export const maxAccounts = 1_000
export const maxTokens = 1_000
export const maxSessionsOfOne = 16
export const maxSessions = 2_000
export const maxLinks = 16

/**
 * What a session is worth now: null when it is over. These walls of time are compared although clocks of hosts differ: a
 * date is all that a session has, and an hour's difference ends one or lets it live an hour longer, nothing else.
 */
export function callerOfSession(
  id: string,
  session: SessionRecord,
  account: AccountRecord | null,
  now: WallTime,
): Caller | null {
  if (isOver(session, now)) return null
  const rights = session.accountSerial === null ? session : account
  if (rights === null) return null
  if (session.accountSerial !== null && account?.serial !== session.accountSerial) return null
  return { name: session.name, role: rights.role, tags: tagsOf(rights), by: 'session', id }
}

/** Also one of which nobody ever asks again. */
export function isOver({ createdAt, usedAt }: Pick<SessionRecord, 'createdAt' | 'usedAt'>, now: WallTime): boolean {
  return now - createdAt >= sessionLifeMs || now - usedAt >= sessionIdleMs
}

export function callerOfToken(token: ApiTokenRecord, owner: AccountRecord | null, now: WallTime): Caller | null {
  if (now >= token.expiresAt || (token.owner !== null && owner === null)) return null
  const rights = owner === null ? token : lesser(token, owner)
  return { name: token.name, role: rights.role, tags: tagsOf(rights), by: 'token', id: token.id }
}

/** What both allow. */
export function lesser(one: Rights, other: Rights): Rights {
  const role = roles[Math.min(roles.indexOf(one.role), roles.indexOf(other.role))] ?? 'viewer'
  const [mine, theirs] = [tagsOf(one), tagsOf(other)]
  if (mine === null || theirs === null) return { role, tags: mine ?? theirs }
  return { role, tags: mine.filter((tag) => theirs.includes(tag)) }
}

/** Tags limit an operator: whoever may less or more is not limited by them. */
function tagsOf({ role, tags }: Rights): readonly string[] | null {
  return role === 'operator' ? tags : null
}

export type PasswordFlaw = 'too-short' | 'too-long' | 'like-the-name'

/** Null: good enough. Length is what counts; rules of what it must be made of make people write it down. */
export function passwordFlaw(password: string, name: string): PasswordFlaw | null {
  const length = [...password].length
  if (length < passwordMinLength) return 'too-short'
  if (length > passwordMaxLength) return 'too-long'
  return password.toLowerCase().replaceAll(name.toLowerCase(), '').length < passwordMinLength / 2
    ? 'like-the-name'
    : null
}
