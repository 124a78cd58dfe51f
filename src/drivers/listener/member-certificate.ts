import type { CertificateSource, ServerCertificate } from '../../ports/certificate-source.ts'
import type { Identity } from '../ca/certificates.ts'
import type { Renewer } from '../ca/renewer.ts'
import { RenewableCertificate } from './renewable-certificate.ts'

/** What a member shows to the others, shown to people as well: the cluster's authority vouches for it, and it is kept in date. */
export function memberCertificate(renewer: Pick<Renewer, 'identity' | 'onRenewed'>): CertificateSource {
  const source = new RenewableCertificate(withChain(renewer.identity))
  const stop = renewer.onRenewed((identity) => source.use(withChain(identity)))
  return {
    get current() {
      return source.current
    },
    onRenewed: (listener) => source.onRenewed(listener),
    stop,
  }
}

function withChain({ certificate, authority, key }: Identity): ServerCertificate {
  return { certificate: certificate + authority, key }
}
