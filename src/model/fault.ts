/**
 * What is known of the world after a call failed (S7):
 * `not-done` = certainly without effect; `unknown` = it may have happened, look before acting.
 */
export type Outcome = 'not-done' | 'unknown'

/** Every operating error has one of these codes; the sentence and the hint for each are in `src/text`. */
export const faultCodes = [
  'access-denied',
  'account-unknown',
  'address-not-found',
  'bad-data',
  'bad-request',
  'certificate-refused',
  'cluster-file-refused',
  'plan-file-refused',
  'code-wanted',
  'daemon-absent',
  'daemon-busy',
  'disk-full',
  'disk-missing',
  'domain-exists',
  'domain-missing',
  'domain-refused',
  'fence-absent',
  'fence-failed',
  'file-unreadable',
  'guest-agent-absent',
  'guest-unknown',
  'hook-failed',
  'host-unknown',
  'hypervisor-absent',
  'hypervisor-error',
  'hypervisor-lost',
  'hypervisor-timeout',
  'internal',
  'key-reused',
  'limit-reached',
  'locked-out',
  'migration-failed',
  'needs-force',
  'needs-several-hosts',
  'no-quorum',
  'not-allowed',
  'not-enough-memory',
  'not-supported',
  'peer-lost',
  'probe-impossible',
  'refused',
  'sign-in-refused',
  'sign-in-wanted',
  'still-in-work',
  'stop-refused',
  'store-busy',
  'store-corrupt',
  'store-lost',
  'task-unknown',
  'timeout',
  'token-refused',
  'watch-off',
  'watchdog-absent',
  'watchdog-refused',
] as const

export type FaultCode = (typeof faultCodes)[number]

/** Values the sentence of a fault is filled with: plain data, so that a fault travels as JSON. */
export type FaultDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** A fault as data: what is stored in observations and history and sent to clients. */
export interface FaultData {
  readonly code: FaultCode
  readonly outcome: Outcome
  readonly details: FaultDetails
}

/** An operating error: says what was expected and got in `details`, keeps the cause. A broken invariant is an assertion instead. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly outcome: Outcome
  readonly details: FaultDetails

  constructor(code: FaultCode, outcome: Outcome, details: FaultDetails = {}, options?: { cause?: unknown }) {
    super(`${code} (${outcome}) ${JSON.stringify(details)}`, options)
    this.code = code
    this.outcome = outcome
    this.details = details
  }

  get data(): FaultData {
    return { code: this.code, outcome: this.outcome, details: this.details }
  }
}

/** Any thrown value as fault data; what is not a Fault is an internal error with an unknown outcome. */
export function faultData(error: unknown): FaultData {
  if (error instanceof Fault) return error.data
  const text = error instanceof Error ? error.message : String(error)
  return { code: 'internal', outcome: 'unknown', details: { text } }
}
