// The library looks up its own parts by decorators, which this must have been loaded for.
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, randomBytes, type webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import { Fault } from '../../model/fault.ts'
import { type HostId, isName, type WallTime } from '../../model/ids.ts'
import type { AuthorityPair } from './certificates.ts'
import { memberLifeMs } from './renewal.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** The authority outlives the hardware: replacing it means that every member joins anew. */
const authorityLifeMs = 30 * 365 * 24 * 3_600_000

/** Certificates begin so long before they are made, so that a member whose clock is behind takes them. */
const clockSkewMs = 24 * 3_600_000

/** A request is some 400 bytes; more addresses than this no host has. */
const maxRequestUnits = 8_192
const maxAddresses = 32

export interface MemberNames {
  readonly member: HostId
  /** IP addresses or DNS names under which others reach it. */
  readonly addresses: readonly string[]
}

/** A new authority for a cluster of this name: ECDSA P-256, signs members and nothing below them. */
export async function makeAuthority(cluster: string, now: WallTime): Promise<AuthorityPair> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: nameOf(`Vigia ${cluster}`),
    notBefore: new Date(now - clockSkewMs),
    notAfter: new Date(now + authorityLifeMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: pem(certificate), key: await exported(keys.privateKey) }
}

/** A new key for a member, as PEM (PKCS 8). */
export async function makeKey(): Promise<string> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  return exported(keys.privateKey)
}

/** What a member sends to be given a certificate: its public key, signed by its private one. The names are the signer's matter. */
export async function makeRequest(key: string): Promise<string> {
  const keys = await keyPair(key)
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: algorithm })
  return request.toString('pem')
}

/** The public key of a request whose signature is its own, as PEM. Faults: `certificate-refused`. */
export async function keyOfRequest(request: string): Promise<string> {
  if (request.length > maxRequestUnits) throw refused('a request of a few hundred bytes')
  try {
    const read = new x509.Pkcs10CertificateRequest(request)
    const key = createPublicKey(read.publicKey.toString('pem'))
    if (!isP256(key.asymmetricKeyDetails?.namedCurve)) throw refused('a key of the curve P-256')
    if (await read.verify()) return key.export({ type: 'spki', format: 'pem' }).toString()
  } catch (error) {
    if (error instanceof Fault) throw error
    throw refused('a request for a certificate', error)
  }
  throw refused('a request that its own key signed')
}

/** A certificate for this public key (PEM), for client and server alike. Faults: `certificate-refused`. */
export async function signMember(
  authority: AuthorityPair,
  publicKey: string,
  { member, addresses }: MemberNames,
  now: WallTime,
): Promise<string> {
  if (!isName(member) || addresses.length > maxAddresses || !addresses.every(isAddress)) {
    throw refused(`a name, and at most ${maxAddresses} addresses`)
  }
  const issuer = new x509.X509Certificate(authority.certificate)
  const notAfter = Math.min(now + memberLifeMs, issuer.notAfter.getTime())
  if (notAfter <= now) throw refused('an authority that has not expired')
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: nameOf(member),
    issuer: issuer.subjectName,
    notBefore: new Date(now - clockSkewMs),
    notAfter: new Date(notAfter),
    publicKey: new x509.PublicKey(publicKey),
    signingKey: (await keyPair(authority.key)).privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      // etcd shows its own certificate to itself, as a client.
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(alternativeNames(member, addresses)),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return pem(certificate)
}

/** How long a certificate of a host's own is good: no browser takes one that is good for longer. */
const ownLifeMs = 820 * 24 * 3_600_000

/** A new certificate for a listener of this host that no authority vouches for, and its key. Names: DNS names and IP addresses, the first one its own. */
export async function makeOwnCertificate(names: readonly [string, ...string[]], now: WallTime): Promise<AuthorityPair> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: nameOf(names[0]),
    notBefore: new Date(now - clockSkewMs),
    notAfter: new Date(now + ownLifeMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? 'dns' : 'ip', value: name }) as const),
      ),
    ],
  })
  return { certificate: pem(certificate), key: await exported(keys.privateKey) }
}

/** The loopback is in each: a daemon speaks to the etcd of its own host through it. */
function alternativeNames(member: HostId, addresses: readonly string[]): x509.JsonGeneralNames {
  const names = new Set([member, 'localhost', '127.0.0.1', '::1', ...addresses])
  return [...names].map((name) => ({ type: isIP(name) === 0 ? 'dns' : 'ip', value: name }))
}

function isAddress(text: string): boolean {
  return isIP(text) !== 0 || (text.length <= 253 && /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text))
}

function nameOf(text: string): x509.JsonName {
  return [{ CN: [text] }]
}

/** Positive, and never given twice: 127 bits of chance. */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`
}

async function exported(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key))
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()
}

async function keyPair(key: string): Promise<webcrypto.CryptoKeyPair> {
  const priv = createPrivateKey(key)
  const pkcs8 = priv.export({ type: 'pkcs8', format: 'der' })
  const spki = createPublicKey(priv).export({ type: 'spki', format: 'der' })
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  }
}

function isP256(curve: string | undefined): boolean {
  return curve === 'prime256v1' || curve === 'P-256'
}

function refused(expected: string, cause?: unknown): Fault {
  return new Fault('certificate-refused', 'not-done', { expected }, { cause })
}
