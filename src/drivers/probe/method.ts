import type { FaultData } from '../../model/fault.ts'
import type { ProbeTarget } from '../../ports/prober.ts'

/** How one try ended. Latency and lateness are judged by whoever started it. */
export type Verdict =
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'silent'; readonly detail: string }
  | { readonly kind: 'impossible'; readonly fault: FaultData }

/** One try on the wire. It ends by calling `done` once, never before `start` has returned, or by being abandoned. */
export interface Attempt {
  /** True once the other side has been reached: waiting for its answer then beats trying anew. */
  readonly inContact: boolean
  /** Frees everything the try holds; `done` is not called afterwards. Harmless to repeat, and after the end. */
  abandon(): void
}

/**
 * `watch`: one question within a timeout. `wait`: one of many tries at something expected to come up,
 * where an answer too early costs more than one too late.
 */
export type Purpose = 'watch' | 'wait'

/** How one kind of probe is tried, and how often. */
export interface Method {
  /** Tries in this lane share its limit. */
  readonly lane: 'network' | 'process' | 'agent'
  /** When to try anew, as parts of the timeout, while no try is in contact: one lost packet must not look like silence. */
  readonly retryAt: readonly number[]
  readonly wait: WaitPace
  /** May throw where the target cannot be asked at all. Called through `startAttempt`. */
  start(target: ProbeTarget, purpose: Purpose, done: (verdict: Verdict) => void): Attempt
  /** Asked when the timeout has passed without an answer; absent: silence is silence. */
  readonly afterSilence?: (target: ProbeTarget) => Promise<Verdict>
}

export interface WaitPace {
  /** From one try to the next. */
  readonly everyMs: number
  /** Tries under way at once, at most. */
  readonly overlap: number
  /** A try that is not in contact after so long is abandoned. */
  readonly contactMs: number
  /** A try is abandoned after so long in any case. */
  readonly answerMs: number
}

/** The far side, or the way to it, did not react: what a dead guest looks like. */
const silentErrors = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ENONET'])

/** Our own machine could not ask: nothing is learnt of the service. */
const ownErrors = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL',
  'EADDRINUSE',
  'EACCES',
  'EPERM',
  'EINVAL',
  'EMSGSIZE',
  'EAFNOSUPPORT',
  'EPROTONOSUPPORT',
  'ENOTSUP',
])

/** What a socket error says. Whatever is neither ours nor the way's is the far side saying no: a reset, a broken handshake, bytes that are no HTTP. */
export function socketVerdict(error: unknown): Verdict {
  const code = errorCode(error)
  if (silentErrors.has(code)) return { kind: 'silent', detail: code }
  if (ownErrors.has(code) || code.startsWith('ERR_INVALID')) return impossible(code)
  return { kind: 'refused', detail: code }
}

export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.message : String(error)
}

/** `text`: why, in the system's own words. Whose service it is, whoever asked adds. */
export function impossible(text: string): Verdict {
  return { kind: 'impossible', fault: { code: 'probe-impossible', outcome: 'not-done', details: { text } } }
}

/** Starts an attempt; what is thrown before any byte is sent (a port out of range, a path with a line break) makes the probe impossible. */
export function startAttempt(
  method: Method,
  target: ProbeTarget,
  purpose: Purpose,
  done: (verdict: Verdict) => void,
): Attempt {
  try {
    return method.start(target, purpose, done)
  } catch (error) {
    return stillborn(impossible(errorCode(error)), done)
  }
}

/** An attempt that could not even begin; ends in the next turn, as every attempt does. */
export function stillborn(verdict: Verdict, done: (verdict: Verdict) => void): Attempt {
  let abandoned = false
  queueMicrotask(() => {
    if (!abandoned) done(verdict)
  })
  return {
    inContact: false,
    abandon: () => {
      abandoned = true
    },
  }
}
