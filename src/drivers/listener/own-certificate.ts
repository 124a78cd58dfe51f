import { X509Certificate } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { faultData } from '../../model/fault.ts'
import type { WallTime } from '../../model/ids.ts'
import type { CertificateSource, ServerCertificate } from '../../ports/certificate-source.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { belongTogether } from '../ca/certificates.ts'
import { writeDurably } from '../ca/durable-file.ts'
import { fileFault, systemCode } from '../machine/file-faults.ts'
import { RenewableCertificate } from './renewable-certificate.ts'

/** Dates are looked at so often. */
const lookEachMs = 24 * 3_600_000

/** Made anew when it has no more than this left. People have to say once more that they trust it, so not earlier. */
const leftMs = 30 * 24 * 3_600_000

/** DNS names and IP addresses. */
export interface CertificateNames {
  /** Without one of these it is made anew. */
  readonly needed: readonly [string, ...string[]]
  /** Put into it when it is made: addresses come and go, and that alone is no reason to ask people for their trust again. */
  readonly also: readonly string[]
}

/**
 * A certificate that this host makes for itself, kept in a folder of the state: the same through restarts, so that a browser that was told
 * once to trust it goes on doing so. Made anew when it is about to expire, or lacks a name that is needed. Faults: the file system's.
 */
export async function ownCertificate(
  folder: string,
  names: () => CertificateNames,
  clock: Clock,
  log: Log,
): Promise<CertificateSource> {
  const wanted = async (): Promise<ServerCertificate> => {
    const kept = await readKept(folder)
    if (kept !== null && serves(kept, names().needed, clock.wall())) return kept
    // Loaded when one is to be made, which is seldom: it takes more memory than all else of a listener.
    const { makeOwnCertificate } = await import('../ca/certificate-maker.ts')
    const { needed, also } = names()
    const [own, ...more] = needed
    const made = await makeOwnCertificate([own, ...new Set([...more, ...also])], clock.wall())
    await keep(folder, made)
    log.info('a certificate was made for this host', { folder, fingerprint: fingerprintOf(made) })
    return made
  }
  const source = new RenewableCertificate(await wanted())
  source.each(clock, lookEachMs, async () => {
    try {
      source.use(await wanted())
    } catch (error) {
      log.warn('the certificate of this host could not be made anew', { fault: faultData(error) })
    }
  })
  return source
}

/** SHA-256, as browsers show it. */
export function fingerprintOf({ certificate }: ServerCertificate): string {
  return new X509Certificate(certificate).fingerprint256
}

function serves({ certificate, key }: ServerCertificate, names: readonly string[], now: WallTime): boolean {
  try {
    const read = new X509Certificate(certificate)
    if (!belongTogether(read, key) || read.validToDate.getTime() - now < leftMs) return false
    if (read.validFromDate.getTime() > now) return false
    return names.every((name) => (isIP(name) === 0 ? read.checkHost(name) : read.checkIP(name)) !== undefined)
  } catch {
    // Half a file: a new one takes its place.
    return false
  }
}

async function readKept(folder: string): Promise<ServerCertificate | null> {
  try {
    const [certificate, key] = await Promise.all(
      ['listener.crt', 'listener.key'].map((name) => readFile(join(folder, name), 'utf8')),
    )
    return certificate === undefined || key === undefined ? null : { certificate, key }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw fileFault(error, { kind: 'file', path: folder })
  }
}

/** The certificate last: without it the key is nobody's. */
async function keep(folder: string, { certificate, key }: ServerCertificate): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeDurably(join(folder, 'listener.key'), key, 0o600)
    await writeDurably(join(folder, 'listener.crt'), certificate, 0o644)
  } catch (error) {
    throw fileFault(error, { kind: 'file', path: folder })
  }
}
