import { Fault, type FaultCode, type FaultDetails } from '../../model/fault.ts'
import { ConnectionError, ErrorCode, LibvirtError, type Outcome } from './errors.ts'

/** What was being done, for the fault's sentence. `sure`: libvirt undoes this action itself when it fails. */
export interface Attempt {
  readonly action: string
  readonly domain?: string
  readonly socketPath: string
  readonly sure?: boolean
}

/** Any error of this folder as a Fault, with what is known of its effect (S7). Others, being defects, pass as they are. */
export function asFault(error: unknown, attempt: Attempt): unknown {
  if (error instanceof LibvirtError) return refusal(error, attempt)
  if (error instanceof ConnectionError) return unanswered(error, attempt)
  return error
}

/** libvirt said no. */
function refusal(error: LibvirtError, attempt: Attempt): Fault {
  const [code, outcome] = meaningOf(error.code, attempt.sure ?? false)
  return new Fault(code, outcome, { ...subject(attempt), text: error.message }, { cause: error })
}

function meaningOf(code: number, sure: boolean): readonly [FaultCode, Outcome] {
  switch (code) {
    case ErrorCode.noDomain:
      return ['domain-missing', 'not-done']
    case ErrorCode.noSupport:
    case ErrorCode.operationUnsupported:
      return ['not-supported', 'not-done']
    case ErrorCode.agentUnresponsive:
      return ['guest-agent-absent', 'unknown']
    case ErrorCode.operationTimeout:
      // Another job holds the domain: this one was never begun.
      return ['hypervisor-timeout', 'not-done']
    case ErrorCode.internal:
    case ErrorCode.systemError:
    case ErrorCode.operationAborted:
    case ErrorCode.resourceBusy:
      return sure ? ['domain-refused', 'not-done'] : ['hypervisor-error', 'unknown']
    default:
      return ['domain-refused', 'not-done']
  }
}

/** No answer came. */
function unanswered(error: ConnectionError, attempt: Attempt): Fault {
  const { problem, outcome } = error
  const make = (code: FaultCode, details: FaultDetails) =>
    new Fault(code, outcome, { ...details, text: error.message }, { cause: error })
  switch (problem) {
    case 'absent':
    case 'refused':
      return make('hypervisor-absent', { socket: attempt.socketPath })
    case 'denied':
    case 'auth-required':
      return make('not-allowed', { path: attempt.socketPath })
    case 'timeout':
    case 'aborted':
      return make('hypervisor-timeout', subject(attempt))
    case 'queue-full':
      return make('limit-reached', { limit: 'calls waiting for libvirt' })
    case 'needs-descriptors':
      return make('not-supported', { action: attempt.action })
    default:
      return make('hypervisor-lost', subject(attempt))
  }
}

function subject(attempt: Attempt): FaultDetails {
  return attempt.domain === undefined ? { action: attempt.action } : { action: attempt.action, domain: attempt.domain }
}
