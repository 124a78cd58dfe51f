import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Fault, faultData } from '../../model/fault.ts'
import type { CertificateSource, ServerCertificate } from '../../ports/certificate-source.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { belongTogether } from '../ca/certificates.ts'
import { fileFault } from '../machine/file-faults.ts'
import { RenewableCertificate } from './renewable-certificate.ts'

/** How soon a file that somebody replaced is shown. Whatever replaces it, no signal is needed. */
const lookEachMs = 30_000

/**
 * A certificate that somebody else keeps in these files (PEM; the certificate's with the chain behind it). While what lies there does not
 * fit together, as when one file of two was replaced, the last that did is shown. Faults: `certificate-refused`, `file-unreadable`, `not-allowed`.
 */
export async function givenCertificate(
  files: { readonly certificate: string; readonly key: string },
  clock: Clock,
  log: Log,
): Promise<CertificateSource> {
  const kept = new RenewableCertificate(await readPair(files))
  let told = ''
  const look = async (): Promise<void> => {
    try {
      kept.use(await readPair(files))
      told = ''
    } catch (error) {
      const fault = faultData(error)
      // Once for each trouble, not twice a minute.
      if (told !== fault.code) log.warn('the certificate cannot be read anew, the last one is shown', { fault })
      told = fault.code
    }
  }
  kept.each(clock, lookEachMs, look)
  return kept
}

async function readPair(files: { readonly certificate: string; readonly key: string }): Promise<ServerCertificate> {
  const [certificate, key] = await Promise.all([read(files.certificate), read(files.key)])
  const own = parsed(certificate, files.certificate)
  if (!belongTogether(own, key)) {
    throw new Fault('certificate-refused', 'not-done', { path: files.certificate, text: 'not of its key' })
  }
  return { certificate, key }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw fileFault(error, { kind: 'file', path })
  }
}

function parsed(text: string, path: string): X509Certificate {
  try {
    return new X509Certificate(text)
  } catch (cause) {
    throw new Fault('certificate-refused', 'not-done', { path, text: 'not a certificate' }, { cause })
  }
}
