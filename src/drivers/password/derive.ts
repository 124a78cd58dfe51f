import { argon2Sync } from 'node:crypto'
import type { StoredPassword } from '../../model/access.ts'

/** What a password's hash is made of; the salt is base64url. */
export interface Derivation extends Omit<StoredPassword, 'hash'> {
  readonly password: string
}

export const hashBytes = 32

/** Base64url. Takes its memory and some 30 ms of the thread it is called on. */
export function derive({ password, salt, memoryKib, passes, lanes }: Derivation): string {
  const message = Buffer.from(password.normalize('NFC'), 'utf8')
  const nonce = Buffer.from(salt, 'base64url')
  const parameters = { message, nonce, parallelism: lanes, tagLength: hashBytes, memory: memoryKib, passes }
  return argon2Sync('argon2id', parameters).toString('base64url')
}
