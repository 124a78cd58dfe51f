import type { X509Certificate } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../model/fault.ts'
import { type HostId, type WallTime, wallTime } from '../../model/ids.ts'
import { fileFault, systemCode } from '../machine/file-faults.ts'
import { type MemberNames, makeAuthority, makeKey, signMember } from './certificate-maker.ts'
import {
  type AuthorityPair,
  belongTogether,
  type Identity,
  pemOf,
  publicKeyOf,
  readCertificate,
  readCertificates,
  readShown,
  signedBy,
  signerIn,
} from './certificates.ts'
import { syncFolder, unfinishedEnding, writeDurably } from './durable-file.ts'

/** What a folder holds. `unfinished`: founding or joining was interrupted; doing it again carries on from there. */
export type FolderState =
  | { readonly kind: 'empty' }
  | { readonly kind: 'unfinished' }
  /** `authorityKey`: null on a witness, which signs nobody. */
  | { readonly kind: 'member'; readonly identity: Identity; readonly authorityKey: string | null }

/** What a joining member is given. PEM texts. */
export interface Admission {
  readonly authority: string
  readonly authorityKey: string | null
  readonly certificate: string
}

/** A certificate is some 800 bytes and a key 240; a larger file is something else. */
const maxFileBytes = 64 * 1024

/**
 * The files that make a host a member, in a folder of their own.
 * I1  `member.crt` is written last and removed first: with it the folder is whole, without it nothing in it was ever shown to anyone.
 * I2  A member keeps its key for as long as it is a member: the store knows it by that, and etcd reads certificate and key one after the other.
 * I3  Keys are readable by their owner alone, from their first byte on.
 */
export class IdentityFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** What others are to read, etcd among them. */
  get files(): { readonly authority: string; readonly certificate: string; readonly key: string } {
    return { authority: this.#at('authority.crt'), certificate: this.#at('member.crt'), key: this.#at('member.key') }
  }

  /** Faults: `certificate-refused` for what does not fit together, `not-allowed`, `file-unreadable`. */
  async load(): Promise<FolderState> {
    await this.#tidy()
    const [authority, authorityKey, certificate, key] = await Promise.all(
      ['authority.crt', 'authority.key', 'member.crt', 'member.key'].map((name) => this.#read(name)),
    )
    if (certificate == null) {
      return { kind: [authority, authorityKey, key].every((text) => text == null) ? 'empty' : 'unfinished' }
    }
    if (authority == null) throw this.#refused('authority.crt', 'missing')
    if (key == null) throw this.#refused('member.key', 'missing')
    const { member } = this.#check({ authority, authorityKey: authorityKey ?? null, certificate }, key)
    return { kind: 'member', identity: { member, authority, certificate, key }, authorityKey: authorityKey ?? null }
  }

  /** Makes this host the first member of a new cluster. Repeated after a crash it carries on; on a member it is `refused`. */
  async found(cluster: string, names: MemberNames, now: WallTime): Promise<Identity> {
    const key = await this.keyForJoining()
    const authority = await this.#unusedAuthority(cluster, now)
    const certificate = await signMember(authority, publicKeyOf(key), names, now)
    await this.#write('authority.key', authority.key)
    await this.#write('authority.crt', authority.certificate)
    await this.#write('member.crt', certificate)
    return { member: names.member, authority: authority.certificate, certificate, key }
  }

  /** The key to join with: the same in each try, so that a token whose answer was lost is still good for it. Faults: `refused` on a member. */
  async keyForJoining(): Promise<string> {
    const state = await this.load()
    if (state.kind === 'member') {
      throw new Fault('refused', 'not-done', { path: this.path, text: 'this host is a member already' })
    }
    const old = await this.#read('member.key')
    if (old !== null && isKey(old)) return old
    const key = await makeKey()
    await this.#write('member.key', key)
    return key
  }

  /** Keeps what joining gave. Faults: `certificate-refused` when it does not fit this host's key; the file system's. */
  async joined(admission: Admission): Promise<Identity> {
    const key = await this.#read('member.key')
    if (key === null) throw this.#refused('member.key', 'missing')
    const { member } = this.#check(admission, key)
    // Of an interrupted founding: it must not stay beside another's certificate.
    await rm(this.#at('authority.key'), { force: true })
    await this.#write('authority.crt', admission.authority)
    if (admission.authorityKey !== null) await this.#write('authority.key', admission.authorityKey)
    await this.#write('member.crt', admission.certificate)
    return { member, authority: admission.authority, certificate: admission.certificate, key }
  }

  /** Puts a newer certificate of the same member and key in place. Faults as of `joined`. */
  async renewed(identity: Identity, certificate: string): Promise<Identity> {
    const { member } = this.#check({ authority: identity.authority, authorityKey: null, certificate }, identity.key)
    if (member !== identity.member) throw this.#refused('member.crt', 'not the certificate of this member')
    await this.#write('member.crt', certificate)
    return { ...identity, certificate }
  }

  /** The authority that is to come after the present one, as far as this host has it. `key`: null on a witness. Null: none is under way here. */
  async next(): Promise<{ readonly certificate: string; readonly key: string | null } | null> {
    const [certificate, key] = [await this.#read('next.crt'), await this.#read('next.key')]
    return certificate === null ? null : { certificate, key }
  }

  /** Makes the next authority. Repeated after a crash it is the same one. */
  async prepareNext(cluster: string, now: WallTime): Promise<AuthorityPair> {
    const begun = await this.next()
    if (begun?.key != null && isPair(begun.certificate, begun.key)) return { ...begun, key: begun.key }
    const made = await makeAuthority(cluster, now)
    await this.#write('next.key', made.key)
    await this.#write('next.crt', made.certificate)
    return made
  }

  /** From now on certificates of both authorities are taken. Faults: `certificate-refused` when the key is not the authority's. */
  async trustNext(next: { readonly certificate: string; readonly key: string | null }): Promise<Identity> {
    const { identity } = await this.#member()
    if (next.key !== null && !isPair(next.certificate, next.key))
      throw this.#refused('next.key', 'not of this authority')
    if (next.key !== null) await this.#write('next.key', next.key)
    await this.#write('next.crt', next.certificate)
    const [own, added] = [readCertificate(identity.certificate), readCertificate(next.certificate)]
    // Of an earlier change that came to nothing: only who signed for this host is taken besides.
    const signers = readCertificates(identity.authority).filter(
      (one) => signedBy(own, one) && !one.raw.equals(added.raw),
    )
    const authority = [...signers, added].map(pemOf).join('')
    await this.#write('authority.crt', authority)
    return { ...identity, authority }
  }

  /** From now on this certificate of the next authority is shown, and others are signed by it. Faults as of `joined`. */
  async takeNext(certificate: string): Promise<Identity> {
    const { identity } = await this.#member()
    const next = await this.next()
    if (next === null) throw this.#refused('next.crt', 'missing')
    const above = readCertificate(next.certificate)
    if (!signedBy(readCertificate(certificate), above)) throw this.#refused('member.crt', 'not of the next authority')
    const old = readCertificates(identity.authority).filter((one) => !one.raw.equals(above.raw))
    const authority = [above, ...old].map(pemOf).join('')
    this.#check({ authority, authorityKey: null, certificate }, identity.key)
    if (next.key !== null) await this.#write('authority.key', next.key)
    await this.#write('member.crt', certificate)
    await this.#write('authority.crt', authority)
    return { ...identity, authority, certificate }
  }

  /** From now on only the next authority counts, and it is the present one. Repeated after a crash it carries on. */
  async dropOld(): Promise<Identity> {
    const { identity } = await this.#member()
    const own = readCertificate(identity.certificate)
    const authority = readCertificates(identity.authority)
      .filter((one) => signedBy(own, one))
      .map(pemOf)
      .join('')
    await this.#write('authority.crt', authority)
    for (const name of ['next.key', 'next.crt']) await rm(this.#at(name), { force: true })
    return { ...identity, authority }
  }

  /** What this host signs others with. Null: it is a witness. */
  async signer(): Promise<AuthorityPair | null> {
    const { identity, authorityKey } = await this.#member()
    return signerIn(identity.authority, authorityKey)
  }

  async #member(): Promise<Extract<FolderState, { kind: 'member' }>> {
    const state = await this.load()
    if (state.kind === 'member') return state
    throw this.#refused('member.crt', 'missing')
  }

  /** The host is no member any more. Harmless when repeated. */
  async forget(): Promise<void> {
    try {
      for (const name of ['member.crt', 'member.key', 'authority.key', 'authority.crt', 'next.key', 'next.crt']) {
        await rm(this.#at(name), { force: true })
      }
      await syncFolder(this.path)
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw fileFault(error, { kind: 'file', path: this.path })
    }
  }

  #check({ authority, authorityKey, certificate }: Admission, key: string): { readonly member: HostId } {
    const above = readCertificates(authority, this.#at('authority.crt'))
    const own = this.#certificate('member.crt', certificate)
    if (!belongTogether(own, key)) throw this.#refused('member.crt', 'not of the key in member.key')
    if (authorityKey !== null && !above.some((one) => belongTogether(one, authorityKey))) {
      throw this.#refused('authority.crt', 'not of the key in authority.key')
    }
    // Its dates are another matter: an expired one is renewed, not refused.
    return readShown(own, above, wallTime(0))
  }

  #certificate(name: string, text: string): X509Certificate {
    return readCertificate(text, this.#at(name))
  }

  async #unusedAuthority(cluster: string, now: WallTime): Promise<AuthorityPair> {
    const [certificate, key] = [await this.#read('authority.crt'), await this.#read('authority.key')]
    if (certificate === null || key === null || !isPair(certificate, key)) return makeAuthority(cluster, now)
    return { certificate, key }
  }

  /** What a crash left half-written was never in force. Keys that were copied with other rights are closed again. */
  async #tidy(): Promise<void> {
    try {
      for (const name of await readdir(this.path)) {
        const path = join(this.path, name)
        if (name.endsWith(unfinishedEnding)) await rm(path, { force: true })
        else if (name.endsWith('.key') && ((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600)
      }
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw fileFault(error, { kind: 'file', path: this.path })
    }
  }

  async #read(name: string): Promise<string | null> {
    const path = this.#at(name)
    try {
      if ((await stat(path)).size > maxFileBytes) throw this.#refused(name, 'too large')
      return await readFile(path, 'utf8')
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null
      throw fileFault(error, { kind: 'file', path })
    }
  }

  async #write(name: string, text: string): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true, mode: 0o700 })
      await writeDurably(this.#at(name), text, name.endsWith('.key') ? 0o600 : 0o644)
    } catch (error) {
      throw fileFault(error, { kind: 'file', path: this.#at(name) })
    }
  }

  #at(name: string): string {
    return join(this.path, name)
  }

  #refused(name: string, text: string): Fault {
    return new Fault('certificate-refused', 'not-done', { path: this.#at(name), text })
  }
}

function isKey(text: string): boolean {
  try {
    return publicKeyOf(text) !== ''
  } catch {
    // Damaged before it was ever shown to anyone: a new one does.
    return false
  }
}

function isPair(certificate: string, key: string): boolean {
  try {
    const read = readCertificate(certificate)
    return read.ca && belongTogether(read, key)
  } catch {
    // As above.
    return false
  }
}
