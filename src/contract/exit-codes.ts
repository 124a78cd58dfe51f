import type { FaultCode } from '../model/fault.ts'

/** How a command ends. The figures are those of sysexits.h where it has one, so that scripts and units can tell them apart. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 64,
  badData: 65,
  unavailable: 69,
  notAllowed: 77,
  badConfiguration: 78,
  noSuchItem: 105,
  noQuorum: 106,
  needsForce: 107,
  timeout: 124,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

const byFault: Readonly<Record<FaultCode, ExitCode>> = {
  'access-denied': exitCodes.notAllowed,
  'account-unknown': exitCodes.noSuchItem,
  'address-not-found': exitCodes.unavailable,
  'bad-data': exitCodes.badData,
  'bad-request': exitCodes.usage,
  'certificate-refused': exitCodes.notAllowed,
  'cluster-file-refused': exitCodes.badData,
  'code-wanted': exitCodes.notAllowed,
  'daemon-absent': exitCodes.unavailable,
  'daemon-busy': exitCodes.unavailable,
  'disk-full': exitCodes.unavailable,
  'disk-missing': exitCodes.noSuchItem,
  'domain-exists': exitCodes.badConfiguration,
  'domain-missing': exitCodes.noSuchItem,
  'domain-refused': exitCodes.failed,
  'fence-absent': exitCodes.badConfiguration,
  'fence-failed': exitCodes.unavailable,
  'file-unreadable': exitCodes.badData,
  'guest-agent-absent': exitCodes.unavailable,
  'guest-unknown': exitCodes.noSuchItem,
  'hook-failed': exitCodes.failed,
  'host-unknown': exitCodes.noSuchItem,
  'hypervisor-absent': exitCodes.unavailable,
  'hypervisor-error': exitCodes.failed,
  'hypervisor-lost': exitCodes.unavailable,
  'hypervisor-timeout': exitCodes.timeout,
  internal: exitCodes.failed,
  'key-reused': exitCodes.usage,
  'limit-reached': exitCodes.failed,
  'locked-out': exitCodes.notAllowed,
  'migration-failed': exitCodes.failed,
  'needs-force': exitCodes.needsForce,
  'needs-several-hosts': exitCodes.unavailable,
  'no-quorum': exitCodes.noQuorum,
  'not-allowed': exitCodes.notAllowed,
  'not-enough-memory': exitCodes.failed,
  'not-supported': exitCodes.unavailable,
  'peer-lost': exitCodes.unavailable,
  'probe-impossible': exitCodes.badConfiguration,
  refused: exitCodes.failed,
  'sign-in-refused': exitCodes.notAllowed,
  'sign-in-wanted': exitCodes.notAllowed,
  'still-in-work': exitCodes.unavailable,
  'stop-refused': exitCodes.failed,
  'store-busy': exitCodes.unavailable,
  'store-corrupt': exitCodes.failed,
  'store-lost': exitCodes.unavailable,
  'task-unknown': exitCodes.noSuchItem,
  timeout: exitCodes.timeout,
  'token-refused': exitCodes.notAllowed,
  'watch-off': exitCodes.failed,
  'watchdog-absent': exitCodes.badConfiguration,
  'watchdog-refused': exitCodes.badConfiguration,
}

/** A code of a newer daemon is a plain failure. */
export function exitCodeOf(code: FaultCode): ExitCode {
  return byFault[code] ?? exitCodes.failed
}
