/** Connections at once: more are refused by the kernel's queue instead of by running out of files. */
export const maxConnections = 512

/** A request has to be complete within this time, and its headers within the next: a client that dawdles holds a connection. */
export const requestTimeoutMs = 30_000
export const headersTimeoutMs = 10_000

/** A connection with nothing on it for so long is closed; live streams say something more often. */
export const idleMs = 60_000

/** How long a listener waits for its clients. */
export interface Patience {
  readonly requestMs: number
  readonly headersMs: number
  readonly idleMs: number
  /** How often connections are looked through for those that dawdle. */
  readonly checkEachMs: number
}

export const usualPatience: Patience = {
  requestMs: requestTimeoutMs,
  headersMs: headersTimeoutMs,
  idleMs,
  checkEachMs: 2_000,
}
