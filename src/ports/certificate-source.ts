/** PEM texts: a certificate with those that lead to its authority behind it, and its private key. */
export interface ServerCertificate {
  readonly certificate: string
  readonly key: string
}

/** Where a listener has its certificate from. */
export interface CertificateSource {
  readonly current: ServerCertificate
  /** Called with each newer one, from which on `current` is that. Returns how to stop. */
  onRenewed(listener: (newer: ServerCertificate) => void): () => void
  /** No newer ones any more. */
  stop(): void
}
