import { drillPages } from '../../text/pt-br/drill-pages.ts'
import { drillWords } from '../../text/pt-br/drill-words.ts'
import { foreseeWords } from '../../text/pt-br/foresee-words.ts'
import { planWords } from '../../text/pt-br/plan.ts'
import { reportPages as pages } from '../../text/pt-br/report-pages.ts'
import { reportWords } from '../../text/pt-br/report-words.ts'

export { units } from '../../text/pt-br/units.ts'
export const reports = { ...reportWords, ...foreseeWords, ...planWords, ...drillWords }
export const reportPages = { ...pages, ...drillPages }
