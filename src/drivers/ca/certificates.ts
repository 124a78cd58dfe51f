import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { Fault } from '../../model/fault.ts'
import { type HostId, hostId, isName, type WallTime } from '../../model/ids.ts'

/** PEM texts of the cluster's own authority. */
export interface AuthorityPair {
  readonly certificate: string
  readonly key: string
}

/** What a member shows to others: PEM texts. The same object for as long as nothing changed. */
export interface Identity {
  readonly member: HostId
  /** Whom it trusts: the cluster's authority; while that is changed, the old and the new one, the one that signed its own certificate first. */
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

/** What a certificate of the cluster says, once its signature is checked. */
export interface Shown {
  readonly member: HostId
  /** Of its public key: the same through all renewals of one member. */
  readonly keyHash: string
  readonly validity: 'valid' | 'expired' | 'not-yet'
}

/**
 * What is known of the key that a member shows: `known` = recorded as this member's; `unseen` = none is recorded for it, or
 * the records were not read yet; `foreign` = another key is recorded, or the member has left.
 */
export type KeyStanding = 'known' | 'unseen' | 'foreign'

/** serverAuth and clientAuth. */
const neededUses = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']

/**
 * Reads a certificate of this authority, or of one of these. That whoever showed it holds its key is the handshake's matter. Only what the authority
 * itself signed counts: no certificate between the two, and none that may sign. Faults: `certificate-refused`.
 */
export function readShown(
  certificate: X509Certificate,
  authority: X509Certificate | readonly X509Certificate[],
  now: WallTime,
): Shown {
  const authorities = authority instanceof X509Certificate ? [authority] : authority
  if (!authorities.some((one) => signedBy(certificate, one))) throw refused('not of this cluster')
  const uses = certificate.keyUsage ?? []
  if (certificate.ca || neededUses.some((use) => !uses.includes(use))) throw refused('not the certificate of a member')
  const member = certificate.subject.startsWith('CN=') ? certificate.subject.slice(3) : ''
  if (!isName(member)) throw refused('not the certificate of a member')
  return { member: hostId(member), keyHash: keyHash(certificate.publicKey), validity: validityOf(certificate, now) }
}

/**
 * Who shows this certificate. An expired one is taken where its key is recorded as the member's: a wrong clock, or a host that was
 * off for long, must not make a member nobody, and the key proves as much as a date. Faults: `certificate-refused`.
 */
export function acceptShown(shown: Shown, standing: KeyStanding): HostId {
  if (standing === 'foreign') throw refused('not the key of this member', shown.member)
  if (standing === 'known' || shown.validity === 'valid') return shown.member
  throw refused(shown.validity === 'expired' ? 'expired' : 'not valid yet', shown.member)
}

/** All certificates of a text, in order. Faults: `certificate-refused` where there is none, or one is damaged. */
export function readCertificates(pem: string, path = ''): [X509Certificate, ...X509Certificate[]] {
  const [first, ...more] = (pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n?/g) ?? []).map(
    (one) => readCertificate(one, path),
  )
  return [first ?? readCertificate(pem, path), ...more]
}

/** As it is written into a file. */
export function pemOf(certificate: X509Certificate): string {
  return certificate.toString()
}

/** Of the authorities that a member trusts, the one whose key it holds. Null: none. */
export function signerIn(authority: string, key: string | null): AuthorityPair | null {
  const found = key === null ? undefined : readCertificates(authority).find((one) => belongTogether(one, key))
  return found === undefined || key === null ? null : { certificate: pemOf(found), key }
}

/** A certificate's text as an object. Faults: `certificate-refused`. */
export function readCertificate(pem: string, path = ''): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw new Fault('certificate-refused', 'not-done', { path, text: 'not a certificate' }, { cause })
  }
}

/** Whether the private key (PEM) is that of the certificate. False also for a text that is no key. */
export function belongTogether(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key))
  } catch {
    // Half a file, or another's: the caller says which.
    return false
  }
}

export function signedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
}

/** SHA-256 of the whole certificate, base64url: what a join token carries of the authority. */
export function fingerprint(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('base64url')
}

/** SHA-256 of a public key, base64url: what the store remembers of a member. */
export function keyHash(key: KeyObject | string): string {
  const object = typeof key === 'string' ? createPublicKey(key) : key
  return createHash('sha256')
    .update(object.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
}

/** The public half of a private key, PEM. */
export function publicKeyOf(key: string): string {
  return createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'pem' }).toString()
}

export function validityOf(certificate: X509Certificate, now: WallTime): Shown['validity'] {
  if (now < certificate.validFromDate.getTime()) return 'not-yet'
  return now > certificate.validToDate.getTime() ? 'expired' : 'valid'
}

function refused(text: string, member = ''): Fault {
  return new Fault('certificate-refused', 'not-done', { member, text })
}
