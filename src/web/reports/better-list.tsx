import type { AvailabilitySubjectView, BetterView } from '../../contract/availability.ts'
import { causeText, percent } from '../../text/availability-text.ts'
import { type ReportWords, useReportWords } from '../state/report-words.tsx'

/** Ways beyond these gain little, and are not read. */
const shownWays = 3

/** What would have made a figure better, the largest gain first, and what to do about the first. */
export function BetterList({ subject }: { readonly subject: AvailabilitySubjectView }) {
  const words = useReportWords()
  const { own, better } = subject
  if (own === null) return null
  if (better.length === 0) return null
  const first = better.find((one) => one.code === 'cause')
  return (
    <details className="v-ways" open={subject.kind !== 'service'}>
      <summary>{words.r('better')}</summary>
      <ul>
        {better.slice(0, shownWays).map((one) => (
          <li key={wayKey(one)}>{wayText(one, words)}</li>
        ))}
        {first !== undefined && <li className="v-dim">{helpText(first.cause, words)}</li>}
      </ul>
    </details>
  )
}

function wayKey(one: BetterView): string {
  return one.code === 'cause' ? one.cause : one.code
}

function wayText(one: BetterView, words: ReportWords): string {
  const availability = percent(words, one.availability)
  switch (one.code) {
    case 'cause':
      return words.r('better-cause', {
        ...{ cause: causeText(words, one.cause), availability, down: words.duration(one.downMs) },
      })
    case 'needs':
      return words.r('better-needs', { guest: one.guest, availability, down: words.duration(one.downMs) })
    case 'member':
      return words.r('better-member', { guest: one.guest, availability })
    case 'repair-half':
      return words.r('better-repair-half', { availability })
  }
}

const helped = [
  ...(['service-lost', 'crashed', 'powered-off', 'need-lost', 'host-lost', 'power-lost', 'hypervisor-lost'] as const),
  ...(['start-failed', 'no-place', 'paused-outside', 'stopped-outside'] as const),
] as const

function helpText(cause: string, words: ReportWords): string {
  const known = helped.find((one) => one === cause)
  return known === undefined ? '' : words.r(`help-${known}`)
}
