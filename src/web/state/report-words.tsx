import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import type { drillPages } from '../../text/en/drill-pages.ts'
import type { reportPages } from '../../text/en/report-pages.ts'
import type { Locale } from '../../text/locale.ts'
import { type ArgumentList, fill } from '../../text/message.ts'
import { createQuantities } from '../../text/quantities.ts'
import { type ReportText, reportTextOf } from '../../text/report-text.ts'
import { useWords } from './language.tsx'

type Messages = typeof reportPages & typeof drillPages

/** What pages of reports say, in one language: loaded with the first of them. */
export interface ReportWords extends ReportText {
  r<Key extends keyof Messages>(key: Key, ...values: ArgumentList<Messages[Key]>): string
}

const loaders = {
  en: () => import('../text/en-reports.ts'),
  'pt-BR': () => import('../text/pt-br-reports.ts'),
} as const satisfies Record<Locale, () => Promise<unknown>>

async function loadReportWords(locale: Locale): Promise<ReportWords> {
  const { reports, reportPages, units } = await loaders[locale]()
  const { filling } = createQuantities(locale, units, undefined)
  return {
    ...reportTextOf(locale, units, reports),
    r: (key, ...values) => fill(reportPages[key] ?? key, values[0] ?? {}, filling),
  }
}

const ReportContext = createContext<ReportWords | null>(null)

export function useReportWords(): ReportWords {
  const words = useContext(ReportContext)
  if (words === null) throw new Error('no words of reports are loaded here')
  return words
}

/** Shows its children once the words are there. */
export function WithReportWords({ children }: { readonly children: ReactNode }) {
  const { locale, t } = useWords()
  const [words, setWords] = useState<ReportWords | null>(null)
  useEffect(() => {
    let current = true
    loadReportWords(locale).then(
      (loaded) => current && setWords(loaded),
      () => undefined,
    )
    return () => {
      current = false
    }
  }, [locale])
  if (words === null) return <p role="status">{t('loading')}</p>
  return <ReportContext.Provider value={words}>{children}</ReportContext.Provider>
}
