import { useMemo } from 'react'
import type { DrillText } from '../../text/drill-text.ts'
import { useWords, type Words } from '../state/language.tsx'
import { type ReportWords, useReportWords } from '../state/report-words.tsx'

/** All that is said of drills: sentences of the command line, of the pages of reports, and of every page. */
export type DrillWords = DrillText & Pick<Words, 't'> & Pick<ReportWords, 'r'>

export function useDrillText(): DrillWords {
  const words = useWords()
  const { cli, r } = useReportWords()
  return useMemo(() => ({ ...words, cli, r }), [words, cli, r])
}
