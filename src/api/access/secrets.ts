import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 bits of chance, base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Short, for people to tell one from another; no secret. */
export function newId(): string {
  return randomBytes(6).toString('hex')
}

/** As secrets of chance are kept: whoever reads it cannot use it. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Takes as long whether or not they are alike, and wherever they differ. */
export function same(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}

/** What a page of a session sends along with each change, and another site's page cannot know. Made of the secret, so that it needs no keeping. */
export function csrfOf(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('vigia-csrf').digest('base64url')
}

/** `vigia_ID_SECRET`: one word, which scanners for secrets that leaked can know. */
export function tokenText(id: string, secret: string): string {
  return `vigia_${id}_${secret}`
}

export function readToken(text: string): { readonly id: string; readonly secret: string } | null {
  const match = /^vigia_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/.exec(text)
  return match?.[1] === undefined || match[2] === undefined ? null : { id: match[1], secret: match[2] }
}
