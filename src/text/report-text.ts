import type { drillWords } from './en/drill-words.ts'
import type { foreseeWords } from './en/foresee-words.ts'
import type { planWords } from './en/plan.ts'
import type { reportWords } from './en/report-words.ts'
import type { units as englishUnits } from './en/units.ts'
import type { Locale } from './locale.ts'
import { type ArgumentList, fill, type Translated } from './message.ts'
import { createQuantities, type Quantities } from './quantities.ts'

/** All that reports, plans and drills say, wherever they are shown. */
export type ReportMessages = typeof reportWords & typeof foreseeWords & typeof planWords & typeof drillWords

/** What sentences of reports and plans are made with; the text of the command line is one. */
export interface ReportText extends Omit<Quantities, 'filling'> {
  readonly locale: Locale
  cli<Key extends keyof ReportMessages>(key: Key, ...values: ArgumentList<ReportMessages[Key]>): string
}

/** With these words and no others: the console loads them with the first page that needs them. */
export function reportTextOf(
  locale: Locale,
  units: Translated<typeof englishUnits>,
  words: Translated<ReportMessages>,
): ReportText {
  const { filling, ...quantities } = createQuantities(locale, units, undefined)
  return { locale, ...quantities, cli: (key, ...values) => fill(words[key] ?? key, values[0] ?? {}, filling) }
}
