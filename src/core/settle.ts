import type { Verdict } from '../model/observation.ts'
import type { ProbePolicy } from '../model/service.ts'

/** What is remembered of a watched service between two questions. */
export interface VerdictState {
  readonly verdict: Verdict
  /** Silences, refusals and answers in a row. */
  readonly silences: number
  readonly refusals: number
  readonly answers: number
  /** Silences and refusals together in a row: a service that is now refused, now silent does not answer either. */
  readonly misses: number
}

export const noVerdict: VerdictState = { verdict: 'unknown', silences: 0, refusals: 0, answers: 0, misses: 0 }

/** How soon the first refusal is confirmed: short, since a reset is an answer of the machine; not at once, since a service may be reloading. */
export const confirmRefusalMs = 120

/** Refusals in a row that make a verdict. */
const refusalsForVerdict = 2

/**
 * One more outcome. Refused and silent take different ways: a refusal is confirmed within `confirmRefusalMs`,
 * silence needs `fall` questions in a row. A mixture of both is silence, too, after `fall` questions without an answer.
 */
export function settle(
  state: VerdictState,
  outcome: 'answered' | 'refused' | 'silent',
  policy: ProbePolicy,
): { readonly state: VerdictState; readonly confirm: boolean } {
  if (outcome === 'answered') {
    const answers = state.answers + 1
    const lost = state.verdict === 'refused' || state.verdict === 'silent'
    const verdict = !lost || answers >= policy.rise ? 'answering' : state.verdict
    return { state: { verdict, silences: 0, refusals: 0, answers, misses: 0 }, confirm: verdict !== 'answering' }
  }
  const misses = state.misses + 1
  const missed = state.verdict === 'answering' && misses >= policy.fall ? 'silent' : state.verdict
  if (outcome === 'refused') {
    const refusals = state.refusals + 1
    const verdict = refusals >= refusalsForVerdict ? 'refused' : missed
    return { state: { verdict, silences: 0, refusals, answers: 0, misses }, confirm: refusals < refusalsForVerdict }
  }
  const silences = state.silences + 1
  const verdict = silences >= policy.fall ? 'silent' : missed
  return { state: { verdict, silences, refusals: 0, answers: 0, misses }, confirm: false }
}
