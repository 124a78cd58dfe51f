import { drillPages } from '../../text/en/drill-pages.ts'
import { drillWords } from '../../text/en/drill-words.ts'
import { foreseeWords } from '../../text/en/foresee-words.ts'
import { planWords } from '../../text/en/plan.ts'
import { reportPages as pages } from '../../text/en/report-pages.ts'
import { reportWords } from '../../text/en/report-words.ts'

export { units } from '../../text/en/units.ts'
export const reports = { ...reportWords, ...foreseeWords, ...planWords, ...drillWords }
export const reportPages = { ...pages, ...drillPages }
