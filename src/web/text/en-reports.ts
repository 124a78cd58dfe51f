import { foreseeWords } from '../../text/en/foresee-words.ts'
import { planWords } from '../../text/en/plan.ts'
import { reportWords } from '../../text/en/report-words.ts'

export { reportPages } from '../../text/en/report-pages.ts'
export { units } from '../../text/en/units.ts'
export const reports = { ...reportWords, ...foreseeWords, ...planWords }
