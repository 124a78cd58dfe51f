import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { makeAuthority, makeKey, signMember } from '../../../src/drivers/ca/certificate-maker.ts'
import { type AuthorityPair, type Identity, publicKeyOf } from '../../../src/drivers/ca/certificates.ts'
import { Fault } from '../../../src/model/fault.ts'
import { hostId, wallTime } from '../../../src/model/ids.ts'

export const day = 24 * 3_600_000
export const now = wallTime(Date.UTC(2026, 5, 1))

export function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-ca-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A member of the authority, signed at this time. */
export async function memberOf(authority: AuthorityPair, name: string, at = now): Promise<Identity> {
  const [member, key] = [hostId(name), await makeKey()]
  const names = { member, addresses: ['192.0.2.1', 'alfa.example.net'] }
  const certificate = await signMember(authority, publicKeyOf(key), names, at)
  return { member, authority: authority.certificate, certificate, key }
}

export function newAuthority(cluster = 'test'): Promise<AuthorityPair> {
  return makeAuthority(cluster, now)
}

export function refused(code: Fault['code'], text?: string): (error: unknown) => boolean {
  return (error) =>
    error instanceof Fault && error.code === code && (text === undefined || error.message.includes(text))
}
