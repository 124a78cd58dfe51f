import type { X509Certificate } from 'node:crypto'
import type { WallTime } from '../../model/ids.ts'
import { validityOf } from './certificates.ts'

/** How long a member's certificate is good: long enough for a holiday with a host off, short enough that a lost disk's is soon worth nothing. */
export const memberLifeMs = 30 * 24 * 3_600_000

/** Renewed from this part of its life on; what is left are two weeks in which a try each hour may fail. */
const renewFrom = 0.5

/** Later than this part it should have been renewed: `doctor` says so. */
const lateFrom = 2 / 3

export type RenewalVerdict =
  /** Nothing to do before `dueInMs`. */
  | { readonly kind: 'good'; readonly dueInMs: number }
  | { readonly kind: 'due'; readonly late: boolean }
  /** Out of its dates by this host's clock, which may be the wrong one of the two. */
  | { readonly kind: 'expired' | 'not-yet' }

/** What a certificate's dates ask for now. Pure. Two walls of time are compared here: dates are all that a certificate has. */
export function renewalVerdict(certificate: X509Certificate, now: WallTime): RenewalVerdict {
  const validity = validityOf(certificate, now)
  if (validity !== 'valid') return { kind: validity }
  const from = certificate.validFromDate.getTime()
  const lifeMs = certificate.validToDate.getTime() - from
  const age = (now - from) / lifeMs
  return age < renewFrom
    ? { kind: 'good', dueInMs: from + lifeMs * renewFrom - now }
    : { kind: 'due', late: age >= lateFrom }
}
