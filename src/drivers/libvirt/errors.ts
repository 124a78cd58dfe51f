/** What is known of a call's effect after it failed: surely none, or anything. */
export type Outcome = 'not-done' | 'unknown'

export type XdrProblem = 'truncated' | 'trailing' | 'too-long' | 'invalid' | 'value'

/** Bytes that are not the value they should be, or (`value`) a value that cannot be written as bytes. */
export class XdrError extends Error {
  override readonly name = 'XdrError'
  readonly problem: XdrProblem
  /** Where in the message, bytes from its start. */
  readonly at: number

  constructor(problem: XdrProblem, expected: string, got: string, at: number) {
    super(`XDR ${problem} at byte ${at}: expected ${expected}, got ${got}`)
    this.problem = problem
    this.at = at
  }
}

/** libvirt's own "no": the error structure of its reply. `code` is the stable field to switch on (`ErrorCode`). */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError'
  readonly code: number
  /** Which of libvirt's parts speaks (its `virErrorDomain`). */
  readonly domain: number
  /** 1 warning, 2 error. */
  readonly level: number
  readonly procedure: string

  constructor(procedure: string, reply: { code: number; domain: number; level: number; message: string | null }) {
    super(reply.message ?? `libvirt error ${reply.code} without a message`)
    this.code = reply.code
    this.domain = reply.domain
    this.level = reply.level
    this.procedure = procedure
  }
}

export type ConnectionProblem =
  /** No socket there: libvirtd is not running or not installed. */
  | 'absent'
  /** A socket nobody listens on. */
  | 'refused'
  /** The socket may not be opened by this user. */
  | 'denied'
  /** libvirtd asks for credentials. */
  | 'auth-required'
  /** Bytes that are not libvirt's protocol. */
  | 'malformed'
  /** The other side closed, or the transport failed. */
  | 'lost'
  /** No sign of life for several keepalive intervals. */
  | 'silent'
  /** We closed it. */
  | 'closed'
  /** The deadline of the call passed. */
  | 'timeout'
  /** The caller gave up. */
  | 'aborted'
  /** More calls wait than the queue's bound. */
  | 'queue-full'
  /** A reply that only a client that receives file descriptors could use. */
  | 'needs-descriptors'
  /** The reader of a stream did not keep up. */
  | 'stream-overflow'

/** The call did not get its reply. `outcome` tells whether libvirt may have acted on it. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  readonly problem: ConnectionProblem
  readonly outcome: Outcome

  constructor(problem: ConnectionProblem, outcome: Outcome, message: string, cause?: unknown) {
    super(message, { cause })
    this.problem = problem
    this.outcome = outcome
  }
}

/** The few of libvirt's `virErrorNumber` that change what we do next. */
export const ErrorCode = {
  internal: 1,
  noSupport: 3,
  noConnect: 5,
  invalidArgument: 8,
  operationFailed: 9,
  domainExists: 28,
  operationDenied: 29,
  xmlError: 27,
  systemError: 38,
  noDomain: 42,
  noNetwork: 43,
  operationInvalid: 55,
  configUnsupported: 67,
  operationTimeout: 68,
  argumentUnsupported: 74,
  operationAborted: 78,
  noMetadata: 80,
  operationUnsupported: 84,
  agentUnresponsive: 86,
  resourceBusy: 87,
} as const
