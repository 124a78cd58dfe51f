/** Connections at once: more are refused by the kernel's queue instead of by running out of files. */
export const maxConnections = 512

/** A request has to be complete within this time, and its headers within the next: a client that dawdles holds a connection. */
export const requestTimeoutMs = 30_000
export const headersTimeoutMs = 10_000

/** A connection with nothing on it for so long is closed; live streams say something more often. */
export const idleMs = 60_000
